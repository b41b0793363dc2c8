package stream_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/stream"
)

const tokenHeader = "X-GraphQL-Event-Stream-Token"

// put makes a reservation.
func put(t *testing.T, url string, header ...string) string {
	t.Helper()
	status, token, _ := strings.Cut(all(t, ask(t, "PUT", url, "", header...)), "Created ")
	if status != "201 " || len(token) < 26 {
		t.Fatal(status, token)
	}
	return token
}

func run(t *testing.T, url, token, id, query string, header ...string) string {
	t.Helper()
	body := `{"query":"` + query + `","extensions":{"operationId":"` + id + `"}}`
	return all(t, ask(t, "POST", url, body, append([]string{tokenHeader, token, "Content-Type", "application/json", "Accept", "application/json"}, header...)...))
}

func TestReservation(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, nil)
	token := put(t, url, "Accept", "text/plain")
	accepted := "202 Accepted "
	if got := run(t, url, token, "early", "one"); got != accepted { // its result waits for the stream
		t.Error(got)
	}
	open := linesOf(t, ask(t, "GET", url+"?token="+token, "", "Accept", eventStream))
	open.wants(`event: next`, `data: {"id":"early","payload":{"data": 0}}`, `event: complete`, `data: {"id":"early"}`)
	for _, want := range []struct{ id, query, answer string }{
		{"1", "break", accepted}, {"2", "panic", accepted}, {"e", "events", accepted},
		{"e", "one", `409 Conflict {"errors":[{"message":"an operation of that operationId runs already","extensions":{"code":"CONFLICT"}}]}`},
		{"", "one", `400 Bad Request {"errors":[{"message":"extensions.operationId names the operation on the stream; it is missing","extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"b", "bad", `400 Bad Request {"errors":[{"message":"unknown"}]}`},
	} {
		if diff := cmp.Diff(want.answer, run(t, url, token, want.id, want.query)); diff != "" {
			t.Error(want.query, diff)
		}
		switch want.query {
		case "break":
			open.wants(`event: next`, `data: {"id":"1","payload":{"data":0}}`, `event: next`, `data: {"id":"1","payload":{"errors":[{"message":"broken"}]}}`,
				`event: complete`, `data: {"id":"1"}`)
		case "panic":
			open.wants(`event: next`, `data: {"id":"2","payload":{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}}`)
		}
	}
	s.events <- `{"data":"a"}`
	open.wants(`event: next`, `data: {"id":"e","payload":{"data":"a"}}`)
	if got := all(t, ask(t, "DELETE", url+"?operationId=e", "", tokenHeader, token)); got != "200 OK " {
		t.Error(got)
	}
	if got := run(t, url, token, "e", "one"); got != accepted { // the id is free
		t.Error(got)
	}
	open.wants(`event: next`, `data: {"id":"e","payload":{"data": 0}}`, `event: complete`, `data: {"id":"e"}`)
	if got := ask(t, "GET", url+"?token="+token, "", "Accept", eventStream); got.StatusCode != http.StatusConflict {
		t.Error("a second stream:", got.Status)
	}
}

// TestReservationEnds: with its stream end its operations and its token.
func TestReservationEnds(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, func(cfg *stream.Config) { cfg.Connections = 1 })
	token := put(t, url)
	if got := ask(t, "PUT", url, ""); got.StatusCode != http.StatusServiceUnavailable {
		t.Error("reservations are not bounded:", got.Status)
	}
	open := ask(t, "GET", url, "", "Accept", eventStream, tokenHeader, token)
	run(t, url, token, "1", "wait")
	open.Body.Close()
	<-s.ended
	for ask(t, "DELETE", url+"?operationId=1", "", tokenHeader, token).StatusCode != http.StatusNotFound {
		// until the server has noticed
	}
	put(t, url)
}

// TestReservationExpires: nobody comes for it.
func TestReservationExpires(t *testing.T) {
	s := &server{}
	url, _ := serve(t, s, func(cfg *stream.Config) { cfg.Reservation = 50 * time.Millisecond })
	token := put(t, url)
	run(t, url, token, "1", "wait")
	<-s.ended
}

// TestReservationOfOthers: a token is its caller's. It alone opens the stream, for EventSource, which sets no header, and does no more.
func TestReservationOfOthers(t *testing.T) {
	url, _ := serve(t, &server{keys: true}, nil)
	if got := ask(t, "PUT", url, ""); got.StatusCode != http.StatusUnauthorized {
		t.Error(got.Status)
	}
	a, b := []string{"Authorization", "Bearer a"}, []string{"Authorization", "Bearer b"}
	token := put(t, url, a...)
	if got := run(t, url, token, "1", "one", b...); !strings.HasPrefix(got, "404") {
		t.Error(got)
	}
	if got := run(t, url, token, "1", "one"); !strings.HasPrefix(got, "401") {
		t.Error(got)
	}
	if got := ask(t, "GET", url, "", append(b, "Accept", eventStream, tokenHeader, token)...); got.StatusCode != http.StatusNotFound {
		t.Error(got.Status)
	}
	if got := ask(t, "DELETE", url+"?operationId=1", "", tokenHeader, token); got.StatusCode != http.StatusUnauthorized {
		t.Error(got.Status)
	}
	open := linesOf(t, ask(t, "GET", url+"?token="+token, "", "Accept", eventStream))
	if got := run(t, url, token, "1", "one", a...); got != "202 Accepted " {
		t.Error(got)
	}
	open.wants(`event: next`, `data: {"id":"1","payload":{"data": 0}}`)
}

func TestReservationRefusals(t *testing.T) {
	url, _ := serve(t, &server{}, func(cfg *stream.Config) { cfg.Operations = 1 })
	token := put(t, url)
	run(t, url, token, "1", "wait")
	for name, c := range map[string]struct {
		got  *http.Response
		want int
	}{
		"not text":         {ask(t, "PUT", url, "", "Accept", "application/json"), http.StatusNotAcceptable},
		"too many":         {ask(t, "POST", url, `{"query":"one","extensions":{"operationId":"2"}}`, tokenHeader, token, "Content-Type", "application/json"), http.StatusServiceUnavailable},
		"no operationId":   {ask(t, "DELETE", url, "", tokenHeader, token), http.StatusBadRequest},
		"no token":         {ask(t, "DELETE", url+"?operationId=1", ""), http.StatusNotFound},
		"an unknown token": {ask(t, "GET", url+"?token=x", "", "Accept", eventStream), http.StatusNotFound},
		"a form":           {ask(t, "POST", url, `x`, tokenHeader, token), http.StatusUnsupportedMediaType},
	} {
		if c.got.StatusCode != c.want {
			t.Error(name, c.got.Status)
		}
	}
}
