package graph_test

import (
	"fmt"
	"testing"
)

// TestRules: where the library's parser and rules differ from GraphQL, the answer is GraphQL's. e2e compares many documents with graphql-js.
func TestRules(t *testing.T) {
	w := open(t, nil, ward()...)
	const parse, validate = "[GRAPHQL_PARSE_FAILED[]]", "[GRAPHQL_VALIDATION_FAILED[]]"
	for query, want := range map[string]string{
		"":        parse,
		"# alone": parse,
		`query { ...F } fragment F($x: Int) on Query { version }`:                              parse,
		`{ Patient(id: "\uD83D") { id } }`:                                                     parse,
		`{ Patient(id: "\uDE00\uD83D") { id } }`:                                               parse,
		`{ Patient(id: "\uD83Dx\uDE00") { id } }`:                                              parse,
		`{ PatientList(family: "\uD83D\uDE00") { id } }`:                                       "[]",
		`{ PatientList(family: "\\uD83D") { id } }`:                                            "[]",
		`{ PatientList(family: """\uD83D""") { id } }`:                                         "[]",
		`{ PatientList(family: "\u{1F600}\u00e9") { id } }`:                                    "[]",
		`{ PatientList(_count: 2147483648) { id } }`:                                           validate,
		`{ PatientList(_count: -99999999999999999999) { id } }`:                                validate,
		`query ($n: Int = 2147483648) { PatientList(_count: $n) { id } }`:                      validate,
		`{ PatientList(family: {}) { id } }`:                                                   validate,
		`{ PatientList(family: [{}]) { id } }`:                                                 validate,
		`query ($f: [String] = {}) { PatientList(family: $f) { id } }`:                         validate,
		`{ PatientConnection(_total: {}) { count } }`:                                          validate,
		`{ PatientList(family: [{ a: 1, b: 2 }]) { id } }`:                                     validate,
		`{ Patient(id: 123456789012345678901234567890) { id } }`:                               "[NOT_FOUND[Patient]]",
		`query ($i: ID = 123456789012345678901234567890) { Patient(id: $i) { id } }`:           "[NOT_FOUND[Patient]]",
		`{ PatientList(where: { _id: 123456789012345678901234567890 }) { id } }`:               "[]",
		`{ PatientList(where: { _id: [123456789012345678901234567890], nothing: 1 }) { id } }`: validate,
	} {
		if got := fmt.Sprint(codes(w.post(query, nil))); got != want {
			t.Errorf("%s: %s instead of %s: %v", query, got, want, w.post(query, nil).Errors)
		}
	}
}
