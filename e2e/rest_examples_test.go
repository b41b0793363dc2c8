package e2e_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/search"
)

// TestRestExamples puts every official example by REST, reads it back as it was, and finds it by the first value with a form that it has for
// each of its search parameters.
func TestRestExamples(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	e := restExamples{T: t, k: k, rest: k.restOver(t, k.sqlite(t))}
	if !shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) { e.example(raw) }) {
		return
	}
	t.Logf("%d examples, %d of them lenient, found by %d values; %d values have no form as an argument", e.count, e.lenient, e.found, e.formless)
	if e.count < 600 || e.lenient != lenientExamples {
		t.Errorf("%d examples, %d lenient", e.count, e.lenient)
	}
}

type restExamples struct {
	*testing.T
	k                               *kit
	rest                            http.Handler
	count, lenient, found, formless int
}

func (e *restExamples) send(method, path string, body []byte, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(e.Context(), method, "/fhir/"+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/fhir+json")
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	w := httptest.NewRecorder()
	e.rest.ServeHTTP(w, r)
	return w
}

func (e *restExamples) example(raw []byte) {
	e.Helper()
	body, meta, err := fhir.Strip(raw)
	if err != nil {
		e.Fatal(err)
	}
	ref := fhir.Ref{Type: meta.Type, ID: meta.ID}
	e.count++
	if w := e.send(http.MethodPut, ref.String(), raw); w.Code == http.StatusUnprocessableEntity {
		e.lenient++
		w = e.send(http.MethodPut, ref.String(), raw, "Prefer", "handling=lenient")
		if w.Code != http.StatusCreated {
			e.Errorf("%s, lenient: %d %.500s", ref, w.Code, w.Body)
			return
		}
	} else if w.Code != http.StatusCreated {
		e.Errorf("%s: %d %.500s", ref, w.Code, w.Body)
		return
	}
	read := e.send(http.MethodGet, ref.String(), nil)
	got, _, err := fhir.Strip(read.Body.Bytes())
	if err != nil || !bytes.Equal(body.JSON, got.JSON) {
		e.Errorf("%s is not what was put: %d %v %s", ref, read.Code, err, cmp.Diff(string(body.JSON), string(got.JSON)))
	}
	e.find(ref, body.JSON)
}

// find searches for the example by each of its search parameters.
func (e *restExamples) find(ref fhir.Ref, body []byte) {
	e.Helper()
	values, _, err := e.k.models.Current().Indexer.IndexBytes(body)
	if err != nil {
		e.Fatal(err)
	}
	for _, p := range values.Params {
		text := ""
		for i := 0; i < len(p.Items) && text == ""; i++ {
			text = exactly(e.k.params.Param(ref.Type, p.Code), &p.Items[i])
		}
		if text == "" {
			e.formless++
			continue
		}
		query := ref.Type + "?" + url.Values{"_id": {ref.ID}, p.Code: {text}}.Encode()
		if status, ids := ask(e.T, e.rest, query); status != http.StatusOK || len(ids) != 1 {
			e.Errorf("%s is not found by %s: %d %v", ref, query, status, ids)
		}
		e.found++
	}
}
