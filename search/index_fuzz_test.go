package search_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heliograph/heliograph/search"
)

// indexSeeds are resources that reach every kind of extraction.
var indexSeeds = []string{
	`{"resourceType":"Patient","id":"1","active":true,"name":[{"family":"Müller","given":["A",null]}],"telecom":[{"system":"phone","value":"1"}],"birthDate":"1970-02","deceasedDateTime":"2020-01-01T00:00:00Z","link":[{"other":{"reference":"Patient/2"}}],"identifier":[{"type":{"coding":[{"code":"MR"}]},"system":"s","value":"v"}]}`,
	`{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"s","code":"c","display":"D"}],"text":"t"},"valueQuantity":{"value":1.50,"comparator":"<","unit":"mg"},"effectivePeriod":{"start":"2020"},"subject":{"reference":"#p","identifier":{"value":"1"}},"contained":[{"resourceType":"Patient","id":"p"}],"component":[{"code":{"text":"x"},"valueSampledData":{"origin":{"value":1},"data":"1 E L 2","factor":2}}]}`,
	`{"resourceType":"ValueSet","url":"http://x|1","useContext":[{"code":{"code":"a"},"valueRange":{"low":{"value":1}}}]}`,
	`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Composition","id":"c"}}]}`,
	`{"resourceType":"ServiceRequest","occurrenceTiming":{"event":["2020","x"],"repeat":{"boundsPeriod":{"end":"2021"}}}}`,
	`{"resourceType":"MolecularSequence","variant":[{"start":1,"end":2}],"referenceSeq":{"chromosome":{"coding":[{"code":"1"}]}}}`,
	`{"resourceType":"Patient","name":"x","birthDate":[1],"active":{"a":[[]]},"gender":7,"link":[[{"other":1}]]}`,
	`{"resourceType":"Patient","te\u0078t":{"div":"<div>\u00e9"}}`,
}

// FuzzIndex: whatever the JSON, indexing ends, twice with the same outcome, and its values survive the binary form.
func FuzzIndex(f *testing.F) {
	for _, s := range indexSeeds {
		f.Add([]byte(s))
	}
	x := newIndexer(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		v, skipped, err := x.IndexBytes(b)
		if err != nil {
			return
		}
		again, skippedAgain, _ := x.IndexBytes(b)
		if diff := cmp.Diff(v, again) + cmp.Diff(skipped, skippedAgain); diff != "" {
			t.Fatal(diff)
		}
		decoded, err := search.DecodeValues(v.AppendBinary(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, decoded, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(search.Values{}, "Narrative", "Content")); diff != "" {
			t.Fatal(diff)
		}
	})
}
