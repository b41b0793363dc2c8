package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// allocated is how many bytes f allocates.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "§", fmt.Sprint(i)))
	}
	return b.String()
}

// TestOutputIsBounded: a response past its limit is given up while it is made, not when it is whole.
func TestOutputIsBounded(t *testing.T) {
	text := strings.Repeat("x", 1<<18)
	limit := func(c *graph.Config) { c.Limits.Response = 1 << 20 }
	for name, c := range map[string]struct{ resource, query, says string }{
		"one value, many keys": {
			`{"resourceType":"Binary","id":"b","data":"` + text + `"}`,
			`{ Binary(id: "b") { ` + times(400, "a§: data ") + `} }`, "larger than 1048576 bytes",
		},
		"container in itself": {
			`{"resourceType":"Patient","id":"b","text":{"div":"` + text + `"},"generalPractitioner":[` + strings.Repeat(`{"reference":"#"},`, 400) + `{"reference":"#"}]}`,
			`{ Patient(id: "b") { generalPractitioner { resource { ... on Patient { meta { id } text { div } } } } } }`, "larger than 1048576 bytes",
		},
		"nested keys": {
			`{"resourceType":"Patient","id":"b","contact":[{"name":{"extension":[{"url":"` + text + `"}]}}]}`,
			`{ Patient(id: "b") { ` + times(40, "a§: contact { ...C } ") + `} } fragment C on PatientContact { ` + times(40, "b§: name { text } ") + `}`, "under several keys",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, limit, c.resource)
			w.data(`{ version }`, nil)
			var a *answer
			began := time.Now()
			n := allocated(func() { a = w.post(c.query, nil) })
			t.Log(n, time.Since(began))
			if fmt.Sprint(codes(a)) != "[TOO_COSTLY[]]" || string(a.Data) != "null" || !strings.Contains(a.Errors[0].Message, c.says) {
				t.Errorf("%v %.100s", a.Errors, a.Data)
			}
			if n > 16<<20 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// TestContainedAreFoundOnce: many references into one large resource cost one look for what is contained.
func TestContainedAreFoundOnce(t *testing.T) {
	const n = 4000
	w := open(t, nil, `{"resourceType":"List","id":"l","contained":[`+strings.TrimSuffix(times(n, `{"resourceType":"Patient","id":"c§","name":[{"family":"Some Name"}]},`), ",")+
		`],"entry":[`+strings.TrimSuffix(times(n, `{"item":{"reference":"#c§"}},`), ",")+`]}`)
	began := time.Now()
	got := w.data(`{ List(id: "l") { contained { nodeId } entry { item { resource { nodeId } } } } }`, nil)
	if strings.Count(got, `"List/l#c`) != 2*n {
		t.Errorf("%.200s", got)
	}
	if took := time.Since(began); took > 2*time.Second { // it was 10 s for each of the two
		t.Error(took)
	}
}

// large is a question about the schema whose answer is past every limit.
const large = `types { name fields { name args { name description type { name description } } type { name fields { name args { name description type { name kind description ofType { name description } } } } } } }`

// TestIntrospectionIsBounded: of many answers about the schema that are too large, only one is made.
func TestIntrospectionIsBounded(t *testing.T) {
	w := open(t, nil)
	one := allocated(func() {
		if a := w.post(`{ a: __schema { `+large+` } }`, nil); fmt.Sprint(codes(a)) != "[TOO_COSTLY[a]]" {
			t.Error(codes(a))
		}
	})
	began := time.Now()
	many := allocated(func() {
		a := w.post(`{ `+times(60, `a§: __schema { `+large+` } `)+`version }`, nil)
		if len(a.Errors) != 60 || !strings.HasSuffix(string(a.Data), `"version":"test"}`) {
			t.Errorf("%d errors, %.100s", len(a.Errors), a.Data)
		}
	})
	if took := time.Since(began); took > 3*time.Second || many > 2*one+32<<20 {
		t.Error(took, one, many)
	}
}

// TestCompiledAreBounded: the operations that are kept do not outgrow memory, however much their texts expand to.
func TestCompiledAreBounded(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Observation"} })
	heap := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := heap()
	for i := range 300 {
		w.post(fmt.Sprintf(`query ($v: Boolean!) { Observation(id: "none%d") { %s } } fragment C on CodeableConcept { %s } fragment D on Coding { %s }`,
			i, times(14, "a§: code { ...C } ")+"id @include(if: $v)", times(15, "b§: coding { ...D } "), times(40, "c§: system ")), map[string]any{"v": i%2 == 0})
	}
	if grown := heap() - before; grown > 150<<20 {
		t.Errorf("%d MB kept", grown>>20)
	}
	if a := w.post(`{ Observation(id: "none0") { id } }`, nil); fmt.Sprint(codes(a)) != "[NOT_FOUND[Observation]]" {
		t.Error(codes(a))
	}
}

// jointly plans one part at a time and no two together, as when a store goes away between two plans.
type jointly struct{ graph.Engine }

func (j jointly) Plan(op planner.Operation) (*planner.Plan, error) {
	if len(op.Parts) > 1 {
		return nil, &fault.Error{Code: fault.StoreUnavailable, Message: "no plan for so much"}
	}
	return j.Engine.Plan(op)
}

// TestNoPlan: an operation without a plan fails by that error in each of its fields; what asks no store is answered.
func TestNoPlan(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Engine = jointly{c.Engine} }, ward()...)
	a := w.post(`{ PatientList { id } Patient(id: "p1") { id } version }`, nil)
	if string(a.Data) != `{"PatientList":null,"Patient":null,"version":"test"}` ||
		fmt.Sprint(codes(a)) != "[STORE_UNAVAILABLE[PatientList] STORE_UNAVAILABLE[Patient]]" {
		t.Error(string(a.Data), a.Errors)
	}
}

