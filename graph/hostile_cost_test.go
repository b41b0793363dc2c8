package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/heliograph/heliograph/e2e/hostile"
	"github.com/heliograph/heliograph/graph"
)

// cpu is what this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestHostile: what asks too much is refused by its code, cheaply, and before any store is asked.
func TestHostile(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Fields = 5000 }, ward()...)
	n := 10
	if os.Getenv("HELIOGRAPH_TEST_SOAK") != "" {
		n = 100
	}
	for _, f := range hostile.Families() {
		t.Run(f.Name, func(t *testing.T) {
			var first answer
			var used time.Duration
			for i := range n {
				body, err := f.Body(i)
				if err != nil {
					t.Fatal(err)
				}
				r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				began := cpu()
				w.handler.ServeHTTP(rec, r)
				used += cpu() - began
				if i == 0 {
					if err := json.Unmarshal(rec.Body.Bytes(), &first); err != nil {
						t.Fatal(err)
					}
				}
			}
			if len(first.Errors) == 0 || fmt.Sprint(first.Errors[0].Extensions["code"]) != f.Code || limitOf(&first) != f.Limit || first.Data != nil {
				t.Errorf("%.300s", fmt.Sprint(first.Errors))
			}
			t.Logf("%s of CPU; make bench has the bar of 5 ms", used/time.Duration(n))
			if len(first.Errors) > 60 {
				t.Errorf("%d errors", len(first.Errors))
			}
		})
	}
	if w.counted.runs > 0 {
		t.Error("a store was asked")
	}
}
