package graph_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func TestTransport(t *testing.T) {
	w := open(t, func(c *graph.Config) {
		c.Limits.Body = 4096
		c.Caller = func(r *http.Request) (search.Caller, error) {
			if r.Header.Get("Authorization") == "bad" {
				return search.Caller{}, fault.New(fault.Unauthenticated, "no such key")
			}
			return search.Caller{Tenant: "main"}, nil
		}
	}, ward()...)
	const jsonType, responseType = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"
	type headers map[string]string
	post := headers{"Content-Type": "application/json"}
	with := func(base headers, more ...string) headers {
		out := headers{}
		for k, v := range base {
			out[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	modern := headers{"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
	get := "/graphql?query=" + url.QueryEscape(`query Q($i: ID) { Patient(id: $i) { id } }`)
	for name, c := range map[string]struct {
		method, url, body string
		header            headers
		status            int
		media, contains   string
	}{
		"post":                 {"POST", "/graphql", `{"query":"{version}"}`, post, 200, jsonType, `{"data":{"version":"test"}}`},
		"post, new type":       {"POST", "/graphql", `{"query":"{version}"}`, modern, 200, responseType, `{"data":{"version":"test"}}`},
		"charset":              {"POST", "/graphql", `{"query":"{version}"}`, headers{"Content-Type": "application/json; charset=UTF-8"}, 200, jsonType, "test"},
		"operation":            {"POST", "/graphql", `{"query":"query A{version} query B{__typename}","operationName":"B"}`, post, 200, jsonType, `{"__typename":"Query"}`},
		"no operation":         {"POST", "/graphql", `{"query":"query A{version} query B{__typename}"}`, modern, 400, responseType, `BAD_USER_INPUT`},
		"wrong operation":      {"POST", "/graphql", `{"query":"query A{version}","operationName":"B"}`, modern, 400, responseType, `BAD_USER_INPUT`},
		"get":                  {"GET", get + `&variables=%7B%22i%22%3A%22p1%22%7D`, "", headers{"Accept": "*/*"}, 200, jsonType, `{"data":{"Patient":{"id":"p1"}}}`},
		"get, other case":      {"GET", "/graphql?query=%7Bversion%7D&operationName=", "", nil, 200, jsonType, "test"},
		"get mutation":         {"GET", "/graphql?query=mutation%7B__typename%7D", "", modern, 405, responseType, "BAD_USER_INPUT"},
		"get without":          {"GET", "/graphql", "", nil, 400, jsonType, "no query"},
		"get bad variables":    {"GET", get + "&variables=%7B", "", nil, 400, jsonType, "BAD_USER_INPUT"},
		"put":                  {"PUT", "/graphql", `{"query":"{version}"}`, post, 405, jsonType, "GET or POST"},
		"form":                 {"POST", "/graphql", `query={version}`, headers{"Content-Type": "application/x-www-form-urlencoded"}, 415, jsonType, ""},
		"text":                 {"POST", "/graphql", `{version}`, headers{"Content-Type": "text/plain"}, 415, jsonType, ""},
		"no type":              {"POST", "/graphql", `{"query":"{version}"}`, nil, 415, jsonType, ""},
		"latin":                {"POST", "/graphql", `{"query":"{version}"}`, headers{"Content-Type": "application/json; charset=latin1"}, 415, jsonType, ""},
		"compressed":           {"POST", "/graphql", `x`, with(post, "Content-Encoding", "gzip"), 415, jsonType, ""},
		"accepts nothing":      {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Accept", "text/html"), 406, jsonType, ""},
		"accepts by weight":    {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Accept", "application/json;q=0.5, application/graphql-response+json"), 200, responseType, ""},
		"accepts not":          {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Accept", "application/graphql-response+json;q=0, */*;q=0.1"), 200, jsonType, ""},
		"not json":             {"POST", "/graphql", `{"query":`, post, 400, jsonType, "BAD_USER_INPUT"},
		"accepts more exactly": {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Accept", "*/*, application/json;q=0"), 200, responseType, ""},
		"accepts alike":        {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Accept", "application/graphql-response+json, application/json"), 200, responseType, ""},
		"accepts no number":    {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Accept", "application/json;q=NaN"), 406, jsonType, ""},
		"get extensions":       {"GET", "/graphql?query=%7Bversion%7D&extensions=%5B1%5D", "", nil, 400, jsonType, "extensions"},
		"byte order mark":      {"POST", "/graphql", "\ufeff" + `{"query":"\ufeff{version}"}`, post, 200, jsonType, "test"},
		"no query":             {"POST", "/graphql", `{"q":"{version}"}`, post, 400, jsonType, "no query"},
		"a number for a query": {"POST", "/graphql", `{"query":1}`, post, 400, jsonType, "query"},
		"a list of variables":  {"POST", "/graphql", `{"query":"{version}","variables":[1]}`, post, 400, jsonType, "variables"},
		"extensions of a list": {"POST", "/graphql", `{"query":"{version}","extensions":[1]}`, post, 400, jsonType, "extensions"},
		"nulls":                {"POST", "/graphql", `{"query":"{version}","variables":null,"operationName":null,"extensions":null}`, post, 200, jsonType, ""},
		"not utf-8":            {"POST", "/graphql", "{\"query\":\"{version} #\xff\"}", post, 400, jsonType, "UTF-8"},
		"nul":                  {"POST", "/graphql", `{"query":"{version} #\u0000"}`, modern, 400, responseType, "NUL"},
		"large":                {"POST", "/graphql", `{"query":"{version}` + strings.Repeat(" ", 5000) + `"}`, post, 413, jsonType, "TOO_COSTLY"},
		"not read":             {"POST", "/graphql", `{`, with(post, "Authorization", "bad"), 401, jsonType, "UNAUTHENTICATED"},
		"not authenticated":    {"POST", "/graphql", `{"query":"{version}"}`, with(post, "Authorization", "bad"), 401, jsonType, "UNAUTHENTICATED"},
		"parse error, old":     {"POST", "/graphql", `{"query":"{"}`, post, 200, jsonType, codeParse},
		"parse error, new":     {"POST", "/graphql", `{"query":"{"}`, modern, 400, responseType, codeParse},
		"invalid, new":         {"POST", "/graphql", `{"query":"{nothing}"}`, modern, 400, responseType, codeValidate},
		"field error, new":     {"POST", "/graphql", `{"query":"{Patient(id:\"x\"){id}}"}`, modern, 200, responseType, "NOT_FOUND"},
		"explain nonsense":     {"POST", "/graphql", `{"query":"{version}"}`, with(post, "X-Heliograph-Explain", "all"), 400, jsonType, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.url, strings.NewReader(c.body))
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, r)
			if rec.Code != c.status || rec.Header().Get("Content-Type") != c.media || !strings.Contains(rec.Body.String(), c.contains) {
				t.Errorf("%d %s %s", rec.Code, rec.Header().Get("Content-Type"), rec.Body)
			}
			if !json.Valid(rec.Body.Bytes()) || c.status != 200 && !strings.Contains(rec.Body.String(), `"errors"`) {
				t.Error(rec.Body)
			}
		})
	}
}

const (
	codeParse    = "GRAPHQL_PARSE_FAILED"
	codeValidate = "GRAPHQL_VALIDATION_FAILED"
)

func TestGzip(t *testing.T) {
	w := open(t, nil, hospital(100)...)
	body := `{"query":"{ PatientList(_count: 100) { nodeId name { family given } address { line city postalCode } telecom { system value } meta { lastUpdated versionId } } }"}`
	send := func(accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Encoding", accept)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec
	}
	plain := send("br")
	for range 2 { // the second uses the first one's compressor
		zipped := send("br, gzip;q=0.5")
		if plain.Header().Get("Content-Encoding") != "" || zipped.Header().Get("Content-Encoding") != "gzip" || plain.Body.Len() < 16<<10 {
			t.Fatal(plain.Header(), zipped.Header(), plain.Body.Len())
		}
		z, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(z)
		if err != nil || string(got) != plain.Body.String() {
			t.Error(err, len(got))
		}
	}
	if refused := send("gzip;q=0"); refused.Header().Get("Content-Encoding") != "" {
		t.Error(refused.Header())
	}
}

func TestExplain(t *testing.T) {
	w := open(t, nil, ward()...)
	const data = `{"PatientList":[{"id":"p1","managingOrganization":{"resource":{"id":"o1"}}}]}`
	for mode, want := range map[string]string{"plan": data, "plan-only": `{"PatientList":null}`, "analyze": data} {
		r := httptest.NewRequest(http.MethodPost, "/graphql",
			strings.NewReader(`{"query":"{ PatientList(name: \"abel\") { id managingOrganization { resource { id } } } }"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Heliograph-Explain", mode)
		a := w.send(r)
		explain, _ := a.Extensions["explain"].(map[string]any)
		plan, _ := explain["plan"].(string)
		if string(a.Data) != want || len(a.Errors) > 0 || explain["snapshot"] == nil {
			t.Errorf("%s: %s %v", mode, a.Data, a.Errors)
		}
		if !strings.Contains(plan, "match memory Patient") || !strings.Contains(plan, "PatientList.managingOrganization.resource") {
			t.Errorf("%s: %s", mode, plan)
		}
		if analyzed := strings.Contains(plan, "1 rows"); analyzed != (mode == "analyze") {
			t.Errorf("%s: %s", mode, plan)
		}
	}
}
