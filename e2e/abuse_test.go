package e2e_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heliograph/heliograph/e2e/hostile"
)

// endpoints are those of GraphQL.
var endpoints = []string{"/graphql", "/fhir/$graphql"}

// TestAbuse: what asks too much, or comes from where it must not, is refused or bounded, with its code; the program's memory stays bounded, and
// it serves afterwards.
func TestAbuse(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "5")
	t.Run("families", func(t *testing.T) { abuseFamilies(t, p) })
	t.Run("requests", func(t *testing.T) { abuseRequests(t, p) })
	t.Run("batches", func(t *testing.T) { abuseBatches(t, p) })
	t.Run("texts", func(t *testing.T) { abuseTexts(t, p) })
	for _, endpoint := range endpoints {
		query := `{ PatientList(_count: 2) { id } }`
		send(t, http.MethodPost, p.url+endpoint, fmt.Appendf(nil, `{"query": %q}`, query), "Content-Type", "application/json").ok(t, query)
	}
	if peak := peakMemory(t, p); peak > 700 {
		t.Errorf("the program took %d MB", peak)
	}
	p.stop(t)
	if log := p.stderr.String(); strings.Contains(log, "panic") || strings.Contains(log, "INTERNAL") {
		t.Errorf("the log:\n%.3000s", log)
	}
}

// peakMemory is the most that the process has had, in MB.
func peakMemory(t *testing.T, p *program) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		t.Log("no /proc here: memory is not looked at")
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("the program took %d MB at most", kb>>10)
			return kb >> 10
		}
	}
	return 0
}

// limitOf is the code of the limit that an answer's first error names.
func limitOf(a answer) string {
	if len(a.Errors) == 0 {
		return ""
	}
	limit, _ := a.Errors[0].Extensions["limit"].(map[string]any)
	code, _ := limit["code"].(string)
	return code
}

func abuseFamilies(t *testing.T, p *program) {
	for _, f := range hostile.Families() {
		for i, endpoint := range endpoints {
			body, err := f.Body(i)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			a := send(t, http.MethodPost, p.url+endpoint, body, "Content-Type", "application/json")
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s at %s took %s", f.Name, endpoint, took)
			}
			if len(a.Errors) == 0 || a.Errors[0].Extensions["code"] != f.Code || limitOf(a) != f.Limit || a.Data != nil || len(a.raw) > 64<<10 {
				t.Errorf("%s at %s: %d %.300s", f.Name, endpoint, a.status, a.raw)
			}
		}
	}
}

