package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFrontend builds the example frontend against the schema that the program prints, serves it and the program under one address, as a
// reverse proxy does, and uses it in Chromium: search, pages, timeline, a change that arrives by itself, an edit in conflict.
// Screenshots go where those of TestPlayground go.
func TestFrontend(t *testing.T) {
	requireTools(t)
	const folder = "../examples/frontend"
	if _, err := os.Stat(folder + "/node_modules/vite"); err != nil {
		t.Fatal("the packages of examples/frontend are missing: run make setup")
	}
	build := exec.CommandContext(t.Context(), "npm", "run", "--silent", "build")
	build.Dir = folder
	build.Env = append(os.Environ(), "HELIOGRAPH="+binary)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("npm run build: %v\n%s", err, out)
	}
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "60")
	site := httptest.NewServer(sameOrigin(t, folder+"/dist", p.url))
	defer site.Close()
	drive(t, "frontend.mjs", site.URL, p.url)
}

// sameOrigin serves the pages of a folder, and the gateway at /graphql. The host that the browser named goes on to the gateway,
// which holds the Origin against it; so does the upgrade to a WebSocket.
func sameOrigin(t *testing.T, pages, gateway string) http.Handler {
	t.Helper()
	to, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(pages)))
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		FlushInterval: -1,
	}
	mux.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) {
		// The server closes a request's body once the answer begins, at which the proxy may still be looking for its end.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "the request did not arrive", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	})
	return mux
}

// drive runs a script of browser/ with the addresses and a folder for screenshots, and fails on what it reports.
func drive(t *testing.T, script string, addresses ...string) report {
	t.Helper()
	folder := os.Getenv("HELIOGRAPH_TEST_SCREENSHOTS")
	if folder == "" {
		folder = t.ArtifactDir()
	}
	command := exec.CommandContext(t.Context(), "node", append(append([]string{script}, addresses...), folder)...)
	command.Dir = "browser"
	command.Stderr = t.Output()
	out, runErr := command.Output()
	var got report
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v; it printed %q: %v", script, runErr, out, err)
	}
	t.Logf("timings in ms %v, %d requests, screenshots in %s", got.Timings, got.Requests, folder)
	for _, failure := range got.Failures {
		t.Error(failure)
	}
	if runErr != nil && len(got.Failures) == 0 {
		t.Errorf("%s: %v", script, runErr)
	}
	return got
}
