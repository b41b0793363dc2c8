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
// its search parameters; a value that has none is counted by the reason.
func TestExamples(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	store := k.sqlite(t)
	e := examples{t: t, k: k, store: store, graph: k.graphOver(t, store), formless: map[string]int{}}
	if !shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) { e.example(raw) }) {
		return
	}
	t.Logf("%d examples, %d of them lenient, found by %d values; not searched by: %v", e.count, e.lenient, e.found, e.formless)
	if e.count < 600 || e.lenient != lenientExamples || e.found < 5700 {
		t.Errorf("%d examples, %d lenient", e.count, e.lenient)
	}
}

type examples struct {
	t                     *testing.T
	k                     *kit
	store                 primary
	graph                 http.Handler
	count, lenient, found int
	formless              map[string]int // by reason
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
		condition := ""
		param := e.k.params.Param(ref.Type, p.Code)
		for i := 0; i < len(p.Items) && condition == ""; i++ {
			condition = finds(param, &p.Items[i])
		}
		if condition == "" {
			e.formless[without(p.Type)]++
			continue
		}
		fmt.Fprintf(&q, " a%d: %sList(_id: %q, %s) { id }", len(codes), ref.Type, ref.ID, condition)
		if other := misses(p.Type, condition); other != "" {
			fmt.Fprintf(&q, " n%d: %sList(_id: %q, %s) { id }", len(codes), ref.Type, ref.ID, other)
		}
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
		if len(a.Data["n"+strconv.Itoa(i)]) != 0 {
			e.t.Errorf("%s is found by another %s: %s", ref, code, q.String())
		}
	}
	e.found += len(codes)
}

// finds is the argument that finds a value, or the typed condition where no argument can; "" if neither can.
func finds(p *search.Param, item *search.Item) string {
	name := argumentOf(p.Code)
	if text := exactly(p, item); text != "" {
		return name + ": " + strconv.Quote(text)
	}
	switch {
	case p.Type == search.Token && item.Code == "" && item.Text != "":
		return fmt.Sprintf("where: {%s: {text: %s}}", name, strconv.Quote(item.Text))
	case p.Type == search.Reference && item.Code != "":
		return fmt.Sprintf("where: {%s: {identifier: {system: %s, value: %s}}}", name, strconv.Quote(item.System), strconv.Quote(item.Code))
	}
	return ""
}

// misses is an argument like one that finds a text, for a longer one that is not there; "" for what is no text.
func misses(t search.ParamType, condition string) string {
	switch t {
	case search.String, search.Token, search.URI:
		if text, ok := strings.CutSuffix(condition, `"`); ok {
			return text + `-not-there"`
		}
	}
	return ""
}

// without says why a value cannot be searched by.
func without(t search.ParamType) string {
	switch t {
	case search.Token:
		return "a token with neither code nor text"
	case search.Reference:
		return "a reference to what is contained"
	case search.Composite:
		return "a composite with a part that has no form in an argument"
	}
	return t.String() + " without a form"
}

// exactly writes a value as the search argument that finds it; "" if it has no such form (a token that is a text only, a reference
// to what is contained or by an identifier alone, a composite of such). Of numbers the index keeps their order and not their digits: any of
// them is asked for.
func exactly(p *search.Param, item *search.Item) string {
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`).Replace
	switch p.Type {
	case search.String:
		return escape(item.Exact)
	case search.Token:
		if item.Code == "" && item.System == "" {
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
		var parts []string
		for i := range p.Parts {
			text := exactly(p.Parts[i], &item.Parts[i])
			if text == "" {
				return ""
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, "$")
	}
	return ""
}
