package stream_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/stream"
)

// ask sends a request; header is names and values in turn.
func ask(t *testing.T, method, url, body string, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// all is the whole of an answer, its status before it.
func all(t *testing.T, answer *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status + " " + string(body)
}

// lines reads a stream line by line, comments and empty ones left out.
type lines struct {
	t  *testing.T
	in *bufio.Scanner
}

func (l lines) wants(texts ...string) {
	l.t.Helper()
	for _, want := range texts {
		got := ""
		for l.in.Scan() {
			if got = l.in.Text(); got != "" && got != ":" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			l.t.Fatal(diff, l.in.Err())
		}
	}
}

func linesOf(t *testing.T, answer *http.Response) lines {
	t.Helper()
	if got := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || got != "text/event-stream; charset=utf-8" {
		t.Fatal(answer.Status, got)
	}
	return lines{t, bufio.NewScanner(answer.Body)}
}

const eventStream = "text/event-stream"

func TestDistinct(t *testing.T) {
	url, _ := serve(t, &server{}, nil)
	post := func(query string) string {
		return all(t, ask(t, "POST", url, `{"query":"`+query+`"}`, "Accept", eventStream, "Content-Type", "application/json"))
	}
	complete := "event: complete\ndata: \n\n"
	for query, want := range map[string]string{
		"count 2": ":\n\nevent: next\nid: e.0\ndata: {\"data\": 0}\n\nevent: next\nid: e.1\ndata: {\"data\": 1}\n\n" + complete,
		"bad":     ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"unknown\"}]}\n\n" + complete,
		"break":   ":\n\nevent: next\ndata: {\"data\":0}\n\nevent: next\ndata: {\"errors\":[{\"message\":\"broken\"}]}\n\n" + complete,
	} {
		if diff := cmp.Diff("200 OK "+want, post(query)); diff != "" {
			t.Error(query, diff)
		}
	}
	get := ask(t, "GET", url+"?query=one", "", "Accept", eventStream)
	if got := all(t, get); !strings.Contains(got, `data: {"data": 0}`) || get.Header.Get("Cache-Control") != "no-cache, no-transform" {
		t.Error(got, get.Header)
	}
	for name, c := range map[string]struct {
		answer *http.Response
		want   string
	}{
		"mutation by GET": {ask(t, "GET", url+"?query=mutation", "", "Accept", eventStream), `405 Method Not Allowed {"errors":[{"message":"by POST"}]}`},
		"a form":          {ask(t, "POST", url, "x", "Accept", eventStream), `415 Unsupported Media Type {"errors":[{"message":"post JSON"}]}`},
		"JSON as well":    {ask(t, "POST", url, "", "Accept", "text/event-stream, application/json"), `200 OK plain`},
		"JSON rather":     {ask(t, "POST", url, "", "Accept", "text/event-stream;q=0.5, application/graphql-response+json"), `200 OK plain`},
		"no Accept":       {ask(t, "POST", url, ""), `200 OK plain`},
		"another method":  {ask(t, "PATCH", url, "", "Accept", eventStream), `200 OK plain`},
	} {
		if diff := cmp.Diff(c.want, all(t, c.answer)); diff != "" {
			t.Error(name, diff)
		}
	}
}

// TestDistinctEnds: with the client, and with the server; a stream on which nothing happens is used all the same.
func TestDistinctEnds(t *testing.T) {
	s := &server{}
	url, h := serve(t, s, func(cfg *stream.Config) { cfg.KeepAlive = 5 * time.Millisecond })
	first := ask(t, "GET", url+"?query=wait+1", "", "Accept", eventStream)
	in := bufio.NewScanner(first.Body)
	for comments := 0; comments < 3 && in.Scan(); {
		if in.Text() == ":" {
			comments++
		}
	}
	first.Body.Close()
	if got := <-s.ended; got != "wait 1" {
		t.Error(got)
	}
	second := ask(t, "GET", url+"?query=wait+2", "", "Accept", eventStream)
	h.Close()
	if got := all(t, second); strings.Contains(got, "complete") {
		t.Error("what was cut off is said to be complete", got)
	}
	if got := ask(t, "GET", url+"?query=one", "", "Accept", eventStream); got.StatusCode != http.StatusServiceUnavailable {
		t.Error(got.Status)
	}
}

func TestDistinctUnauthenticated(t *testing.T) {
	url, _ := serve(t, &server{keys: true}, nil)
	got := ask(t, "GET", url+"?query=one", "", "Accept", eventStream)
	if got.StatusCode != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Error(got.Status, got.Header)
	}
}

// TestDistinctSlow: a client that takes nothing is ended.
func TestDistinctSlow(t *testing.T) {
	s := &server{}
	url, h := serve(t, s, func(cfg *stream.Config) { cfg.Write = 50 * time.Millisecond })
	ask(t, "GET", url+"?query=count+100000000", "", "Accept", eventStream)
	ended := make(chan struct{})
	go func() {
		h.Close() // which waits for it
		close(ended)
	}()
	<-ended
}
