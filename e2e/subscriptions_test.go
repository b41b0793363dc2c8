package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const keyA, keyB = "key-of-tenant-a-0123", "key-of-tenant-b-0123"

// twoTenants is a configuration with a key for each of two tenants, and an origin whose pages may call.
func twoTenants(t *testing.T) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "heliograph.yaml")
	text := fmt.Sprintf("keys:\n  - {key: %s, tenant: a}\n  - {key: %s, tenant: b}\ncors: {origins: [\"https://app.example.org\"]}\n", keyA, keyB)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// socket is a client of graphql-transport-ws.
type socket struct {
	t  *testing.T
	ws *websocket.Conn
}

// connect opens a socket as the owner of a key, who says so as a page does.
func connect(t *testing.T, p *program, key string) *socket {
	t.Helper()
	ws, _, err := websocket.Dial(t.Context(), p.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.CloseNow() })
	s := &socket{t, ws}
	s.send(map[string]any{"type": "connection_init", "payload": map[string]any{"Authorization": "Bearer " + key}})
	if m := s.read(); m.Type != "connection_ack" {
		t.Fatal(m)
	}
	return s
}

func (s *socket) send(message map[string]any) {
	s.t.Helper()
	text, err := json.Marshal(message)
	if err == nil {
		err = s.ws.Write(s.t.Context(), websocket.MessageText, text)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *socket) subscribe(id, query string, variables map[string]any) {
	s.t.Helper()
	s.send(map[string]any{"id": id, "type": "subscribe", "payload": map[string]any{"query": query, "variables": variables}})
}

// received is a message of the server's.
type received struct {
	ID, Type string
	Payload  json.RawMessage
}

// change is the event in a message that has one root field.
type change struct {
	Kind, Target, Token string
	Resource            map[string]any
}

func (c change) String() string { return c.Kind + " " + c.Target }

func (s *socket) next() (m received, err error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	_, text, err := s.ws.Read(ctx)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	return m, err
}

func (s *socket) read() received {
	s.t.Helper()
	m, err := s.next()
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *socket) event() change {
	s.t.Helper()
	m := s.read()
	if m.Type != "next" {
		s.t.Fatalf("%s: %s", m.Type, m.Payload)
	}
	return eventIn(s.t, m.Payload)
}

func eventIn(t *testing.T, result []byte) change {
	t.Helper()
	var r struct {
		Data   map[string]change
		Errors []any
	}
	if err := json.Unmarshal(result, &r); err != nil || len(r.Errors) > 0 || len(r.Data) != 1 {
		t.Fatalf("%v: %s", err, result)
	}
	for _, c := range r.Data {
		return c
	}
	return change{}
}

// put writes by REST as the owner of a key.
func (p *program) put(t *testing.T, key, path, body string) {
	t.Helper()
	method := http.MethodPut
	if body == "" {
		method = http.MethodDelete
	}
	a := send(t, method, p.url+"/fhir/"+path, []byte(body), "Content-Type", "application/fhir+json", "Authorization", "Bearer "+key)
	if a.status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, a.status, a.raw)
	}
}

// sync names the state of the primary as it is: who follows since then misses nothing of what is written next, however late he begins.
func (p *program) sync(t *testing.T, key string) string {
	t.Helper()
	a := post(t, p.url, `{ sync }`, nil, "Authorization", "Bearer "+key).ok(t, "sync")
	return a.Data["sync"].(string)
}

func person(id, gender string) string {
	return `{"resourceType":"Patient","id":"` + id + `","gender":"` + gender + `"}`
}

