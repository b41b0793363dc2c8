package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/heliograph/heliograph/web"
)

const script = "console.log('playground')"

func built(t *testing.T) fstest.MapFS {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"dist/.keep":               {},
		"dist/index.html":          {Data: []byte("<!doctype html><title>page</title>")},
		"dist/favicon.svg":         {Data: []byte("<svg/>")},
		"dist/assets/a-1{x}.js.gz": {Data: packed.Bytes()},
	}
}

func ask(t *testing.T, files fs.FS, method, target string, header http.Header) *http.Response {
	t.Helper()
	handler, err := web.Handler(web.Config{Files: files})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for name, values := range header {
		request.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Result()
}

func TestStatusAndCaching(t *testing.T) {
	files := built(t)
	for _, c := range []struct {
		method, target string
		status         int
		contentType    string
		cache          string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"HEAD", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"GET", "/favicon.svg", 200, "image/svg+xml", "no-cache"},
		{"GET", "/assets/a-1%7Bx%7D.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"GET", "/.keep", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/assets/", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/graphiql", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/index.html", 200, "text/html; charset=utf-8", "no-cache"},
		{"POST", "/", 405, "text/plain; charset=utf-8", ""},
	} {
		t.Run(c.method+c.target, func(t *testing.T) {
			response := ask(t, files, c.method, c.target, nil)
			got := []any{response.StatusCode, response.Header.Get("Content-Type"), response.Header.Get("Cache-Control")}
			for i, want := range []any{c.status, c.contentType, c.cache} {
				if got[i] != want {
					t.Errorf("got %v, want %v", got[i], want)
				}
			}
			if response.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("no X-Content-Type-Options")
			}
		})
	}
}

func TestPolicyAdmitsNoInlineScript(t *testing.T) {
	policy := ask(t, built(t), "GET", "/", nil).Header.Get("Content-Security-Policy")
	directives := map[string]string{}
	for directive := range strings.SplitSeq(policy, "; ") {
		name, sources, _ := strings.Cut(directive, " ")
		directives[name] = sources
	}
	for name, want := range map[string]string{"default-src": "'none'", "script-src": "'self'", "connect-src": "'self'", "frame-ancestors": "'none'"} {
		if directives[name] != want {
			t.Errorf("%s is %q, want %q", name, directives[name], want)
		}
	}
}

func TestAssetsByEncoding(t *testing.T) {
	files := built(t)
	for _, c := range []struct {
		accept string
		packed bool
	}{
		{"gzip, deflate, br", true},
		{"br;q=1, *;q=0.1", true},
		{"GZIP;q=0.5", true},
		{"gzip;q=0", false},
		{"gzip;q=0, *", false},
		{"*;q=0", false},
		{"identity", false},
		{"", false},
	} {
		t.Run(c.accept, func(t *testing.T) {
			response := ask(t, files, "GET", "/assets/a-1%7Bx%7D.js", http.Header{"Accept-Encoding": {c.accept}})
			var body io.Reader = response.Body
			if packed := response.Header.Get("Content-Encoding") == "gzip"; packed != c.packed {
				t.Fatalf("packed is %v, want %v", packed, c.packed)
			}
			if c.packed {
				reader, err := gzip.NewReader(body)
				if err != nil {
					t.Fatal(err)
				}
				body = reader
			}
			text, err := io.ReadAll(body)
			if err != nil || string(text) != script {
				t.Errorf("got %q, %v", text, err)
			}
			if response.Header.Get("Vary") != "Accept-Encoding" {
				t.Error("no Vary")
			}
		})
	}
}

func TestETagSavesTheSecondAnswer(t *testing.T) {
	files := built(t)
	tag := ask(t, files, "GET", "/", nil).Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if got := ask(t, files, "GET", "/", http.Header{"If-None-Match": {tag}}).StatusCode; got != http.StatusNotModified {
		t.Errorf("status %d, want 304", got)
	}
}

func TestCorruptAssetIsAnError(t *testing.T) {
	files := built(t)
	files["dist/assets/a-1{x}.js.gz"] = &fstest.MapFile{Data: []byte("not gzip")}
	if got := ask(t, files, "GET", "/assets/a-1%7Bx%7D.js", nil).StatusCode; got != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", got)
	}
}

func TestPlaceholderWithoutABuild(t *testing.T) {
	embedded := fstest.MapFS{
		"placeholder/index.html":      {Data: []byte("make web {{.Endpoint}}")},
		"placeholder/placeholder.css": {Data: []byte("body{}")},
		"public/favicon.svg":          {Data: []byte("<svg/>")},
	}
	response := ask(t, embedded, "GET", "http://gateway.test:9000/", nil)
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := "make web http://gateway.test:9000/graphql"; string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
	for _, address := range []string{"/placeholder.css", "/favicon.svg"} {
		if got := ask(t, embedded, "GET", address, nil).StatusCode; got != http.StatusOK {
			t.Errorf("%s: status %d", address, got)
		}
	}
}

func TestHandlerReportsWhatIsMissing(t *testing.T) {
	if _, err := web.Handler(web.Config{Files: fstest.MapFS{}}); err == nil {
		t.Error("no error although neither page is there")
	}
}

// The embedded files must serve whichever page this build has: CI builds with the playground, a plain go build without.
func TestEmbeddedPage(t *testing.T) {
	response := ask(t, nil, "GET", "/", nil)
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := "make web"
	if web.Built() {
		want = "assets/"
	}
	if response.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
		t.Errorf("status %d, built %v, body lacks %q", response.StatusCode, web.Built(), want)
	}
	if strings.Contains(string(text), "<script>") {
		t.Error("the page has an inline script, which its policy forbids")
	}
}

func TestExamplesHaveNamesAndValidVariables(t *testing.T) {
	queries, err := fs.Glob(web.Examples, "examples/*.graphql")
	if err != nil || len(queries) < 6 {
		t.Fatalf("%d examples, %v", len(queries), err)
	}
	operation := regexp.MustCompile(`(?m)^(query|mutation|subscription) \w`)
	endpoint := regexp.MustCompile(`^# endpoint: /fhir(/Patient/example)?/\$graphql\n`)
	variable := regexp.MustCompile(`\$\w+: `)
	for _, name := range queries {
		text, err := fs.ReadFile(web.Examples, name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# ") || !operation.Match(text) {
			t.Errorf("%s: no comment or no named operation", name)
		}
		if bytes.Contains(text, []byte("endpoint:")) && !endpoint.Match(text) {
			t.Errorf("%s: its endpoint is not in its first line", name)
		}
		values, err := fs.ReadFile(web.Examples, strings.TrimSuffix(name, ".graphql")+".variables.json")
		if has := err == nil; has != variable.Match(text) {
			t.Errorf("%s: variables file there: %v", name, has)
		} else if has && !json.Valid(values) {
			t.Errorf("%s: its variables are not JSON", name)
		}
	}
}
