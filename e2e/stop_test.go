package e2e_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStopDuringLoad: a load whose sender sends nothing more does not keep the program from stopping, and stopping is no failure.
func TestStopDuringLoad(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	body, sender := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/load", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	answered := make(chan int, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	if _, err := io.WriteString(sender, `{"resourceType":"Patient","id":"slow"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	p.stop(t)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %s", took)
	}
	sender.Close()
	if status := <-answered; status == http.StatusOK {
		t.Error("the load was answered as if it were done")
	}
}

// TestSampleInterrupted: a first start that was killed half way through its sample is not taken for one that made it.
func TestSampleInterrupted(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken")
	cmd := exec.Command(binary, "--data", broken, "serve", "--listen", "127.0.0.1:0", "--sample", "120")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for { // until some of it has been committed
		<-tick.C
		wal, err := os.Stat(filepath.Join(broken, "heliograph.db-wal"))
		if err == nil && wal.Size() > 1<<20 {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatal("no sample is being loaded")
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	q := `{ counts { type count } }`
	a, b := start(t, broken, "--sample", "30"), start(t, filepath.Join(dir, "whole"), "--sample", "120")
	got, want := post(t, a.url, q, nil).ok(t, q), post(t, b.url, q, nil).ok(t, q)
	if string(got.raw) != string(want.raw) {
		t.Errorf("the stores differ:\n%.1000s\n%.1000s", got.raw, want.raw)
	}
	a.stop(t)
	again := start(t, broken, "--sample", "120")
	again.stop(t) // what it logged is read whole once it has ended
	if !strings.Contains(again.stderr.String(), "serving") || strings.Contains(again.stderr.String(), "created") {
		t.Errorf("the sample is loaded once more:\n%s", again.stderr)
	}
}

// TestTimeLimit: an operation, and the arrival of its body, end within limits.time, by code TIMEOUT.
func TestTimeLimit(t *testing.T) {
	config := filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(config, []byte("limits: {time: 5ms}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "60", "--config", config)
	q := `{ PatientList { id ObservationList(_reference: subject) { id encounter { resource { ... on Encounter { id ObservationList(_reference: encounter) { id subject { resource { ... on Patient { id } } } } } } } } } }`
	began := time.Now()
	a := post(t, p.url, q, nil)
	if len(a.Errors) == 0 || a.Errors[0].Extensions["code"] != "TIMEOUT" {
		t.Errorf("%.300s", a.raw)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	body, sender := io.Pipe()
	defer sender.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/graphql", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a body that does not come: status %d", resp.StatusCode)
	}
}