// TestEmptyList: a list of alternatives that is empty matches nothing; it does not drop the condition.
func TestEmptyList(t *testing.T) {
	w := open(t, nil, ward()...)
	const query = `query ($i: [String]) { PatientList(_id: $i) { id } c: PatientConnection(_id: $i, gender: null) { count next edges { cursor } } }`
	if got := w.data(query, map[string]any{"i": []string{}}); got != `{"PatientList":[],"c":{"count":0,"next":null,"edges":[]}}` {
		t.Error(got)
	}
	if got := w.data(query, nil); !strings.HasPrefix(got, `{"PatientList":[{"id":"p1"},{"id":"p2"},{"id":"p3"}],"c":{"count":3,`) {
		t.Error(got)
	}
}

// TestNullConditions: null for @skip or @include is an error of the request, whoever answers the field.
func TestNullConditions(t *testing.T) {
	w := open(t, nil, ward()...)
	for _, query := range []string{
		`query ($y: Boolean = true) { version @skip(if: $y) }`,
		`query ($y: Boolean = true) { version @include(if: $y) }`,
		`query ($y: Boolean = true) { Patient(id: "p1") { ... @skip(if: $y) { id } } }`,
	} {
		a := w.post(query, map[string]any{"y": nil})
		if fmt.Sprint(codes(a)) != "[BAD_USER_INPUT[]]" || a.Data != nil || len(a.Errors[0].Locations) != 1 {
			t.Error(query, a.Errors, string(a.Data))
		}
		w.data(query, nil)
	}
}

// TestNothingAsked: an answer for which no store was asked is not called stale.
func TestNothingAsked(t *testing.T) {
	w := open(t, nil, ward()...)
	if a := w.post(`{ PatientList(_count: 0) { id } }`, nil); string(a.Data) != `{"PatientList":[]}` || a.Extensions != nil {
		t.Error(string(a.Data), a.Extensions)
	}
}

