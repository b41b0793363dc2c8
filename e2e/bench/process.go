package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// server is the program, serving.
type server struct {
	url   string
	cmd   *exec.Cmd
	ready time.Duration
	http  http.Client
	// writes counts what observe has written.
	writes atomic.Int64
}

// serve starts the program on a data folder and waits until it answers.
func (b *bench) serve(ctx context.Context, data string, flags ...string) (*server, error) {
	args := append([]string{"--data", data, "--log-level", "warn", "serve", "--listen", "127.0.0.1:0"}, flags...)
	s := &server{cmd: exec.CommandContext(ctx, b.binary, args...)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	for s.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, errors.Join(errors.New("the server ended"), s.cmd.Wait())
		}
		if _, url, ok := strings.Cut(strings.TrimSpace(line), "serves FHIR R4 at "); ok {
			s.url = url
		}
	}
	go io.Copy(io.Discard, lines)
	resp, err := s.http.Get(s.url + "/health/ready")
	if err != nil {
		return nil, err
	}
	s.ready = time.Since(began)
	return s, resp.Body.Close()
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// cpu is what the process has used so far.
func (s *server) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100), errors.Join(err1, err2)
}

// memory is the resident size of the process, in MB.
func (s *server) memory() (float64, error) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// ask posts a query and fails on errors in the answer.
func (s *server) ask(query string) ([]byte, error) {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return nil, err
	}
	resp, err := s.http.Post(s.url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK || bytes.Contains(raw[:min(len(raw), 200)], []byte(`"errors"`)) {
		return nil, fmt.Errorf("%s\n%.500s", query, raw)
	}
	return raw, nil
}

// get reads a path and fails unless it is there.
func (s *server) get(path string) error {
	resp, err := s.http.Get(s.url + path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s\n%.500s", path, resp.Status, raw)
	}
	return err
}

// perPath is perRequest of paths that are read.
func (s *server) perPath(next func(i int) string) (float64, error) {
	return s.per(func(i int) error { return s.get(next(i)) })
}

// perRequest is per of GraphQL queries.
func (s *server) perRequest(next func(i int) string) (float64, error) {
	return s.per(func(i int) error {
		_, err := s.ask(next(i))
		return err
	})
}

// per is the CPU of the whole process a request, in milliseconds: after a warm-up, over at least two CPU-seconds or a
// thousand requests.
func (s *server) per(do func(i int) error) (float64, error) {
	for i := range 100 {
		if err := do(i); err != nil {
			return 0, err
		}
	}
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	for n := 1; ; n++ {
		if err := do(n); err != nil {
			return 0, err
		}
		if n%200 != 0 {
			continue
		}
		after, err := s.cpu()
		if err != nil {
			return 0, err
		}
		if used := after - before; n >= 1000 && used > time.Second || n >= 20_000 {
			return used.Seconds() * 1000 / float64(n), nil
		}
	}
}