func abuseRequests(t *testing.T, p *program) {
	const jsonType, query = "application/json", `{"query":"{ version }"}`
	get := "?query=" + url.QueryEscape("{ version }")
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write(bytes.Repeat([]byte(" "), 64<<20)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, rest, body string
		header             []string
		status             int
	}{
		"a form":                     {"POST", "", "query=" + url.QueryEscape("{ version }"), []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		"a text":                     {"POST", "", query, []string{"Content-Type", "text/plain"}, 415},
		"several parts":              {"POST", "", "--x\r\n\r\n" + query + "\r\n--x--", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		"no type":                    {"POST", "", query, nil, 415},
		"a packed body":              {"POST", "", bomb.String(), []string{"Content-Type", jsonType, "Content-Encoding", "gzip"}, 415},
		"a foreign page":             {"POST", "", query, []string{"Content-Type", jsonType, "Origin", "https://evil.example"}, 403},
		"a foreign page by GET":      {"GET", get, "", []string{"Origin", "https://evil.example"}, 403},
		"no page's origin":           {"POST", "", query, []string{"Content-Type", jsonType, "Origin", "null"}, 403},
		"an image of another site":   {"GET", get, "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		"a link of another site":     {"GET", get, "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		"a neighbour's form":         {"POST", "", query, []string{"Content-Type", jsonType, "Sec-Fetch-Site", "same-site"}, 403},
		"a foreign host":             {"POST", "", query, []string{"Content-Type", jsonType, "Host", "evil.example"}, 421},
		"a foreign page's socket":    {"GET", "", "", []string{"Origin", "https://evil.example", "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", "graphql-transport-ws"}, 403},
		"a mutation by GET":          {"GET", "?query=" + url.QueryEscape(`mutation { PatientDelete(id: "p") { id } }`), "", nil, 405},
		"an unknown mutation by GET": {"GET", "?query=" + url.QueryEscape(`mutation { nothing }`), "", nil, 405},
		"a mutation by HEAD":         {"HEAD", "?query=" + url.QueryEscape(`mutation { PatientDelete(id: "p") { id } }`), "", nil, 405},
		"another method":             {"PATCH", "", query, []string{"Content-Type", jsonType}, 405},
		"another charset":            {"POST", "", query, []string{"Content-Type", jsonType + "; charset=utf-7"}, 415},
		"no JSON":                    {"POST", "", `{"query":`, []string{"Content-Type", jsonType}, 400},
		"deep JSON":                  {"POST", "", strings.Repeat(`{"query":`, 100_000), []string{"Content-Type", jsonType}, 400},
		"deep variables":             {"POST", "", `{"query":"{ version }","variables":{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}}`, []string{"Content-Type", jsonType}, 200},
		"too large":                  {"POST", "", `{"query":"{ version }` + strings.Repeat(" ", 17<<20) + `"}`, []string{"Content-Type", jsonType}, 413},
		"too large for a query":      {"POST", "", `{"query":"{ version }` + strings.Repeat(" ", 2<<20) + `"}`, []string{"Content-Type", jsonType}, 413},
		"many extensions":            {"POST", "", `{"query":"{ version }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`, []string{"Content-Type", jsonType, "Accept", "application/json"}, 0},
	} {
		for _, endpoint := range endpoints {
			if endpoint == "/fhir/$graphql" && (name == "a foreign page's socket" || name == "another method") {
				continue
			}
			status, answer := attempt(t, c.method, p.url+endpoint+c.rest, c.body, c.header...)
			if c.status != 0 && status != c.status || status >= 500 || len(answer) > 4096 {
				t.Errorf("%s at %s: status %d, want %d: %.300s", name, endpoint, status, c.status, answer)
			}
		}
	}
}

// attempt sends a request whose Host may be another one, and follows no redirect.
func attempt(t *testing.T, method, target, body string, header ...string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if h := req.Header.Get("Host"); h != "" {
		req.Host = h
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b.String()
}

func abuseBatches(t *testing.T, p *program) {
	one := `{"query":"{ version }"}`
	dear := `{"query":"{ PatientConnection(first: 1000) { edges { node { id ObservationList(_reference: subject, _count: 200) { id code { text } } } } } }"}`
	for name, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"too many":       {`[` + strings.Repeat(one+",", 20) + one + `]`, 400, "BATCH_LIMIT"},
		"many numbers":   {`[` + strings.Repeat("1,", 500_000) + `1]`, 400, "BATCH_LIMIT"},
		"empty":          {`[]`, 400, "BAD_USER_INPUT"},
		"nested":         {`[[` + one + `]]`, 200, "a batch is not served here"},
		"deeply nested":  {strings.Repeat("[", 200_000), 400, "BAD_USER_INPUT"},
		"dear together":  {`[` + strings.Repeat(dear+",", 9) + dear + `]`, 200, "COST_LIMIT"},
		"large together": {`[` + strings.Repeat(`{"query":"{ version } #`+strings.Repeat("x", 100_000)+`"},`, 11) + one + `]`, 200, "BODY_LIMIT"},
		"a subscription": {`[{"query":"subscription { changes { token } }"}]`, 200, "text/event-stream"},
	} {
		status, answer := attempt(t, http.MethodPost, p.url+"/graphql", c.body, "Content-Type", "application/json")
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: status %d: %.300s", name, status, answer)
		}
	}
	if status, answer := attempt(t, http.MethodPost, p.url+"/fhir/$graphql", `[`+one+`]`, "Content-Type", "application/json"); status != 400 {
		t.Errorf("at $graphql: status %d: %.300s", status, answer)
	}
}

// abuseTexts: many queries whose texts all differ, persisted ones among them, do not fill memory.
func abuseTexts(t *testing.T, p *program) {
	const n = 10_000
	var next atomic.Int64
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				query := fmt.Sprintf(`{ a%d: Patient(id: "none%d") { id name { family given } contact { name { text } } ObservationList(_reference: subject, _count: 1) { id } } }`, i, i)
				request := map[string]any{"query": query}
				if i%2 == 0 {
					request["extensions"] = map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hashOf(query)}}
				}
				body, err := json.Marshal(request)
				if err != nil {
					t.Error(err)
					return
				}
				a := send(t, http.MethodPost, p.url+endpoints[i%4/3], body, "Content-Type", "application/json")
				if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "NOT_FOUND" {
					t.Errorf("%s: %.300s", query, a.raw)
					return
				}
			}
		})
	}
	wait.Wait()
}

