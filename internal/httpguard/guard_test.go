package httpguard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/heliograph/heliograph/internal/httpguard"
)

func TestGuard(t *testing.T) {
	g := httpguard.Guard{Hosts: []string{"FHIR.example.org"}, Listen: "127.0.0.1:8080", Origins: []string{"https://App.example.org"}}
	h := g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	cases := []struct {
		name, method, target, host string
		header                     map[string]string
		want                       int
	}{
		{"program", "POST", "/graphql", "127.0.0.1:8080", nil, 200},
		{"localhost", "POST", "/graphql", "localhost:8080", nil, 200},
		{"configured host", "POST", "/graphql", "fhir.example.org", nil, 200},
		{"host in capitals", "POST", "/graphql", "fhir.EXAMPLE.org:443", nil, 200},
		{"rebound host", "POST", "/graphql", "evil.example", nil, 421},
		{"own page", "POST", "/graphql", "localhost:8080", map[string]string{"Origin": "http://localhost:8080"}, 200},
		{"configured origin", "POST", "/graphql", "localhost:8080", map[string]string{"Origin": "https://app.example.org"}, 200},
		{"foreign origin", "POST", "/graphql", "localhost:8080", map[string]string{"Origin": "https://evil.example"}, 403},
		{"null origin", "POST", "/graphql", "localhost:8080", map[string]string{"Origin": "null"}, 403},
		{"foreign site by GET", "GET", "/graphql?query=x", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"link to the page", "GET", "/", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		{"link to a query", "GET", "/graphql?query=x", "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.target, nil)
			r.Host = c.host
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	none := httpguard.NewKeys("main")
	if tenant, ok := none.Tenant(httptest.NewRequest("GET", "/", nil)); !ok || tenant != "main" {
		t.Errorf("without keys: %q %v", tenant, ok)
	}
	keys := httpguard.NewKeys("main")
	keys.Add("0123456789abcdef", "a")
	keys.Add("fedcba9876543210", "b")
	for header, want := range map[string]string{
		"": "", "Bearer 0123456789abcdef": "a", "bearer fedcba9876543210": "b", "Bearer nonsense": "", "Basic 0123456789abcdef": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		tenant, ok := keys.Tenant(r)
		if tenant != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", header, tenant, ok, want)
		}
	}
}
