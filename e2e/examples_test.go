package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/search"
)

// lenientExamples is how many of the official examples bend FHIR's own rules, and are taken in lenient mode only.
const lenientExamples = 5

// TestExamples writes every official example by a mutation, reads it back as it was, and finds it by the first value with a form that it has for each of
// its search parameters.
func TestExamples(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	store := k.sqlite(t)
	e := examples{t: t, k: k, store: store, graph: k.graphOver(t, store)}
	if !shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) { e.example(raw) }) {
		return
	}
	t.Logf("%d examples, %d of them lenient, found by %d values; %d values have no form as an argument", e.count, e.lenient, e.found, e.formless)
	if e.count < 600 || e.lenient != lenientExamples {
		t.Errorf("%d examples, %d lenient", e.count, e.lenient)
	}
}

type examples struct {
	t                               *testing.T
	k                               *kit
	store                           primary
	graph                           http.Handler
	count, lenient, found, formless int
}

func (e *examples) example(raw []byte) {
	e.t.Helper()
	body, meta, err := fhir.Strip(raw)
	if err != nil {
		e.t.Fatal(err)
	}
	ref := fhir.Ref{Type: meta.Type, ID: meta.ID}
	e.count++
	if errs := e.create(ref, raw, false); errs != "" {
		e.lenient++
		if errs := e.create(ref, raw, true); errs != "" {
			e.t.Errorf("%s: %s", ref, errs)
			return
		}
	}
	got, _, err := e.store.Read(e.t.Context(), search.Caller{Tenant: "main"}, 0, []search.Key{{Ref: ref}})
	if err != nil {
		e.t.Fatal(err)
	}
	if !bytes.Equal(body.JSON, got[0].Body.JSON) {
		e.t.Errorf("%s is not what was written: %s", ref, cmp.Diff(string(body.JSON), string(got[0].Body.JSON)))
	}
	e.find(ref, body.JSON)
}

// create updates by the example's id, and gives the errors.
func (e *examples) create(ref fhir.Ref, raw []byte, lenient bool) string {
	query := fmt.Sprintf(`mutation M($r: FHIRResource!) { %sUpdate(id: %q, res: $r) { effect } }`, ref.Type, ref.ID)
	// By hand, because encoding/json would write the signs of XHTML otherwise than the example does.
	body := fmt.Appendf(nil, `{"query":%q,"variables":{"r":%s}}`, query, raw)
	var a struct{ Errors []struct{ Message string } }
	answer := e.post(body, lenient)
	if err := json.Unmarshal(answer, &a); err != nil {
		e.t.Fatal(err)
	}
	var messages []string
	for _, err := range a.Errors {
		messages = append(messages, err.Message)
	}
	return strings.Join(messages, "; ")
}

func (e *examples) post(body []byte, lenient bool) []byte {
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if lenient {
		r.Header.Set("Prefer", "handling=lenient")
	}
	w := httptest.NewRecorder()
	e.graph.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// find asks for the example by each of its search parameters, in one operation.
func (e *examples) find(ref fhir.Ref, body []byte) {
	values, _, err := e.k.models.Current().Indexer.IndexBytes(body)
	if err != nil {
		e.t.Fatal(err)
	}
	var q strings.Builder
	var codes []string
	for _, p := range values.Params {
		text := ""
		for i := 0; i < len(p.Items) && text == ""; i++ {
			text = exactly(p.Type, &p.Items[i])
		}
		if text == "" {
			e.formless++
			continue
		}
		fmt.Fprintf(&q, " a%d: %sList(_id: %q, %s: %s) { id }", len(codes), ref.Type, ref.ID, argumentOf(p.Code), strconv.Quote(text))
		codes = append(codes, p.Code)
	}
	if len(codes) == 0 {
		return
	}
	request, err := json.Marshal(map[string]string{"query": "{" + q.String() + " }"})
	if err != nil {
		e.t.Fatal(err)
	}
	var a struct {
		Data   map[string][]struct{ ID string }
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(e.post(request, false), &a); err != nil || len(a.Errors) > 0 {
		e.t.Errorf("%s: %v %v\n%s", ref, err, a.Errors, q.String())
		return
	}
	for i, code := range codes {
		if len(a.Data["a"+strconv.Itoa(i)]) != 1 {
			e.t.Errorf("%s is not found by %s: %s", ref, code, q.String())
		}
	}
	e.found += len(codes)
}

// exactly writes a value as the search argument that finds it; "" if it has no such form (a token that is a text only, a reference
// to what is contained, a composite). Of numbers the index keeps their order and not their digits: any of them is asked for.
func exactly(t search.ParamType, item *search.Item) string {
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`).Replace
	switch t {
	case search.String:
		return escape(item.Exact)
	case search.Token:
		if item.Code == "" {
			return ""
		}
		if item.System != "" {
			return escape(item.System) + "|" + escape(item.Code)
		}
		return escape(item.Code)
	case search.Date:
		if item.Lo == search.MinTime {
			return "le" + time.UnixMicro(item.Hi).UTC().Format("2006-01-02T15:04:05.000000Z")
		}
		return "ge" + time.UnixMicro(item.Lo).UTC().Format("2006-01-02T15:04:05.000000Z")
	case search.Reference:
		if item.ID != "" && item.Type != "" {
			return item.Type + "/" + item.ID
		}
		if strings.HasPrefix(item.URL, "#") {
			return "" // what is contained has no address
		}
		return escape(item.URL)
	case search.URI:
		return escape(item.Text)
	case search.Number, search.Quantity:
		return "ge-1000000000000"
	case search.Composite:
		return ""
	}
	return ""
}