// TestSubscriptions: what is written by one tenant reaches its own subscribers, through a kill of the program and on from the last token.
func TestSubscriptions(t *testing.T) {
	data, config := filepath.Join(t.TempDir(), "data"), twoTenants(t)
	p := start(t, data, "--config", config)
	const query = `subscription($s: String) { PatientChanged(where: {gender: {code: "female"}}, since: $s) { kind target token resource { id gender } } }`
	a, b := connect(t, p, keyA), connect(t, p, keyB)
	a.subscribe("1", query, map[string]any{"s": p.sync(t, keyA)})
	b.subscribe("1", query, map[string]any{"s": p.sync(t, keyB)})
	began := time.Now()
	p.put(t, keyA, "Patient/x", person("x", "female"))
	first := a.event()
	t.Logf("a write was seen %s after it was sent", time.Since(began))
	if first.String() != "created Patient/x" || first.Resource["gender"] != "female" {
		t.Error(first)
	}
	p.put(t, keyB, "Patient/y", person("y", "female"))
	p.put(t, keyA, "Patient/x", `{"resourceType":"Patient","id":"x","gender":"female","active":true}`)
	p.put(t, keyA, "Patient/x", person("x", "male"))
	p.put(t, keyA, "Patient/x", person("x", "female"))
	p.put(t, keyA, "Patient/x", "")
	for _, want := range []string{"updated Patient/x", "left Patient/x", "created Patient/x", "deleted Patient/x"} {
		if got := a.event(); got.String() != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	if got := b.event(); got.String() != "created Patient/y" {
		t.Error(got)
	}
	p.kill()
	if _, err := a.next(); err == nil {
		t.Fatal("a killed program sends")
	}
	p = start(t, data, "--config", config)
	p.put(t, keyA, "Patient/z", person("z", "female"))
	a = connect(t, p, keyA)
	a.subscribe("1", query, map[string]any{"s": first.Token})
	for _, want := range []string{"updated Patient/x", "left Patient/x", "created Patient/x", "deleted Patient/x", "created Patient/z"} {
		if got := a.event(); got.String() != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := a.next()
		ended <- err
	}()
	p.stop(t)
	if err := <-ended; websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Error("a program that stops does not say so:", err)
	}
}

// TestSubscriptionsRefused: what cannot be followed is refused by name, strangers at the door.
func TestSubscriptionsRefused(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--config", twoTenants(t))
	s := connect(t, p, keyA)
	for query, want := range map[string]string{
		`subscription { ObservationChanged(where: {subject: {Patient: {gender: {code: "male"}}}}) { kind } }`: "subject",
		`subscription { changes(since: "another.1") { kind } }`:                                               `RESUME_EXPIRED`,
		`subscription { changes(since: "nonsense") { kind } }`:                                                `BAD_USER_INPUT`,
	} {
		s.subscribe("1", query, nil)
		if m := s.read(); m.Type != "error" || !strings.Contains(string(m.Payload), want) {
			t.Errorf("%s: %s %s", query, m.Type, m.Payload)
		}
	}
	for name, c := range map[string]struct {
		header http.Header
		host   string
		status int
	}{
		"a foreign origin": {http.Header{"Origin": {"https://evil.example"}}, "", http.StatusForbidden},
		"no origin at all": {http.Header{"Origin": {"null"}}, "", http.StatusForbidden},
		"a foreign host":   {nil, "evil.example", http.StatusMisdirectedRequest},
		"a wrong key":      {http.Header{"Authorization": {"Bearer nonsense-nonsense"}}, "", http.StatusUnauthorized},
	} {
		_, answer, err := websocket.Dial(t.Context(), p.url+"/graphql", &websocket.DialOptions{HTTPHeader: c.header, Host: c.host})
		if err == nil || answer == nil || answer.StatusCode != c.status {
			t.Error(name, err)
		}
	}
	ws, _, err := websocket.Dial(t.Context(), p.url+"/graphql", &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {"https://app.example.org"}}, Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		t.Fatal("an origin of ours:", err)
	}
	ws.CloseNow()
	preflight := send(t, http.MethodOptions, p.url+"/graphql", nil, "Origin", "https://app.example.org", "Access-Control-Request-Method", "PUT",
		"Access-Control-Request-Headers", "authorization,x-graphql-event-stream-token")
	if preflight.status != http.StatusNoContent {
		t.Error("a page cannot reserve a stream:", preflight.status)
	}
	stranger := send(t, http.MethodPut, p.url+"/graphql", nil, "Origin", "https://evil.example", "Authorization", "Bearer "+keyA)
	if stranger.status != http.StatusForbidden {
		t.Error("a foreign page reserves a stream:", stranger.status)
	}
}

