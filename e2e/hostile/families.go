package hostile

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Family is a kind of request that asks too much.
type Family struct {
	Name string
	// Query makes the i-th query, whose text no other has: nothing of it is known from before.
	Query func(i int) string
	// Variables are those of each; nil without.
	Variables any
	// Code is that of the first error; Limit the code of the limit that it names, "" for none.
	Code, Limit string
}

// Body is the i-th request as JSON.
func (f *Family) Body(i int) ([]byte, error) {
	return json.Marshal(map[string]any{"query": f.Query(i), "variables": f.Variables})
}

const (
	costly  = "TOO_COSTLY"
	invalid = "GRAPHQL_VALIDATION_FAILED"
)

// Families are refused before any store is asked, at the limits of the default configuration.
func Families() []Family {
	out := []Family{
		{Name: "tokens", Query: fixed(`{ ` + repeat(12_000, "a§: version ") + `}`), Code: costly, Limit: "TOKENS_LIMIT"},
		{Name: "aliases", Query: fixed(`{ ` + repeat(501, "a§: version ") + `}`), Code: costly, Limit: "ALIASES_LIMIT"},
		{Name: "most aliases", Query: fixed(`{ Patient(id: "p") { nothing ` + repeat(499, "a§: name { family } ") + `} }`), Code: invalid},
		{Name: "root fields", Query: fixed(`{ ` + repeat(201, "a§: version ") + `}`), Code: costly, Limit: "ROOT_FIELDS_LIMIT"},
		{Name: "field duplication", Query: fixed(`{ Patient(id: "p") { ` + strings.Repeat("id ", 4900) + `} }`), Code: costly, Limit: "REPEATS_LIMIT"},
		{Name: "spread duplication", Query: fixed(`{ Patient(id: "p") { ` + strings.Repeat("...F ", 4900) + `} } fragment F on Patient { id }`), Code: costly, Limit: "REPEATS_LIMIT"},
		{Name: "depth", Query: fixed(`{ Patient(id: "p") ` + strings.Repeat("{ contained { ... on Patient ", 50) + "{ id }" + strings.Repeat("} }", 50) + ` }`), Code: costly, Limit: "DEPTH_LIMIT"},
		{Name: "braces", Query: fixed(strings.Repeat("{ a ", 9_000)), Code: costly, Limit: "DEPTH_LIMIT"},
		{Name: "lists of a literal", Query: fixed(`{ PatientList(name: ` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `) { id } }`), Code: costly, Limit: "DEPTH_LIMIT"},
		{Name: "directives", Query: fixed(`{ version ` + strings.Repeat("@skip(if: false) ", 1_000) + `}`), Code: costly, Limit: "REPEATS_LIMIT"},
		{Name: "unknown directives", Query: fixed(`{ version ` + strings.Repeat("@nothing ", 9_000) + `}`), Code: costly, Limit: "REPEATS_LIMIT"},
		{Name: "directives everywhere", Query: fixed(`{ ` + repeat(190, "version "+strings.Repeat("@nothing ", 49)) + `}`), Code: costly, Limit: "REPEATS_LIMIT"},
		{Name: "overlapping fragments", Query: fixed(`{ Patient(id: "p") { nothing ` + repeat(1_200, "...F§ ") + `} } ` + repeat(1_200, `fragment F§ on Patient { id gender } `)), Code: invalid},
		{Name: "overlapping fragments, valid", Query: fixed(`{ Patient(id: "p") { ` + repeat(1_200, "...F§ ") + `} PatientList(_count: 1000) { ObservationList(_reference: subject, _count: 1000) { id code { text } status issued } } } ` + repeat(1_200, `fragment F§ on Patient { id gender } `)), Code: costly, Limit: "COST_LIMIT"},
		{Name: "unknown fields", Query: fixed(`{ Patient(id: "p") { ` + repeat(4_900, "nam§ ") + `} }`), Code: invalid},
		{Name: "unknown arguments", Query: fixed(`{ PatientList(` + repeat(4_900, "nam§: 1 ") + `) { id } }`), Code: invalid},
		{Name: "circular fragments", Query: fixed(`{ Patient(id: "p") { ...F0 } } ` + repeat(300, "fragment F§ on Patient { id ...G§ ...F0 } fragment G§ on Patient { ...F§ } ")), Code: invalid},
		{Name: "fragment bomb", Query: fixed(bomb(30)), Code: costly, Limit: "FIELDS_LIMIT"},
		{Name: "spreads, each twice", Query: fixed(spreads(120)), Code: invalid},
		{Name: "a long chain of spreads", Query: fixed(spreads(1_600)), Code: costly, Limit: "SELECTIONS_LIMIT"},
		{Name: "conflicts", Query: fixed(`{ Patient(id: "p") { ` + repeat(490, "a§: id ") + repeat(49, "...F§ ") + `} } ` + repeat(49, `fragment F§ on Patient { `+repeatAs(40, "a%d: gender ", "x§: id ")+`} `)), Code: costly, Limit: "ALIASES_LIMIT"},
		{Name: "overlapping fields", Query: fixed(`{ Patient(id: "p") { ` + repeat(90, "...F§ ") + `} } ` + repeat(90, `fragment F§ on Patient { name { family given } address { city line } contact { name { family } } id gender birthDate active } `) + ` fragment Z on Patient { nothing }`), Code: invalid},
		{Name: "deep introspection", Query: fixed(`{ __schema { types { ` + strings.Repeat("fields { type { ", 20) + "name" + strings.Repeat(" } }", 20) + ` } } }`), Code: invalid},
		{Name: "variable definitions", Query: fixed(`query Q(` + repeat(4_000, "$v§: Int ") + `) { version }`), Code: invalid},
		{Name: "operations", Query: fixed(repeat(3_900, "query Q§ { version } ")), Code: costly, Limit: "SELECTIONS_LIMIT"},
		{Name: "fragments that nobody uses", Query: fixed(`{ version } ` + repeat(2_400, "fragment F§ on Patient { id } ")), Code: invalid},
		{Name: "a long string", Query: fixed(`{ version(x: "` + strings.Repeat("x", 900_000) + `") }`), Code: invalid},
		{Name: "a long number", Query: fixed(`{ PatientList(_count: ` + strings.Repeat("9", 900_000) + `) { id } }`), Code: invalid},
		{Name: "a long name", Query: fixed(`{ ` + strings.Repeat("n", 900_000) + ` }`), Code: invalid},
		{Name: "pages", Query: fixed(`{ PatientList(_count: 1000) { ObservationList(_reference: subject, _count: 1000) { subject { resource { ... on Patient { name { family } } } } code { text } } } }`),
			Code: costly, Limit: "COST_LIMIT"},
		{Name: "many variables", Query: fixed(`query ($n: [String]) { PatientList(name: $n) { id } }`), Variables: map[string]any{"n": make([]int, 500_001)}, Code: costly, Limit: "VARIABLES_LIMIT"},
	}
	return out
}

// fixed is a text, told apart from its like by a comment.
func fixed(text string) func(int) string {
	return func(i int) string { return fmt.Sprintf("%s #%d", text, i) }
}

// repeat writes a text n times, its number for §.
func repeat(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "§", fmt.Sprint(i)))
	}
	return b.String()
}

func repeatAs(n int, format, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String() + last
}

// bomb spreads each fragment twice, under two keys: 2ⁿ fields.
func bomb(n int) string {
	text := `{ Patient(id: "p") { ...F0 } }`
	for i := range n {
		text += fmt.Sprintf(` fragment F%d on Patient { a%d: contained { ... on Patient { ...F%d } } b%d: contained { ... on Patient { ...F%d } } }`, i, i, i+1, i, i+1)
	}
	return text + fmt.Sprintf(` fragment F%d on Patient { id }`, n)
}

// spreads is a chain of fragments that spread the next one twice, to one that is not valid.
func spreads(n int) string {
	text := `{ Patient(id: "p") { ...F0 } }`
	for i := range n {
		text += fmt.Sprintf(` fragment F%d on Patient { ...F%d ...F%d id }`, i, i+1, i+1)
	}
	return text + fmt.Sprintf(` fragment F%d on Patient { nothing }`, n)
}
