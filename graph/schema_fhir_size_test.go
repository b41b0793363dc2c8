package graph_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
