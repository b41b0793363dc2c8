package stream_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/stream"
)

const (
	hello = `{"type":"connection_init"}`
	ack   = `{"type":"connection_ack"}`
)

func subscribe(id, query string) string {
	return `{"id":"` + id + `","type":"subscribe","payload":{"query":"` + query + `"}}`
}

// client is one end of a WebSocket.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func dial(t *testing.T, url string, header http.Header, protocols ...string) *client {
	t.Helper()
	if protocols == nil {
		protocols = []string{"graphql-transport-ws"}
	}
	ws, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.CloseNow() })
	return &client{t, ws}
}

func (c *client) send(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		if err := c.ws.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
			c.t.Fatal(err)
		}
	}
}

// read gives the next message, or how the socket was closed.
func (c *client) read() (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	_, text, err := c.ws.Read(ctx)
	return string(text), err
}

func (c *client) wants(texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		got, err := c.read()
		if err != nil {
			c.t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.t.Fatal(diff)
		}
	}
}

func (c *client) closed(code int, reason string) {
	c.t.Helper()
	text, err := c.read()
	if err == nil {
		c.t.Fatalf("a message: %s", text)
	}
	if got := websocket.CloseStatus(err); int(got) != code || !strings.Contains(err.Error(), reason) {
		c.t.Fatalf("closed by %v, want %d %s", err, code, reason)
	}
}

// TestSocketCloseCodes: each thing that is against the protocol has its code.
func TestSocketCloseCodes(t *testing.T) {
	long := strings.Repeat("ä", 200)
	cases := map[string]struct {
		send   []string
		before []string // messages that come before the end
		code   int
		reason string
	}{
		"no JSON":                {[]string{`{`}, nil, 4400, "no JSON object"},
		"an array":               {[]string{`[]`}, nil, 4400, "no JSON object"},
		"no type":                {[]string{`{"id":"1"}`}, nil, 4400, "no JSON object"},
		"unknown type":           {[]string{`{"type":"start"}`}, nil, 4400, "clients send"},
		"a server's type":        {[]string{hello, `{"type":"next","id":"1","payload":{}}`}, []string{ack}, 4400, "clients send"},
		"not UTF-8":              {[]string{"{\"type\":\"\xff\"}"}, nil, 4400, "UTF-8"},
		"payload of init":        {[]string{`{"type":"connection_init","payload":1}`}, nil, 4400, "payload"},
		"authorization a number": {[]string{`{"type":"connection_init","payload":{"Authorization":1}}`}, nil, 4400, "authorization is no text"},
		"subscribe first":        {[]string{subscribe("1", "one")}, nil, 4401, "Unauthorized"},
		"init twice":             {[]string{hello, hello}, []string{ack}, 4429, "Too many initialisation requests"},
		"subscribe without id":   {[]string{hello, `{"type":"subscribe","payload":{"query":"one"}}`}, []string{ack}, 4400, "no id"},
		"subscribe, id a number": {[]string{hello, `{"type":"subscribe","id":1,"payload":{"query":"one"}}`}, []string{ack}, 4400, "id"},
		"subscribe, no query":    {[]string{hello, `{"type":"subscribe","id":"1","payload":{}}`}, []string{ack}, 4400, "query"},
		"subscribe, variables":   {[]string{hello, `{"type":"subscribe","id":"1","payload":{"query":"one","variables":[]}}`}, []string{ack}, 4400, "query"},
		"complete without id":    {[]string{hello, `{"type":"complete"}`}, []string{ack}, 4400, "no id"},
		"same id":                {[]string{hello, subscribe("1", "wait"), subscribe("1", "one")}, []string{ack}, 4409, "Subscriber for 1 already exists"},
		"same long id":           {[]string{hello, subscribe(long, "wait"), subscribe(long, "one")}, []string{ack}, 4409, "ä already exists"},
		"too large":              {[]string{hello, subscribe("1", strings.Repeat("x", 5000))}, []string{ack}, 1009, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			url, _ := serve(t, &server{}, func(cfg *stream.Config) { cfg.Message = 4096 })
			ws := dial(t, url, nil)
			ws.send(c.send...)
			ws.wants(c.before...)
			ws.closed(c.code, c.reason)
		})
	}
}

func TestSocketBinary(t *testing.T) {
	url, _ := serve(t, &server{}, nil)
	c := dial(t, url, nil)
	if err := c.ws.Write(t.Context(), websocket.MessageBinary, []byte(hello)); err != nil {
		t.Fatal(err)
	}
	c.closed(4400, "messages are text")
}

func TestSocketSubprotocol(t *testing.T) {
	url, _ := serve(t, &server{}, nil)
	dial(t, url, nil, "graphql-ws").closed(4406, "Subprotocol not acceptable")
}

func TestSocketInitTimeout(t *testing.T) {
	url, _ := serve(t, &server{}, func(cfg *stream.Config) { cfg.Init = 20 * time.Millisecond })
	dial(t, url, nil).closed(4408, "Connection initialisation timeout")
}