// hashOf is the hash of a query, as extensions.persistedQuery has it.
func hashOf(query string) string {
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:])
}

// TestAbuseInProduction: without development's helpfulness nothing of the schema or the stores is told.
func TestAbuseInProduction(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--mode", "production")
	for _, endpoint := range endpoints {
		for name, c := range map[string]struct {
			query  string
			header []string
			code   string
		}{
			"introspection":         {`{ __schema { types { name } } }`, nil, "FORBIDDEN"},
			"a type":                {`{ __type(name: "Patient") { fields { name } } }`, nil, "FORBIDDEN"},
			"an unknown field":      {`{ PatientLst { id } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			"an unknown argument":   {`{ PatientList(nam: "x") { id } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			"an unknown type":       {`query ($p: PatientWher) { version }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			"an unknown fragment":   {`{ Patient(id: "p") { ... on Patint { id } } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			"a missing selection":   {`{ PatientList }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			"an unknown enum value": {`{ PatientConnection(_total: acurate) { count } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			"a plan":                {`{ PatientList { id } }`, []string{"X-Heliograph-Explain", "plan"}, "FORBIDDEN"},
		} {
			body, err := json.Marshal(map[string]any{"query": c.query})
			if err != nil {
				t.Fatal(err)
			}
			a := send(t, http.MethodPost, p.url+endpoint, body, append([]string{"Content-Type", "application/json"}, c.header...)...)
			if len(a.Errors) == 0 || a.Data != nil || strings.Contains(strings.ToLower(string(a.raw)), "did you mean") {
				t.Errorf("%s at %s: %.300s", name, endpoint, a.raw)
				continue
			}
			if code := a.Errors[0].Extensions["code"]; code != c.code && endpoint == "/graphql" {
				t.Errorf("%s at %s: %s", name, endpoint, code)
			}
		}
	}
	a := send(t, http.MethodPost, p.url+"/graphql", []byte(`{"query":"{ PatientList { id } }"}`), "Content-Type", "application/json")
	a.ok(t, "a query")
}

// TestPastTime: an operation past its time is answered within half a second of it, by that error alone.
func TestPastTime(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "heliograph.yaml")
	if err := os.WriteFile(config, []byte("limits: {time: 150ms, steps: 1000000000, scanned: 1000000}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(dir, "data"), "--config", config, "--sample", "40")
	slow := `{ ` + strings.Repeat(`§: ObservationList(_count: 1, fhirpath: "descendants().where($this.toString().length() > 1000).exists()") { id } `, 20) + `}`
	for i := range 20 {
		slow = strings.Replace(slow, "§", fmt.Sprintf("a%d", i), 1)
	}
	deep := `{ PatientList { id ObservationList(_reference: subject) { id encounter { resource { ... on Encounter { id ObservationList(_reference: encounter) { id subject { resource { ... on Patient { id } } } } } } } } } }`
	for name, query := range map[string]string{"expressions": slow, "rows": deep} {
		began := time.Now()
		a := post(t, p.url, query, nil)
		took := time.Since(began)
		t.Log(name, took, string(a.raw[:min(len(a.raw), 200)]))
		if took > 650*time.Millisecond+150*time.Millisecond { // the machine of a test may be busy
			t.Errorf("%s: answered after %s", name, took)
		}
		if (name == "expressions" || len(a.Errors) > 0) && (len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "TIMEOUT" || limitOf(a) != "TIME_LIMIT" || a.Data != nil) {
			t.Errorf("%s: %.500s", name, a.raw)
		}
	}
}
