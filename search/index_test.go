package search_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/search"
)

func key(t testing.TB, s string) string {
	t.Helper()
	d, err := fhir.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(d.AppendKey(nil))
}

func micros(t testing.TB, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro()
}

// index gives the items of one parameter of a resource without its braces and type.
func index(t testing.TB, resourceType, members, code string) ([]search.Item, []search.Skipped) {
	t.Helper()
	v, skipped, err := newIndexer(t).IndexBytes([]byte(`{"resourceType":"` + resourceType + `",` + members + `}`))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(v.Params, func(a, b search.ParamValues) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("the parameters are not sorted")
	}
	return v.Of(code), skipped
}

func TestIndex(t *testing.T) {
	point := func(s string) search.Item { return search.Item{NLo: key(t, s), NHi: key(t, s)} }
	with := func(it search.Item, system, code, unit string) search.Item {
		it.System, it.Code, it.Text = system, code, unit
		return it
	}
	for _, c := range []struct {
		resource, members, code string
		want                    []search.Item
	}{
		{"Patient", `"name":[{"use":"nickname","text":"Dr Ann","family":"O'Neil","given":["Ann","Ann"],"prefix":["DR"]}]`, "name", []search.Item{
			{Text: "dr ann", Exact: "Dr Ann"}, {Text: "o'neil", Exact: "O'Neil"}, {Text: "ann", Exact: "Ann"}, {Text: "dr", Exact: "DR"}}},
		{"Patient", `"address":[{"use":"home","line":["1 Main"],"city":"Bern","postalCode":"3000"}]`, "address", []search.Item{
			{Text: "1 main", Exact: "1 Main"}, {Text: "bern", Exact: "Bern"}, {Text: "3000", Exact: "3000"}}},
		{"Patient", `"name":[{"given":[null,"B"],"_given":[{"extension":[]},null]}]`, "given", []search.Item{{Text: "b", Exact: "B"}}},

		{"Patient", `"gender":"female"`, "gender", []search.Item{{System: "http://hl7.org/fhir/administrative-gender", Code: "female"}}},
		{"Patient", `"active":false`, "active", []search.Item{{Code: "false"}}},
		{"Patient", `"deceasedDateTime":"2020"`, "deceased", []search.Item{{Code: "true"}}},
		{"Patient", `"deceasedBoolean":false`, "deceased", []search.Item{{Code: "false"}}},
		{"Patient", `"id":"x"`, "deceased", []search.Item{{Code: "false"}}},
		{"Patient", `"telecom":[{"system":"phone","value":"555-1000"},{"system":"email","value":"a@b"},{"system":"phone"}]`, "phone", []search.Item{
			{System: "phone", Code: "555-1000"}}},
		{"Patient", `"identifier":[{"type":{"coding":[{"system":"t","code":"MR"}],"text":"Med Rec"},"system":"s","value":"v"}]`, "identifier", []search.Item{
			{System: "s", Code: "v", Text: "med rec", Types: []fhir.Code{{System: "t", Code: "MR"}}}}},
		{"Observation", `"code":{"coding":[{"system":"s","code":"c","display":"Heart Rate"},{"code":"d"}],"text":"Pulse"}`, "code", []search.Item{
			{System: "s", Code: "c", Text: "heart rate"}, {Code: "d"}, {Text: "pulse"}}},
		{"Patient", `"meta":{"tag":[{"system":"s","code":"t"}]}`, "_tag", []search.Item{{System: "s", Code: "t"}}},

		{"Patient", `"birthDate":"1970-02"`, "birthdate", []search.Item{{Lo: micros(t, "1970-02-01T00:00:00Z"), Hi: micros(t, "1970-03-01T00:00:00Z")}}},
		{"Encounter", `"period":{"start":"2020-01-01T10:00:00+01:00"}`, "date", []search.Item{{Lo: micros(t, "2020-01-01T09:00:00Z"), Hi: search.MaxTime}}},
		{"Encounter", `"period":{"end":"2020"}`, "date", []search.Item{{Lo: search.MinTime, Hi: micros(t, "2021-01-01T00:00:00Z")}}},
		{"ServiceRequest", `"occurrenceTiming":{"event":["2020-03-01","2020-01-01"]}`, "occurrence", []search.Item{
			{Lo: micros(t, "2020-01-01T00:00:00Z"), Hi: micros(t, "2020-03-02T00:00:00Z")}}},
		{"ServiceRequest", `"occurrenceTiming":{"event":["2020-03-01"],"repeat":{"boundsPeriod":{"start":"2019","end":"2019"}}}`, "occurrence", []search.Item{
			{Lo: micros(t, "2019-01-01T00:00:00Z"), Hi: micros(t, "2020-03-02T00:00:00Z")}}},
		{"Procedure", `"performedString":"yesterday"`, "date", nil},

		{"RiskAssessment", `"prediction":[{"probabilityDecimal":0.50},{"probabilityDecimal":5e-1},{"probabilityRange":{"low":{"value":1}}}]`, "probability", []search.Item{
			point("0.5"), {NLo: key(t, "1"), NHi: search.MaxNumber}}},
		{"Observation", `"valueQuantity":{"value":1.50,"unit":"mg","system":"u","code":"mg"}`, "value-quantity", []search.Item{with(point("1.5"), "u", "mg", "mg")}},
		{"Observation", `"valueQuantity":{"value":5,"comparator":"<"}`, "value-quantity", []search.Item{{NLo: search.MinNumber, NHi: key(t, "5")}}},
		{"Observation", `"valueQuantity":{"value":5,"comparator":">="}`, "value-quantity", []search.Item{{NLo: key(t, "5"), NHi: search.MaxNumber}}},
		{"Observation", `"valueSampledData":{"origin":{"value":1,"code":"mV"},"factor":0.5,"data":"3 -1 E 2"}`, "value-quantity", []search.Item{
			{NLo: key(t, "0.5"), NHi: key(t, "2.5"), Code: "mV"}}},
		{"Observation", `"valueSampledData":{"origin":{"value":0},"data":"L 7"}`, "value-quantity", []search.Item{{NLo: search.MinNumber, NHi: key(t, "7")}}},
		{"Invoice", `"totalNet":{"value":10,"currency":"EUR"}`, "totalnet", []search.Item{with(point("10"), "urn:iso:std:iso:4217", "EUR", "EUR")}},
		{"Condition", `"onsetAge":{"value":45,"code":"a"}`, "onset-age", []search.Item{with(point("45"), "", "a", "")}},

		{"Observation", `"subject":{"reference":"Patient/1/_history/2"}`, "patient", []search.Item{{Type: "Patient", ID: "1", Version: "2"}}},
		{"Observation", `"subject":{"reference":"Group/1"}`, "patient", nil},
		{"Observation", `"subject":{"reference":"http://x/fhir/Patient/1"}`, "patient", []search.Item{{URL: "http://x/fhir/Patient/1"}}},
		{"Observation", `"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"}]`, "patient", []search.Item{{URL: "#p"}}},
		{"Observation", `"subject":{"identifier":{"system":"s","value":"v"}}`, "subject", []search.Item{{System: "s", Code: "v"}}},
		{"Observation", `"subject":{"display":"somebody"}`, "subject", nil},
		{"Observation", `"subject":{"reference":"urn:uuid:0c3201bd-1cbf-4d64-b04d-cd9187a4c6e0"}`, "subject", []search.Item{{URL: "urn:uuid:0c3201bd-1cbf-4d64-b04d-cd9187a4c6e0"}}},
		{"Patient", `"managingOrganization":{"reference":"ijk"}`, "organization", []search.Item{{Type: "Organization", ID: "ijk"}}},
		{"PlanDefinition", `"library":["http://x/Library/1|2.0"]`, "depends-on", []search.Item{{URL: "http://x/Library/1", Version: "2.0"}}},
		{"Bundle", `"entry":[{"resource":{"resourceType":"Composition","id":"c"}},{"resource":{"resourceType":"Composition","id":"d"}}]`, "composition", []search.Item{
			{Type: "Composition", ID: "c"}}},

		{"ValueSet", `"url":"http://x/ValueSet/1"`, "url", []search.Item{{Text: "http://x/ValueSet/1"}}},
		{"DocumentReference", `"relatesTo":[{"code":"appends","target":{"reference":"DocumentReference/a"}}]`, "relationship", []search.Item{{Parts: []search.Item{
			{Type: "DocumentReference", ID: "a"}, {System: "http://hl7.org/fhir/document-relationship-type", Code: "appends"}}}}},
		{"Observation", `"component":[{"code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":1}},{"code":{"coding":[{"code":"c"}]}}]`, "component-code-value-quantity", []search.Item{
			{Parts: []search.Item{{Code: "a"}, point("1")}}, {Parts: []search.Item{{Code: "b"}, point("1")}}}},
		{"MolecularSequence", `"referenceSeq":{"chromosome":{"coding":[{"code":"1"}]}},"variant":[{"start":3,"end":4}]`, "chromosome-variant-coordinate", []search.Item{{
			Parts: []search.Item{{Code: "1"}, point("3"), point("4")}}}},

		{"Patient", `"id":"1","meta":{"lastUpdated":"2020-01-01T00:00:00Z"},"text":{"div":"<p>x</p>"}`, "_id", nil},
		{"Patient", `"id":"1","meta":{"lastUpdated":"2020-01-01T00:00:00Z"}`, "_lastUpdated", nil},
		{"Location", `"position":{"longitude":1,"latitude":2}`, "near", nil},
	} {
		got, skipped := index(t, c.resource, c.members, c.code)
		if diff := cmp.Diff(c.want, got); diff != "" || len(skipped) > 0 {
			t.Errorf("%s.%s of %s: %s %v", c.resource, c.code, c.members, diff, skipped)
		}
	}
}

