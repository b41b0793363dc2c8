package graph_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
)

// persistedQuery is extensions.persistedQuery of a query.
func persistedQuery(query string) string {
	sum := sha256.Sum256([]byte(query))
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hex.EncodeToString(sum[:]) + `"}}`
}

// raw posts a body as it stands.
func (w *world) raw(body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

// TestPersistedQueries: a query that was sent once is found by its hash, by POST and by GET, by those of its own tenant.
func TestPersistedQueries(t *testing.T) {
	w := open(t, func(c *graph.Config) {
		c.Caller = func(r *http.Request) (search.Caller, error) {
			return search.Caller{Tenant: "t" + r.Header.Get("Tenant")}, nil
		}
	}, ward()...)
	const query = `{ version }`
	const notFound = `{"errors":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}`
	hash := persistedQuery(query)
	byHash := `{"extensions":` + hash + `}`
	whole := fmt.Sprintf(`{"query":%q,"extensions":%s}`, query, hash)
	modern := []string{"Accept", "application/graphql-response+json"}
	for i, c := range []struct {
		body   string
		header []string
		status int
		says   string
	}{
		{byHash, nil, 200, notFound},
		{byHash, modern, 200, notFound},
		{fmt.Sprintf(`{"query":"{ nothing }","extensions":%s}`, persistedQuery("{ nothing }")), nil, 200, "GRAPHQL_VALIDATION_FAILED"},
		{fmt.Sprintf(`{"extensions":%s}`, persistedQuery("{ nothing }")), nil, 200, notFound}, // what is not valid is not kept
		{fmt.Sprintf(`{"query":"{ __typename }","extensions":%s}`, hash), modern, 400, "provided sha does not match query"},
		{byHash, nil, 200, notFound},
		{whole, modern, 200, `{"data":{"version":"test"}}`},
		{byHash, nil, 200, `{"data":{"version":"test"}}`},
		{byHash, []string{"Tenant", "2"}, 200, notFound},
		{whole, []string{"Tenant", "2"}, 200, `{"data":{"version":"test"}}`},
		{byHash, []string{"Tenant", "2"}, 200, `{"data":{"version":"test"}}`},
		{strings.Replace(byHash, `"version":1`, `"version":2`, 1), nil, 400, "Unsupported persisted query version"},
		{`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"abc"}}}`, nil, 400, "64 hexadecimal digits"},
		{`{"extensions":{"persistedQuery":7}}`, nil, 400, "sha256Hash"},
		{`{"extensions":{"persistedQuery":null}}`, nil, 400, "no query"},
	} {
		rec := w.raw(c.body, c.header...)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.says) {
			t.Errorf("%d: %d %s, want %d %s", i, rec.Code, rec.Body, c.status, c.says)
		}
	}
	get := func(extensions string) string {
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/graphql?extensions="+url.QueryEscape(extensions), nil))
		if cache := rec.Header().Get("Cache-Control"); cache != "no-store" {
			t.Error(cache)
		}
		return rec.Body.String()
	}
	if got := get(hash); got != `{"data":{"version":"test"}}` {
		t.Error(got)
	}
	w.raw(fmt.Sprintf(`{"query":"mutation { __typename }","extensions":%s}`, persistedQuery("mutation { __typename }")))
	if got := get(persistedQuery("mutation { __typename }")); !strings.Contains(got, "a mutation is sent by POST") {
		t.Error(got)
	}
}

// TestPersistedAreBounded: those used last are kept.
func TestPersistedAreBounded(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Queries = 3 })
	ask := func(query, with string) string {
		return w.raw(fmt.Sprintf(`{%s"extensions":%s}`, with, persistedQuery(query))).Body.String()
	}
	text := func(i int) string { return fmt.Sprintf("{ a%d: version }", i) }
	for i := range 5 {
		ask(text(i), fmt.Sprintf(`"query":%q,`, text(i)))
		ask(text(0), "") // which keeps it
	}
	for i, kept := range []bool{true, false, false, true, true} {
		if found := !strings.Contains(ask(text(i), ""), "PersistedQueryNotFound"); found != kept {
			t.Errorf("%d: found %v", i, found)
		}
	}
}
