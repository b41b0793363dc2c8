package graph_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heliograph/heliograph/graph"
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
		"container in itself, often": {
			`{"resourceType":"Patient","id":"b","text":{"div":"` + text + `"},"generalPractitioner":[` + strings.Repeat(`{"reference":"#"},`, 400) + `{"reference":"#"}]}`,
			`{ Patient(id: "b") { generalPractitioner { resource { ... on Patient { generalPractitioner { resource { ... on Patient { gender } } } } } } } }`, "inside of resources",
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
	const n = 10_000
	w := open(t, nil, `{"resourceType":"List","id":"l","contained":[`+strings.TrimSuffix(times(n, `{"resourceType":"Patient","id":"c§","name":[{"family":"Some Name"}]},`), ",")+
		`],"entry":[`+strings.TrimSuffix(times(n, `{"item":{"reference":"#c§"}},`), ",")+`]}`)
	began := time.Now()
	got := w.data(`{ List(id: "l") { contained { nodeId } entry { item { resource { nodeId } } } } }`, nil)
	if strings.Count(got, `"List/l#c`) != 2*n {
		t.Errorf("%.200s", got)
	}
	if took := time.Since(began); took > 10*time.Second { // quadratic, it is half a minute; linear, a tenth of a second
		t.Error(took)
	}
}

// large is a question about the schema whose answer is past every limit.
const large = `types { name fields { name args { name description type { name description } } type { name fields { name args { name description type { name kind description ofType { name description } } } } } } }`

