package stream_test

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/heliograph/heliograph/graph/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server runs operations that say what they do: "one", "count N", "events" (what is put into its channel), "wait", "break", "bad", "panic".
type server struct {
	keys   bool // a bearer key is needed: "Bearer a", "Bearer b"
	events chan string
	ended  chan string // the queries of operations whose context has ended
}

func (s *server) Session(r *http.Request, authorization string) (stream.Session, *stream.Refusal) {
	if authorization == "" {
		authorization = r.Header.Get("Authorization")
	}
	if s.keys && authorization != "Bearer a" && authorization != "Bearer b" {
		return nil, &stream.Refusal{Status: http.StatusUnauthorized, Errors: []byte(`[{"message":"who?"}]`)}
	}
	if !s.keys {
		authorization = ""
	}
	return session{s, authorization}, nil
}

type session struct {
	s   *server
	key string
}

func (s session) Key() string { return s.key }

func (s session) Parse(payload []byte) (stream.Operation, *stream.Refusal) {
	var p struct {
		Query      string
		Extensions struct{ OperationID string }
	}
	if json.Unmarshal(payload, &p) != nil || p.Query == "" {
		return nil, bad("no query")
	}
	return operation{s.s, p.Query, p.Extensions.OperationID}, nil
}

func (s session) Read(_ http.ResponseWriter, r *http.Request) (stream.Operation, *stream.Refusal) {
	if r.Method == http.MethodGet {
		return operation{s.s, r.URL.Query().Get("query"), ""}, nil
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return nil, &stream.Refusal{Status: http.StatusUnsupportedMediaType, Errors: []byte(`[{"message":"post JSON"}]`)}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bad("unreadable")
	}
	return s.Parse(body)
}

func bad(text string) *stream.Refusal {
	return &stream.Refusal{Status: http.StatusBadRequest, Errors: []byte(`[{"message":"` + text + `"}]`)}
}

type operation struct {
	s     *server
	query string
	id    string
}

func (o operation) ID() string { return o.id }

func (o operation) Start(ctx context.Context) (iter.Seq[stream.Result], *stream.Refusal) {
	switch what, n, _ := strings.Cut(o.query, " "); what {
	case "one":
		return o.count(ctx, 1), nil
	case "count":
		most, _ := strconv.Atoi(n)
		return o.count(ctx, most), nil
	case "events":
		return o.follow(ctx), nil
	case "wait":
		return func(func(stream.Result) bool) {
			<-ctx.Done()
			o.s.ended <- o.query
		}, nil
	case "break":
		return func(yield func(stream.Result) bool) {
			_ = yield(stream.Result{Data: []byte(`{"data":0}`)}) && yield(stream.Result{Errors: []byte(`[{"message":"broken"}]`)})
		}, nil
	case "panic":
		return func(func(stream.Result) bool) { panic("at the disco") }, nil
	case "mutation":
		return nil, &stream.Refusal{Status: http.StatusMethodNotAllowed, Errors: []byte(`[{"message":"by POST"}]`)}
	}
	return nil, bad("unknown")
}

func (o operation) count(ctx context.Context, most int) iter.Seq[stream.Result] {
	return func(yield func(stream.Result) bool) {
		for i := range most {
			if ctx.Err() != nil || !yield(stream.Result{Data: []byte(`{"data":` + "\n" + strconv.Itoa(i) + `}`), Token: "e." + strconv.Itoa(i)}) {
				return
			}
		}
	}
}

func (o operation) follow(ctx context.Context) iter.Seq[stream.Result] {
	return func(yield func(stream.Result) bool) {
		for {
			select {
			case <-ctx.Done():
				return
			case text := <-o.s.events:
				if !yield(stream.Result{Data: []byte(text)}) {
					return
				}
			}
		}
	}
}

// serve serves streams in front of a handler that says it is not one.
func serve(t testing.TB, s *server, change func(*stream.Config)) (url string, h *stream.Handler) {
	t.Helper()
	s.events, s.ended = make(chan string), make(chan string, 10)
	cfg := stream.Config{Server: s, Write: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	h, err := stream.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	plain := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "plain") })
	srv := httptest.NewServer(h.Before(plain))
	t.Cleanup(func() {
		h.Close()
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return srv.URL, h
}

func TestNewNeedsAServer(t *testing.T) {
	if _, err := stream.New(stream.Config{}); err == nil {
		t.Error("a handler without a server")
	}
}
