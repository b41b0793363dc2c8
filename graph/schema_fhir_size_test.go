package graph_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// standard asks for a schema as tools do.
const standard = `{__schema{queryType{name} mutationType{name} subscriptionType{name} types{...T} directives{name locations args{...I}}}}
	fragment T on __Type{kind name description fields(includeDeprecated:true){name description args{...I} type{...R} isDeprecated deprecationReason}
	inputFields{...I} interfaces{...R} enumValues(includeDeprecated:true){name description isDeprecated deprecationReason} possibleTypes{...R}}
	fragment I on __InputValue{name description type{...R} defaultValue} fragment R on __Type{kind name ofType{kind name ofType{kind name ofType{kind name}}}}`

// TestDialectIntrospection: the dialect's whole schema is answered to whoever asks, small where it may be compressed; it is made once, and
// no more of it is held than what is kept.
func TestDialectIntrospection(t *testing.T) {
	w := open(t, nil)
	ask := func(encoding string) (status int, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/fhir/$graphql", strings.NewReader(standard))
		r.Header.Set("Content-Type", "application/graphql")
		if encoding != "" {
			r.Header.Set("Accept-Encoding", encoding)
		}
		rec := httptest.NewRecorder()
		w.handler.FHIR().ServeHTTP(rec, r)
		return rec.Code, rec.Body.Bytes()
	}
	var zipped []byte
	if used := allocated(func() { _, zipped = ask("gzip") }); used > 128<<20 {
		t.Errorf("%d MB allocated on the way", used>>20)
	}
	if len(zipped) > 4_000_000 {
		t.Errorf("%d KB gzipped; 4,000 was decided", len(zipped)/1000)
	}
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatalf("%v: %.200s", err, zipped)
	}
	inflated, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d KB, gzipped %d KB", len(inflated)/1000, len(zipped)/1000)
	if _, raw := ask(""); !bytes.Equal(raw, inflated) {
		t.Errorf("%d bytes, compressed %d", len(raw), len(inflated))
	}
	s, err := graph.NewFHIRSchema(fhir.R4(), parameters(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(inflated, []byte(`"subscriptionType":null`)) && !bytes.Contains(inflated, []byte(`"subscriptionType":{`)) {
		t.Error("nulls are left out of what tells of the schema")
	}
	if direct, err := s.Introspection(nil); err != nil || bytes.Count(direct, []byte(`"__typename"`)) > 0 || len(direct) < len(inflated)/2 {
		t.Error(len(direct), err)
	}
}

// TestDialectIntrospectionStreams: the answer begins before it is made, is made once for all who ask meanwhile, and does not end with one of them.
func TestDialectIntrospectionStreams(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Patient", "Observation"} })
	server := httptest.NewServer(w.handler.FHIR())
	defer server.Close()
	get := func(ctx context.Context, compressed bool) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader(standard))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/graphql")
		if !compressed {
			r.Header.Set("Accept-Encoding", "identity")
		}
		return server.Client().Do(r)
	}
	gone, cancel := context.WithCancel(t.Context())
	if resp, err := get(gone, true); err == nil {
		resp.Body.Close()
	}
	cancel()
	var wait sync.WaitGroup
	bodies := make([][]byte, 6)
	for i := range bodies {
		wait.Go(func() {
			resp, err := get(t.Context(), i%2 == 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if bodies[i], err = io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
				t.Error(resp.Status, err)
			}
		})
	}
	wait.Wait()
	for i := range bodies {
		if !bytes.Equal(bodies[i], bodies[0]) || !json.Valid(bodies[i]) || len(bodies[i]) < 1<<19 {
			t.Errorf("answer %d: %d bytes, the first has %d", i, len(bodies[i]), len(bodies[0]))
		}
	}
}