func TestIndexReportsWhatItSkips(t *testing.T) {
	for _, c := range []struct {
		resource, members, code string
		kept                    int
		path                    string
	}{
		{"Patient", `"birthDate":"1970-02-30"`, "birthdate", 0, "Patient.birthDate"},
		{"Patient", `"birthDate":7`, "birthdate", 0, "Patient.birthDate"},
		{"Encounter", `"period":{"start":"2020","end":"2019"}`, "date", 0, "Encounter.period"},
		{"Encounter", `"period":{"start":"x","end":"2019"}`, "date", 0, "Encounter.period"},
		{"RiskAssessment", `"prediction":[{"probabilityDecimal":"1"},{"probabilityDecimal":1}]`, "probability", 1, "RiskAssessment.prediction.probabilityDecimal"},
		{"Observation", `"subject":{"reference":"no such thing"}`, "subject", 0, "Observation.subject"},
		{"Observation", `"valueSampledData":{"data":"1 two"}`, "value-quantity", 0, "Observation.valueSampledData"},
		{"Patient", `"name":[{"given":[1,"B"]}]`, "given", 1, "Patient.name.given"},
		{"Patient", `"gender":1`, "gender", 0, "Patient.gender"},
	} {
		got, skipped := index(t, c.resource, c.members, c.code)
		there := slices.ContainsFunc(skipped, func(s search.Skipped) bool { return s.Param == c.code && s.Path == c.path && s.Reason != "" })
		if len(got) != c.kept || !there {
			t.Errorf("%s.%s of %s: %v, %v", c.resource, c.code, c.members, got, skipped)
		}
	}
}