// TestCountsAreBounded: as many types may be counted in one field as there are.
func TestCountsAreBounded(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Patient", "Observation"} }, ward()...)
	a := w.post(`query ($t: [String!]) { counts(types: $t) { count } }`, map[string]any{"t": []string{"Patient", "Patient", "Patient"}})
	if fmt.Sprint(codes(a)) != "[BAD_USER_INPUT[counts]]" || len(a.Errors[0].Locations) != 1 {
		t.Error(a.Errors, string(a.Data))
	}
}

// TestSchemaOfOtherTenants: which types hold data is a tenant's own affair.
func TestSchemaOfOtherTenants(t *testing.T) {
	w := open(t, func(c *graph.Config) {
		c.Caller = func(r *http.Request) (search.Caller, error) {
			return search.Caller{Tenant: r.Header.Get("Tenant")}, nil
		}
	}, ward()...)
	w.putFor("other", `{"resourceType":"Organization","id":"o1","name":"Other"}`)
	schema := func(tenant string) string {
		r := httptest.NewRequest(http.MethodGet, "/graphql/schema.json?types=data", nil)
		r.Header.Set("Tenant", tenant)
		rec := httptest.NewRecorder()
		w.handler.SchemaJSON().ServeHTTP(rec, r)
		return rec.Body.String()
	}
	for tenant, want := range map[string]bool{"main": true, "other": false} {
		got := schema(tenant)
		if !strings.Contains(got, `"OrganizationList"`) || strings.Contains(got, `"ObservationList"`) != want {
			t.Errorf("%s: has observations: %t", tenant, !want)
		}
	}
}

// TestMalformedURL: what of a URL cannot be read is not left out in silence; it may be a filter's value.
func TestMalformedURL(t *testing.T) {
	w := open(t, nil, ward()...)
	for _, url := range []string{
		"/graphql?query=query($n:[String]){PatientList(name:$n){id}}&variables=%7B%22n%22:%22Abel%ZZ%22%7D",
		"/graphql?query=query($n:[String]){PatientList(name:$n){id}}&variables={\"n\":\"a;b\"}",
	} {
		r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		r.URL.RawQuery = strings.TrimPrefix(url, "/graphql?")
		if a := w.send(r); a.Status != http.StatusBadRequest || len(a.Errors) != 1 || strings.Contains(fmt.Sprint(a.Errors), "Abel") {
			t.Error(url, a.Status, a.Errors, string(a.Data))
		}
	}
}

// TestContainedIDs: an id that is no string is nobody's id, not part of a number's digits.
func TestContainedIDs(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Practitioner","id":123}],"generalPractitioner":[{"reference":"#2"}]}`)
	a := w.post(`{ Patient(id: "p") { generalPractitioner { resource { nodeId } } } }`, nil)
	if fmt.Sprint(codes(a)) != "[NOT_FOUND[Patient generalPractitioner 0 resource]]" {
		t.Error(a.Errors, string(a.Data))
	}
}

// TestLongSort: a sort key is made for every row, so that it cannot be of any length.
func TestLongSort(t *testing.T) {
	w := open(t, nil, ward()...)
	keys := func(n int) map[string]any {
		return map[string]any{"s": strings.TrimSuffix(strings.Repeat("family,", n), ",")}
	}
	const query = `query ($s: String) { PatientList(_sort: $s) { id } }`
	if a := w.post(query, keys(17)); fmt.Sprint(codes(a)) != "[TOO_COSTLY[PatientList]]" {
		t.Error(a.Errors, string(a.Data))
	}
	w.data(query, keys(16))
}

// TestLongLinks: a link that could not be followed is an error, and not there.
func TestLongLinks(t *testing.T) {
	w := open(t, nil, ward()...)
	const query = `query ($i: [String]) { PatientConnection(_id: $i, _count: 1) { next edges { cursor } } }`
	a := w.post(query, map[string]any{"i": append(strings.Fields(times(6000, "none-§ ")), "p1", "p2")})
	if fmt.Sprint(codes(a)) != "[TOO_COSTLY[PatientConnection next]]" || !strings.HasPrefix(string(a.Data), `{"PatientConnection":{"next":null,"edges":[{"cursor":"A`) {
		t.Errorf("%v %.200s", a.Errors, a.Data)
	}
}

