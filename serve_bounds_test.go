package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/composite/config"
)

// TestAdmitted: with one place, a second operation waits for the first, and is refused when its time is over.
func TestAdmitted(t *testing.T) {
	cfg := config.Default()
	cfg.Limits.Requests = 1
	h := &house{fhirHouse: fhirHouse{cfg: cfg}}
	running, release := make(chan struct{}), make(chan struct{})
	handler := make(places, h.cfg.Limits.Requests).admitted(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		running <- struct{}{}
		<-release
	}), overloaded)
	ask := func(ctx context.Context) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", nil))
		return w
	}
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- ask(t.Context()) }()
	<-running
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if w := ask(short); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "OVERLOADED") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	second := make(chan *httptest.ResponseRecorder)
	go func() { second <- ask(t.Context()) }()
	release <- struct{}{}
	<-running
	release <- struct{}{}
	for _, done := range []chan *httptest.ResponseRecorder{first, second} {
		if w := <-done; w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// TestArriving: of a Bundle that stops in the middle nothing is waited for longer than limits.time, from one piece to the next.
func TestArriving(t *testing.T) {
	cfg := config.Default()
	cfg.Limits.Time = 200 * time.Millisecond
	h := &house{fhirHouse: fhirHouse{cfg: cfg}}
	ended := make(chan error, 1)
	server := httptest.NewServer(h.limitedFHIR(t.Context(), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		ended <- err
	})))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// TestStraight: below /fhir no path is redirected; elsewhere the mux does as it does.
func TestStraight(t *testing.T) {
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	mux := http.NewServeMux()
	mux.Handle("/fhir/", api)
	mux.Handle("/graphql/", http.NotFoundHandler())
	for at, want := range map[string]int{
		"/fhir/Patient": 418, "/fhir/Patient/": 418, "/fhir//Patient": 418, "/fhir/Patient//x": 418, "/fhir/./Patient": 418, "/fhir//": 418,
		"/fhir/../graphql/": 418, "/graphql//x": 307, "/fhirs//x": 307,
	} {
		w := httptest.NewRecorder()
		straight(mux, api).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, at, nil))
		if w.Code != want {
			t.Errorf("%s: %d instead of %d", at, w.Code, want)
		}
	}
}