func TestIndexRefuses(t *testing.T) {
	for _, s := range []string{``, `{`, `[]`, `"Patient"`, `{}`, `{"resourceType":"Nothing"}`, `{"resourceType":["Patient"]}`, `{"resourceType":"Resource"}`} {
		if _, _, err := newIndexer(t).IndexBytes([]byte(s)); fault.Of(err) != fault.BadUserInput {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := search.NewIndexer(newIndexer(t).Parameters(), search.Config{Units: 7}); fault.Of(err) != fault.BadUserInput {
		t.Errorf("unknown units: %v", err)
	}
}

func TestIndexByConfig(t *testing.T) {
	plain := newIndexer(t)
	x, err := search.NewIndexer(plain.Parameters(), search.Config{Location: time.FixedZone("east", 3600), Base: "https://us/fhir/"})
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := x.IndexBytes([]byte(`{"resourceType":"Observation","subject":{"reference":"https://us/fhir/Patient/1"},"effectiveDateTime":"2020-01-01"}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]search.Item{{Type: "Patient", ID: "1"}}, v.Of("subject")); diff != "" {
		t.Error(diff)
	}
	if got := v.Of("date")[0].Lo; got != micros(t, "2019-12-31T23:00:00Z") {
		t.Error(got)
	}
	for code, same := range map[string]bool{"subject": false, "date": false, "code": true, "value-quantity": true, "code-value-date": false} {
		p := x.Parameters().Param("Observation", code)
		if (x.Epoch(p) == plain.Epoch(p)) != same {
			t.Errorf("the epoch of %s", code)
		}
	}
}

// TestIndexLarge: everything is indexed, whatever its size, in about linear time.
func TestIndexLarge(t *testing.T) {
	const n = 15_000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `%s{"code":{"coding":[{"code":"c%d"}]},"valueQuantity":{"value":%d}}`, strings.Repeat(",", min(i, 1)), i, i)
	}
	got, _ := index(t, "Observation", `"component":[`+b.String()+`]`, "component-code-value-quantity")
	if len(got) != n || got[n-1].Parts[0].Code != fmt.Sprintf("c%d", n-1) || got[n-1].Parts[1].NLo != key(t, fmt.Sprint(n-1)) {
		t.Errorf("%d items", len(got))
	}
	long := strings.Repeat("Aß ", 50_000)
	names, _ := index(t, "Patient", `"name":[{"family":"`+long+`"}]`, "family")
	if len(names) != 1 || names[0].Exact != long || names[0].Text != strings.TrimSpace(strings.Repeat("ass ", 50_000)) {
		t.Error("a long string was changed")
	}
}

// TestIndexTooCostly: what would fill the memory is refused.
func TestIndexTooCostly(t *testing.T) {
	var b strings.Builder
	for i := range 2_000 {
		fmt.Fprintf(&b, `%s{"code":"c%d"}`, strings.Repeat(",", min(i, 1)), i)
	}
	codings := `{"coding":[` + b.String() + `]}`
	_, _, err := newIndexer(t).IndexBytes([]byte(`{"resourceType":"Observation","code":` + codings + `,"valueCodeableConcept":` + codings + `}`))
	if fault.Of(err) != fault.TooCostly {
		t.Errorf("got %v", err)
	}
}

func TestContent(t *testing.T) {
	v, _, err := newIndexer(t).IndexBytes([]byte(`{"resourceType":"Patient","id":"p1","meta":{"versionId":"v9","lastUpdated":"2020","tag":[{"code":"t"}]},` +
		`"text":{"div":"<p class='k'>Told <b>y</b>ou</p>"},"name":[{"family":"Berg"}],"photo":[{"data":"QUJD","title":"Pic"}],"active":true}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"told", "you"}, v.Narrative); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"p1", "t", "told", "you", "berg", "pic"}, v.Content); diff != "" {
		t.Error(diff)
	}
}

// TestIndexExamples: every official example gives values, and nothing in them is skipped.
func TestIndexExamples(t *testing.T) {
	x := newIndexer(t)
	shareddata.Each(t, "fhir-r4-examples", func(_ string, line int, raw []byte) {
		v, skipped, err := x.IndexBytes(raw)
		if err != nil {
			t.Fatal(line, err)
		}
		if len(skipped) > 0 || len(v.Params) == 0 {
			t.Errorf("%s: %d parameters, skipped %v", v.Ref, len(v.Params), skipped)
		}
	})
}

// TestIndexConcurrently: one indexer, many goroutines, always the same values.
func TestIndexConcurrently(t *testing.T) {
	x := newIndexer(t)
	want := make([]*search.Values, len(indexSeeds))
	for i, s := range indexSeeds {
		var err error
		if want[i], _, err = x.IndexBytes([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for n := range 200 {
				i := (g + n) % len(indexSeeds)
				got, _, err := x.IndexBytes([]byte(indexSeeds[i]))
				if diff := cmp.Diff(want[i], got); err != nil || diff != "" {
					t.Errorf("seed %d: %v %s", i, err, diff)
					return
				}
			}
		})
	}
	group.Wait()
}