// TestEventStreams: the same as server-sent events, of one operation and of several.
func TestEventStreams(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--config", twoTenants(t))
	auth := []string{"Authorization", "Bearer " + keyA}
	open := func(url string, header ...string) *bufio.Scanner {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		req.Header.Set("Accept", "text/event-stream")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status)
		}
		return bufio.NewScanner(resp.Body)
	}
	line := func(in *bufio.Scanner, prefix string) string {
		t.Helper()
		for in.Scan() {
			if rest, ok := strings.CutPrefix(in.Text(), prefix); ok {
				return rest
			}
		}
		t.Fatal("the stream has ended", in.Err())
		return ""
	}
	const query = `?query=subscription{PatientChanged{kind,target,token}}`
	in := open(p.url+"/graphql"+query, auth...)
	p.put(t, keyA, "Patient/x", person("x", "female"))
	id := line(in, "id: ")
	if got := eventIn(t, []byte(line(in, "data: "))); got.String() != "created Patient/x" || got.Token != id {
		t.Error(got, id)
	}
	p.put(t, keyA, "Patient/x", "")
	in = open(p.url+"/graphql"+query, append(auth, "Last-Event-ID", id)...)
	if got := eventIn(t, []byte(line(in, "data: "))); got.String() != "deleted Patient/x" {
		t.Error(got)
	}
	reserved := send(t, http.MethodPut, p.url+"/graphql", nil, auth...)
	if reserved.status != http.StatusCreated {
		t.Fatal(reserved.status)
	}
	token := string(reserved.raw)
	in = open(p.url + "/graphql?token=" + token)
	body := `{"query":"subscription { changes(types: [Patient]) { kind target } }","extensions":{"operationId":"one"}}`
	a := send(t, http.MethodPost, p.url+"/graphql", []byte(body), append(auth, "Content-Type", "application/json", "X-GraphQL-Event-Stream-Token", token)...)
	if a.status != http.StatusAccepted {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	p.put(t, keyA, "Patient/y", person("y", "male"))
	if got := line(in, "data: "); got != `{"id":"one","payload":{"data":{"changes":{"kind":"created","target":"Patient/y"}}}}` {
		t.Error(got)
	}
	if a := send(t, http.MethodDelete, p.url+"/graphql?operationId=one", nil, append(auth, "X-GraphQL-Event-Stream-Token", token)...); a.status != http.StatusOK {
		t.Error(a.status)
	}
	p.stop(t)
}

// TestSubscriptionsDocumented: what docs/subscriptions.md shows can be followed.
func TestSubscriptionsDocumented(t *testing.T) {
	raw, err := os.ReadFile("../docs/subscriptions.md")
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(t.TempDir(), "data"), "--config", twoTenants(t))
	s := connect(t, p, keyA)
	blocks := regexp.MustCompile("(?s)```graphql\n(subscription.*?)```").FindAllStringSubmatch(string(raw), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d subscriptions", len(blocks))
	}
	for i, b := range blocks {
		s.subscribe(fmt.Sprint(i), b[1], nil)
	}
	heard := map[string]bool{}
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	defer writing.Wait()
	defer stop()
	writing.Go(func() { // until all have begun, which nothing tells
		for n := 0; ctx.Err() == nil; n++ {
			p.put(t, keyA, "Patient/x", fmt.Sprintf(`{"resourceType":"Patient","id":"x","gender":"female","birthDate":"%d"}`, 1000+n))
		}
	})
	for len(heard) < len(blocks) && !t.Failed() {
		m := s.read()
		if m.Type != "next" || eventIn(t, m.Payload).Target != "Patient/x" {
			t.Errorf("%s: %s %s", m.ID, m.Type, m.Payload)
		}
		heard[m.ID] = true
	}
}
