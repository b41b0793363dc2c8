package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// subscriber is a client of a WebSocket that follows the Observations with a code.
type subscriber struct {
	ws   *websocket.Conn
	told atomic.Int64
}

// subscribe follows all that is written after the call. each is called with every event.
func (s *server) subscribe(ctx context.Context, code string, each func(message []byte)) (*subscriber, error) {
	ws, _, err := websocket.Dial(ctx, strings.Replace(s.url, "http", "ws", 1)+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return nil, err
	}
	since, err := s.sync(ctx)
	if err != nil {
		return nil, err
	}
	const query = `subscription ($code: String, $since: String) { ObservationChanged(where: { code: { code: [$code] } }, since: $since) {
		kind versionId token resource { id status code { text } valueQuantity { value unit } } } }`
	payload, err := json.Marshal(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{"query": query, "variables": map[string]string{"code": code, "since": since}}})
	if err != nil {
		return nil, err
	}
	for _, text := range []string{`{"type":"connection_init"}`, string(payload)} {
		if err := ws.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			return nil, err
		}
	}
	out := &subscriber{ws: ws}
	go func() {
		for {
			_, m, err := ws.Read(ctx)
			if err != nil {
				return
			}
			if bytes.Contains(m, []byte(`"errors"`)) || bytes.Contains(m, []byte(`"type":"error"`)) {
				fmt.Printf("a subscription fails: %s\n", m)
				return
			}
			if bytes.Contains(m, []byte(`"next"`)) {
				out.told.Add(1)
				if each != nil {
					each(m)
				}
			}
		}
	}()
	return out, nil
}

// sync is the token of the state that there is now: whoever follows from it misses nothing that is written from here on.
func (s *server) sync(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/graphql?query=%7Bsync%7D", nil)
	if err != nil {
		return "", err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var a struct{ Data struct{ Sync string } }
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.Data.Sync == "" {
		return "", fmt.Errorf("no sync token: %w", err)
	}
	return a.Data.Sync, nil
}

// observe writes an Observation with a code, other than any before it: what changes nothing is no event.
func (s *server) observe(ctx context.Context, id, code string) error {
	body := fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":%q}],"text":"Heart rate"},`+
		`"subject":{"reference":"Patient/p"},"effectiveDateTime":"2024-05-01T10:30:00Z","valueQuantity":{"value":%d,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}`, id, code, s.writes.Add(1))
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, s.url+"/fhir/Observation/"+id, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("a write: %s", resp.Status)
	}
	return nil
}

// subscriptions measures what subscribers see, and what they cost.
func (b *bench) subscriptions(ctx context.Context) (err error) {
	s, err := b.serve(ctx, b.work+"/subscribers")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	s.http.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	if err := b.seen(ctx, s); err != nil {
		return err
	}
	return b.crowd(ctx, s)
}

// seen measures how long after a write was acknowledged a subscriber has it.
func (b *bench) seen(ctx context.Context, s *server) error {
	came := make(chan time.Time, 1)
	sub, err := s.subscribe(ctx, "watched", func([]byte) { came <- time.Now() })
	if err != nil {
		return err
	}
	defer sub.ws.CloseNow()
	const writes = 300
	var waits []time.Duration
	for n := range writes {
		if err := s.observe(ctx, fmt.Sprint("w", n), "watched"); err != nil {
			return err
		}
		acknowledged := time.Now()
		select {
		case at := <-came:
			waits = append(waits, max(0, at.Sub(acknowledged)))
		case <-time.After(10 * time.Second):
			return errors.New("a write was not seen within 10 s")
		}
	}
	slices.Sort(waits)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.add(figure{What: "a subscription sees a write: p99 after the write was acknowledged", Measured: ms(waits[writes*99/100]), Unit: "ms", Bar: 100, Better: "lower",
		Note: fmt.Sprintf("p50 %.2f ms, longest %.2f ms, of %d; one WebSocket", ms(waits[writes/2]), ms(waits[writes-1]), writes)})
	return nil
}

const crowdSize = 500

// crowd compares writing with and without subscribers, by turns: 500 of one shape that follow a code each (every write is seen by one), and
// 500 that follow the same code, which one write in 500 has.
func (b *bench) crowd(ctx context.Context, s *server) error {
	if _, err := s.write(ctx, nil); err != nil { // from now on all writes are updates
		return err
	}
	for _, c := range []struct {
		name, note string
		code       func(n int) string
	}{
		{"of one shape, a code each", "every write matches one of them", func(n int) string { return fmt.Sprint("c", n) }},
		{"of the same filter", "a write in 500 matches, and is sent to all", func(int) string { return "c0" }},
	} {
		var bare, followed []turn
		for round := range 6 { // the store grows meanwhile: so neither is always first
			for _, with := range []bool{round%2 == 0, round%2 != 0} {
				if with {
					t, err := s.followed(ctx, c.code)
					if err != nil {
						return err
					}
					followed = append(followed, t)
					continue
				}
				t, err := s.write(ctx, nil)
				if err != nil {
					return err
				}
				bare = append(bare, t)
			}
		}
		alone, with := total(bare), total(followed)
		b.add(figure{What: "500 subscribers " + c.name + ": what they add to the server's CPU of a write", Measured: 100 * (with.cpu/alone.cpu - 1), Unit: "%", Bar: 15, Better: "lower",
			Note: fmt.Sprintf("%s; %.3f and %.3f ms of CPU a write; %.0f and %.0f writes/s, the clients on the same machine", c.note, alone.cpu, with.cpu, alone.rate, with.rate)})
	}
	return nil
}

// followed writes while subscribers follow.
func (s *server) followed(ctx context.Context, code func(n int) string) (turn, error) {
	var all []*subscriber
	defer func() {
		for _, sub := range all {
			sub.ws.CloseNow()
		}
	}()
	for n := range crowdSize {
		sub, err := s.subscribe(ctx, code(n), nil)
		if err != nil {
			return turn{}, err
		}
		all = append(all, sub)
	}
	return s.write(ctx, func() (told int64) {
		for _, sub := range all {
			told += sub.told.Load()
		}
		return told
	})
}

// turn is one round of writes: the server's CPU a write in ms, and the writes a second.
type turn struct{ cpu, rate float64 }

func total(all []turn) (out turn) {
	for _, t := range all {
		out.cpu += t.cpu / float64(len(all))
		out.rate += t.rate / float64(len(all))
	}
	return out
}

// write writes by 16 at a time, as many Observations of each code; told is how many events have arrived, which there must be as many of as
// writes before the round ends.
func (s *server) write(ctx context.Context, told func() int64) (turn, error) {
	const writes = 8 * crowdSize
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var writers sync.WaitGroup
	before, err := s.cpu()
	if err != nil {
		return turn{}, err
	}
	began := time.Now()
	for range 16 {
		writers.Go(func() {
			for n := next.Add(1) - 1; n < writes && failed.Load() == nil; n = next.Add(1) - 1 {
				if err := s.observe(ctx, fmt.Sprint("o", n), fmt.Sprint("c", n%crowdSize)); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	writers.Wait()
	if err := failed.Load(); err != nil {
		return turn{}, *err
	}
	rate := writes / time.Since(began).Seconds()
	for told != nil && told() < writes {
		if time.Since(began) > 5*time.Minute {
			return turn{}, fmt.Errorf("%d events of %d writes have arrived", told(), writes)
		}
		time.Sleep(5 * time.Millisecond)
	}
	after, err := s.cpu()
	return turn{cpu: float64((after - before).Microseconds()) / 1000 / writes, rate: rate}, err
}