// TestSocketAuthorization: by header or by connection_init, of which the latter counts; at the upgrade a wrong header is an answer of HTTP.
func TestSocketAuthorization(t *testing.T) {
	url, _ := serve(t, &server{keys: true}, nil)
	header := func(key string) http.Header { return http.Header{"Authorization": {key}} }

	c := dial(t, url, header("Bearer a"))
	c.send(hello)
	c.wants(ack)

	c = dial(t, url, nil)
	c.send(`{"type":"connection_init","payload":{"Authorization":"Bearer b"}}`, subscribe("1", "one"))
	c.wants(ack, `{"id":"1","type":"next","payload":{"data":`+"\n"+`0}}`, `{"id":"1","type":"complete"}`)

	for _, init := range []string{hello, `{"type":"connection_init","payload":{"authorization":"Bearer z"}}`, `{"type":"connection_init","payload":null}`} {
		c = dial(t, url, nil)
		c.send(init)
		c.closed(4403, "Forbidden")
	}
	c = dial(t, url, header("Bearer a"))
	c.send(`{"type":"connection_init","payload":{"Authorization":"Bearer z"}}`)
	c.closed(4403, "Forbidden")

	_, answer, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPHeader: header("Bearer z")})
	if err == nil || answer == nil || answer.StatusCode != http.StatusUnauthorized {
		t.Error(err, answer)
	}
}

// TestSocketOperations: results, what fails before and during an operation, and that an id is free again afterwards.
func TestSocketOperations(t *testing.T) {
	url, _ := serve(t, &server{}, nil)
	c := dial(t, url, nil)
	c.send(hello, `{"type":"ping","payload":{"a":1}}`, `{"type":"ping"}`, `{"type":"pong"}`, `{"id":"gone","type":"complete"}`)
	c.wants(ack, `{"type":"pong","payload":{"a":1}}`, `{"type":"pong"}`)
	for range 3 {
		c.send(subscribe("1", "one"))
		c.wants(`{"id":"1","type":"next","payload":{"data":`+"\n"+`0}}`, `{"id":"1","type":"complete"}`)
	}
	c.send(subscribe("1", "bad"))
	c.wants(`{"id":"1","type":"error","payload":[{"message":"unknown"}]}`)
	c.send(subscribe("1", "break"))
	c.wants(`{"id":"1","type":"next","payload":{"data":0}}`, `{"id":"1","type":"error","payload":[{"message":"broken"}]}`)
	c.send(subscribe(`a\"b`, "panic"))
	c.wants(`{"id":"a\"b","type":"error","payload":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}`)
}

// TestSocketComplete: what a client completes ends, and says nothing more.
func TestSocketComplete(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, nil)
	c := dial(t, url, nil)
	c.send(hello, subscribe("1", "wait 1"), `{"id":"1","type":"complete"}`)
	c.wants(ack)
	if got := <-s.ended; got != "wait 1" {
		t.Error(got)
	}
	c.send(subscribe("1", "events"))
	s.events <- `{"data":"a"}`
	s.events <- `{"data":"b"}`
	c.wants(`{"id":"1","type":"next","payload":{"data":"a"}}`, `{"id":"1","type":"next","payload":{"data":"b"}}`)
	c.ws.Close(websocket.StatusNormalClosure, "")
}

// TestSocketCompleted: what its client has completed has its place until it has ended.
func TestSocketCompleted(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, func(cfg *stream.Config) { cfg.Operations = 1 })
	for range cap(s.ended) {
		s.ended <- "" // so that what is completed cannot end
	}
	c := dial(t, url, nil)
	c.send(hello, subscribe("1", "wait"), `{"id":"1","type":"complete"}`, subscribe("2", "one"))
	c.wants(ack, `{"id":"2","type":"error","payload":[{"message":"too many operations run on this connection, or too large ones; end some, or open another",`+
		`"extensions":{"code":"OVERLOADED"}}]}`)
	for range cap(s.ended) + 1 {
		<-s.ended
	}
	c.ws.Close(websocket.StatusNormalClosure, "")
}

// TestSocketBounds: operations of a connection, and connections.
func TestSocketBounds(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, func(cfg *stream.Config) { cfg.Connections, cfg.Operations = 1, 1 })
	c := dial(t, url, nil)
	c.send(hello, subscribe("1", "wait"), subscribe("2", "one"))
	c.wants(ack, `{"id":"2","type":"error","payload":[{"message":"too many operations run on this connection, or too large ones; end some, or open another",`+
		`"extensions":{"code":"OVERLOADED"}}]}`)
	_, answer, err := websocket.Dial(t.Context(), url, nil)
	if err == nil || answer == nil || answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Error(err, answer)
	}
	c.ws.CloseNow() // what a client leaves behind ends
	<-s.ended
}

// TestSocketStops: a server that stops says so.
func TestSocketStops(t *testing.T) {
	s := &server{}
	url, h := serve(t, s, nil)
	c := dial(t, url, nil)
	c.send(hello, subscribe("1", "wait"))
	c.wants(ack)
	go h.Close()
	c.closed(1001, "the server stops")
	h.Close()
	if _, _, err := websocket.Dial(t.Context(), url, nil); err == nil {
		t.Error("a server that has stopped takes a connection")
	}
}

// TestSocketDead: a client that answers no ping is gone.
func TestSocketDead(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, func(cfg *stream.Config) { cfg.KeepAlive, cfg.Write = 10*time.Millisecond, 30*time.Millisecond })
	c := dial(t, url, nil)
	c.send(hello, subscribe("1", "wait"))
	<-s.ended // it does not read, so it does not answer
}

// TestSocketSlow: a client that takes nothing is ended, and does not hold up what it follows.
func TestSocketSlow(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, func(cfg *stream.Config) { cfg.Write = 50 * time.Millisecond })
	c := dial(t, url, nil)
	c.send(hello, subscribe("1", "count 100000000"), subscribe("2", "wait"))
	<-s.ended
}