// TestIntrospectionIsBounded: of many answers about the schema that are too large, only one is made.
func TestIntrospectionIsBounded(t *testing.T) {
	w := open(t, nil)
	one := allocated(func() {
		if a := w.post(`{ a: __schema { `+large+` } version }`, nil); fmt.Sprint(codes(a)) != "[TOO_COSTLY[a]]" {
			t.Error(codes(a))
		}
	})
	alone := allocated(func() {
		if a := w.post(`{ a: __schema { `+large+` } }`, nil); fmt.Sprint(codes(a)) != "[TOO_COSTLY[a]]" || string(a.Data) != "null" {
			t.Errorf("%v %.100s", codes(a), a.Data)
		}
	})
	if alone > one {
		t.Error(one, alone)
	}
	many := allocated(func() {
		a := w.post(`{ `+times(60, `a§: __schema { `+large+` } `)+`version }`, nil)
		if len(a.Errors) != 60 || !strings.HasSuffix(string(a.Data), `"version":"test"}`) {
			t.Errorf("%d errors, %.100s", len(a.Errors), a.Data)
		}
	})
	if many > 2*one+32<<20 {
		t.Error(one, many)
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

// TestCountsAreBounded: as many types may be counted in one field as there are.
func TestCountsAreBounded(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Patient", "Observation"} }, ward()...)
	a := w.post(`query ($t: [String!]) { counts(types: $t) { count } }`, map[string]any{"t": []string{"Patient", "Patient", "Patient"}})
	if fmt.Sprint(codes(a)) != "[BAD_USER_INPUT[counts]]" || len(a.Errors[0].Locations) != 1 {
		t.Error(a.Errors, string(a.Data))
	}
	if a = w.post(`{ counts(types: ["Pateint"]) { count } }`, nil); !strings.Contains(a.Errors[0].Message, "did you mean Patient?") {
		t.Error(a.Errors)
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

// TestSchemaIsNotHeldUp: what is known of the schema is answered while something else about it is being found out, and what many
// ask for at once is found out once.
func TestSchemaIsNotHeldUp(t *testing.T) {
	cache := graph.NewSchemaCache()
	text := func(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }
	if _, err := cache.Answer("known", text("known")); err != nil {
		t.Fatal(err)
	}
	started, release, made := make(chan struct{}), make(chan struct{}), 0
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			got, err := cache.Answer("slow", func() ([]byte, error) {
				made++
				close(started)
				<-release
				return []byte("slow"), nil
			})
			if got != "slow" || err != nil {
				t.Error(got, err)
			}
		})
	}
	<-started
	if got, err := cache.Answer("known", text("anew")); got != "known" || err != nil { // it would wait for ever
		t.Error(got, err)
	}
	close(release)
	wait.Wait()
	if made != 1 {
		t.Error(made)
	}
}

// TestPagesAreBounded: what a page says of its rows counts as the rows themselves do, and the same is not found out twice.
func TestPagesAreBounded(t *testing.T) {
	var patients []string
	for i := range 60 {
		patients = append(patients, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d","text":{"status":"generated","div":"<div>%s</div>"}}`, i, strings.Repeat("word ", 2000)))
	}
	w := open(t, func(c *graph.Config) { c.Limits.Response = 1 << 20 }, patients...)
	long := map[string]any{"w": map[string]any{"name": map[string]any{"exact": []string{strings.Repeat("x", 300_000)}}}}
	for name, c := range map[string]struct {
		query     string
		variables any
		want      string
	}{
		"highlights": {`{ PatientConnection(_text: "word") { edges { ` + times(400, "a§: highlights { path fragments } ") + `} } }`, nil, "TOO_COSTLY[]"},
		"fragments":  {`{ PatientConnection(_text: "word") { edges { highlights { ` + times(400, "a§: fragments ") + `} } } }`, nil, "TOO_COSTLY[]"},
		"cursors":    {`{ PatientConnection { edges { ` + times(490, "a§: cursor ") + `} } }`, nil, "TOO_COSTLY[]"},
		"links":      {`query($w: PatientWhere) { PatientConnection(where: {or: [$w, {}]}) { ` + times(490, "a§: first ") + `} }`, long, "TOO_COSTLY[PatientConnection a0]"},
	} {
		t.Run(name, func(t *testing.T) {
			var a *answer
			began := time.Now()
			n := allocated(func() { a = w.post(c.query, c.variables) })
			t.Log(n, time.Since(began))
			if got := codes(a); len(got) == 0 || got[0] != c.want {
				t.Errorf("%v %.200s", got, a.Data)
			}
			if n > 64<<20 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// TestQuietErrors: where names are not suggested, no error suggests one, whatever reads the text.
func TestQuietErrors(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.NoSuggestions = true }, `{"resourceType":"Patient","id":"p"}`)
	for _, query := range []string{
		`{ PatientList(_sort: "birthdat") { id } }`,
		`{ PatientList(_filter: "birthdat eq 2000") { id } }`,
		`{ PatientList(_filter: "birthdate eqq 2000") { id } }`,
		`{ PatientList(fhirpath: "birthDat.exists()") { id } }`,
		`{ PatientList(fhirpath: "name.exist()") { id } }`,
		`mutation { PatientDelete(search: "identifer=1") { id } }`,
		`mutation { PatientDelete(search: "identifier:tex=1") { id } }`,
		`mutation { PatientCreate(ifNoneExist: "identifer=1", resource: {}) { id } }`,
		`mutation { PatientPatch(id: "p", patch: [{op: "replace", path: "/actve", value: true}]) { id } }`,
	} {
		a := w.post(query, nil)
		if len(a.Errors) == 0 {
			t.Errorf("%s: %s", query, a.Data)
		}
		for _, e := range a.Errors {
			if strings.Contains(e.Message, "did you mean") {
				t.Errorf("%s: %s", query, e.Message)
			}
		}
	}
}

// TestStepsAreBounded: the expressions of a request have one budget, over all rows and all fields.
func TestStepsAreBounded(t *testing.T) {
	var patients []string
	for i := range 20 {
		patients = append(patients, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d","active":true}`, i))
	}
	w := open(t, func(c *graph.Config) { c.Limits.Steps = 1000 }, patients...)
	w.data(`{ PatientList(fhirpath: "active") { id } }`, nil)
	a := w.post(`{ `+times(20, `a§: PatientList(fhirpath: "descendants().exists(§ < 100)") { id } `)+`}`, nil)
	if got := codes(a); len(got) == 0 || !strings.HasPrefix(got[0], "TOO_COSTLY[a") {
		t.Errorf("%v %s", got, a.Data)
	}
}
