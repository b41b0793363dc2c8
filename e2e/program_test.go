package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program under test, built once by TestMain; HELIOGRAPH_TEST_BINARY names one that is there already.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	if binary = os.Getenv("HELIOGRAPH_TEST_BINARY"); binary != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "heliograph-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "heliograph")
	build := exec.Command("go", "build", "-o", binary, "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// program is a running server.
type program struct {
	url    string
	data   string
	cmd    *exec.Cmd
	stderr *lockedBuffer
	done   chan error
}

// start serves a data folder on a free port and waits until it is ready. It is stopped with the test.
func start(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	args := append([]string{"--data", data, "serve", "--listen", "127.0.0.1:0"}, flags...)
	p := &program{data: data, cmd: exec.Command(binary, args...), stderr: &lockedBuffer{}, done: make(chan error, 1)}
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, url, ok := strings.Cut(lines.Text(), "serves FHIR R4 at "); ok {
				address <- url
			}
		}
		p.done <- p.cmd.Wait()
	}()
	select {
	case p.url = <-address:
	case err := <-p.done:
		t.Fatalf("the program ended: %v\n%s", err, p.stderr)
	case <-time.After(90 * time.Second):
		t.Fatalf("the program is not ready after 90 s\n%s", p.stderr)
	}
	return p
}

// stop asks the program to end and waits for it.
func (p *program) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.done:
		p.done <- err
		if err != nil {
			t.Fatalf("the program did not end well: %v\n%s", err, p.stderr)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("the program does not end\n%s", p.stderr)
	}
}

// kill ends it at once.
func (p *program) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	err := <-p.done
	p.done <- err
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// answer is a GraphQL response.
type answer struct {
	status int
	raw    []byte
	Data   map[string]any `json:"data"`
	Errors []struct {
		Message    string         `json:"message"`
		Path       []any          `json:"path"`
		Extensions map[string]any `json:"extensions"`
	} `json:"errors"`
	Extensions map[string]any `json:"extensions"`
}

// post asks a GraphQL endpoint.
func post(t *testing.T, url, query string, variables map[string]any, headers ...string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return send(t, http.MethodPost, url+"/graphql", body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

func send(t *testing.T, method, url string, body []byte, headers ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, raw: raw}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatalf("%s %s: the answer is no JSON: %v\n%.300s", method, url, err, raw)
		}
	}
	return a
}

// ok fails the test if the answer has errors.
func (a answer) ok(t *testing.T, query string) answer {
	t.Helper()
	if a.status != http.StatusOK || len(a.Errors) > 0 || a.Data == nil {
		t.Fatalf("status %d for\n%s\n%.2000s", a.status, query, a.raw)
	}
	return a
}

// heliograph runs a command of the program and gives its exit code and output.
func heliograph(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}