// TestTypeOutsideSchema: what a narrowed schema has no type for is not answered as if it had.
func TestTypeOutsideSchema(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Patient", "Organization"} }, ward()...)
	const query = `{ Patient(id: "p1") { generalPractitioner { resource(optional: %s) { __typename } } } node(nodeId: "Patient/p1#c1") { __typename } }`
	const want = `{"Patient":{"generalPractitioner":[{"resource":null},{"resource":null}]},"node":null}`
	a := w.post(fmt.Sprintf(query, "false"), nil)
	if string(a.Data) != want || fmt.Sprint(codes(a)) != "[UNSUPPORTED[Patient generalPractitioner 0 resource] NOT_FOUND[Patient generalPractitioner 1 resource]]" {
		t.Error(a.Errors, string(a.Data))
	}
	if got := w.data(fmt.Sprintf(query, "true"), nil); got != want {
		t.Error(got)
	}
}

// TestSchemaIsNotHeldUp: what is known of the schema is answered while something else about it is being found out.
func TestSchemaIsNotHeldUp(t *testing.T) {
	w := open(t, nil)
	const known = `{ __schema { queryType { name } } }`
	w.data(known, nil)
	done := make(chan time.Duration)
	go func() {
		began := time.Now()
		for i := range 3 {
			w.post(fmt.Sprintf(`{ a%d: __schema { %s } }`, i, large), nil)
		}
		done <- time.Since(began)
	}()
	var longest time.Duration
	for {
		began := time.Now()
		w.data(known, nil)
		longest = max(longest, time.Since(began))
		select {
		case took := <-done:
			if longest > took/6 { // one of the three is a third of it
				t.Errorf("an answer took %s of %s", longest, took)
			}
			return
		default:
		}
	}
}

// TestNoLiterals: literals of a query are not repeated in any mode; they may be a patient's.
func TestNoLiterals(t *testing.T) {
	for _, production := range []bool{false, true} {
		w := open(t, func(c *graph.Config) { c.Types, c.Production = []string{"Patient", "Observation"}, production }, ward()...)
		for _, query := range []string{
			`{ PatientList(_count: "Secret") { id } }`,
			`{ PatientList(name: "Secret" }`,
			`{ PatientList(name: """Secret""" ] { id } }`,
			`{ PatientList(_count: 1.25) { id } }`,
			`{ PatientList(name: {a: "Secret"}) { id } }`,
			`{ PatientList(name: ["a", {a: "Secret"}]) { id } }`,
			`{ PatientList(name: ["a", ["Secret"]]) { id } }`,
			`{ Observation(id: "a") { subject { resource(type: "Secret") { __typename } } } }`,
			`{ Observation(id: "a") { subject { resource(optional: "Secret") { __typename } } } }`,
			`query ($n: Int = "Secret") { PatientList(_count: $n) { id } }`,
			`query ($n: [Int] = ["Secret"]) { PatientList(_count: $n) { id } }`,
			`{ version @skip(if: "Secret") }`,
			`{ __type(name: 5) { name } }`,
			`{ counts(types: [5, "Secret"]) { type } }`,
			`{ PatientList(birthdate: "Secret") { id } }`,
			`{ PatientConnection(_cursor: "Secret") { count } }`,
			`{ ObservationList(value_quantity: "Secret") { id } }`,
			`{ Patient(id: "p1", version: "Secret") { id } }`,
			`{ Patient(id: "Secret", _id: "Secret") { id } }`,
			`{ node(nodeId: "Secret") { id } }`,
			`{ "Secret" }`,
		} {
			a := w.post(query, nil)
			if text := fmt.Sprint(a.Errors, string(a.Data)); len(a.Errors) == 0 || strings.Contains(text, "Secret") || strings.Contains(text, "1.25") {
				t.Error(production, query, text)
			}
		}
	}
}
