package adaptertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// testLarge: the sizes that the contract names are indexed fully and found.
func testLarge(t *testing.T, r *rig) {
	text := strings.Repeat("Lorem ipsum dolor ", 6_000) // 108 KB
	uri := "http://x.example/" + strings.Repeat("path/", 800)
	list, components := &strings.Builder{}, &strings.Builder{}
	for i := range 20_000 {
		fmt.Fprintf(list, `,{"item":{"reference":"Patient/p%d"}}`, i)
	}
	for i := range 15_000 {
		fmt.Fprintf(components, `,{"code":{"coding":[{"system":"http://c.example","code":"c%d"}]},"valueQuantity":{"value":%d,"unit":"mg"}}`, i, i)
	}
	records := []Record{
		patient(t, "p7", "Seven"),
		Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":"text","name":[{"family":%q,"given":[%q]}]}`, text+"end", text+"other")),
		Index(t, fmt.Appendf(nil, `{"resourceType":"ValueSet","id":"uri","status":"active","url":%q}`, uri+"end")),
		Index(t, fmt.Appendf(nil, `{"resourceType":"List","id":"refs","status":"current","mode":"working","entry":[%s]}`, list.String()[1:])),
		Index(t, fmt.Appendf(nil, `{"resourceType":"Observation","id":"parts","status":"final","code":{"text":"x"},"component":[%s]}`, components.String()[1:])),
		Index(t, fmt.Appendf(nil, `{"resourceType":"Binary","id":"five","contentType":"text/plain","data":%q}`, strings.Repeat("QUJD", 1_250_000))),
	}
	for i := range records {
		records[i].LastUpdated = 1_600_000_000_000_000
	}
	r.fill(t, mainTenant, records)
	if _, ok := r.Store.(adapters.Reader); ok {
		for _, rec := range records {
			r.sameRead(t, caller, adapters.Key{Ref: rec.Ref})
		}
	}
	r.findLarge(t, text, uri)
	// Changed and deleted, they leave nothing behind.
	r.write(t, put(patient(t, "text", "Short"), adapters.Precondition{}), remove(records[3].Ref, adapters.Precondition{}), remove(records[4].Ref, adapters.Precondition{}))
	r.findLarge(t, text, uri)
}

func (r *rig) findLarge(t *testing.T, text, uri string) {
	t.Helper()
	if _, ok := r.Store.(adapters.Searcher); !ok {
		return
	}
	p := r.data.Params
	family, url, item := p.Param("Patient", "family"), p.Param("ValueSet", "url"), p.Param("List", "item")
	parts := p.Param("Observation", "component-code-value-quantity")
	clause := func(p *search.Param, m search.Modifier, v search.Value) search.Clause {
		return search.Clause{Param: p, Modifier: m, Values: []search.Value{v}}
	}
	normal := search.Normalise(text + "end")
	component := func(code, value int) search.Value {
		return search.Value{Parts: []search.Value{
			{Code: fmt.Sprint("c", code), System: "http://c.example", HasSystem: true}, numberValue(t, r, fmt.Sprint(value)),
		}}
	}
	for n, c := range []struct {
		resourceType string
		where        search.Expr
	}{
		{"Patient", clause(family, search.Plain, search.Value{Text: normal})},
		{"Patient", clause(family, search.Plain, search.Value{Text: normal + "x"})},
		{"Patient", clause(family, search.Plain, search.Value{Text: normal[:90_000]})},
		{"Patient", clause(family, search.Plain, search.Value{Text: normal[:90_000] + "x"})},
		{"Patient", clause(family, search.Exact, search.Value{Text: text + "end"})},
		{"Patient", clause(family, search.Exact, search.Value{Text: text + "other"})},
		{"Patient", clause(family, search.Contains, search.Value{Text: "dolor end"})},
		{"Patient", clause(family, search.Contains, search.Value{Text: "dolor other"})},
		{"Patient", clause(family, search.Equals, search.Value{Text: normal})},
		{"Patient", clause(family, search.Equals, search.Value{Text: normal[:90_000]})},
		{"Patient", clause(family, search.EndsWith, search.Value{Text: normal[10_000:]})},
		{"Patient", clause(family, search.EndsWith, search.Value{Text: "dolor other"})},
		{"ValueSet", clause(url, search.Plain, search.Value{Text: uri + "end"})},
		{"ValueSet", clause(url, search.Plain, search.Value{Text: uri + "enx"})},
		{"ValueSet", clause(url, search.Below, search.Value{Text: strings.TrimSuffix(uri, "/")})},
		{"ValueSet", clause(url, search.Above, search.Value{Text: uri + "end/more"})},
		{"List", clause(item, search.Plain, search.Value{Type: "Patient", Code: "p19999"})},
		{"List", clause(item, search.Plain, search.Value{Type: "Patient", Code: "p20000"})},
		{"List", search.Chain{Param: item, Target: "Patient", Where: search.Exists{Param: family}}},
		{"Patient", search.List{ID: "refs"}}, {"Patient", search.Has{Param: item, Where: search.True{}}},
		{"Observation", clause(parts, search.Plain, component(14_999, 14_999))},
		{"Observation", clause(parts, search.Plain, component(14_999, 14_998))},
	} {
		r.sameSearch(t, fmt.Sprint("large, case ", n), request(c.resourceType, c.where))
	}
	for _, code := range []string{"family", "given"} {
		q := request("Patient", nil)
		q.Query.Sort = []search.SortKey{{Param: p.Param("Patient", code)}}
		r.sameSearch(t, "large, sorted by "+code, q)
	}
}

// numberValue is what a number stands for in a search.
func numberValue(t *testing.T, r *rig, text string) search.Value {
	t.Helper()
	reader := search.NewReader(r.data.Params, search.ReaderConfig{Base: base})
	e, err := reader.Clause("Observation", "value-quantity", []string{text})
	if err != nil {
		t.Fatal(err)
	}
	v := e.(search.Clause).Values[0]
	v.Raw = ""
	return v
}
