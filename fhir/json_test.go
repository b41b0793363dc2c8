package fhir_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// TestAppendJSON: what is written is JSON of the same value, with the digits of its numbers.
func TestAppendJSON(t *testing.T) {
	for _, text := range []string{
		`{"a":[1.50,-0e0,1E+2,null,true,false],"b":{},"c":[],"\u0001":"\u007f\u0000\b\"\\"}`, `"\ud83d\ude00é\u2028<>&"`, `1.000`, `null`, `{"é\n":{"x":"\t"}}`,
	} {
		got := fhir.AppendJSON(nil, fastjson.MustParse(text))
		var a, b any
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &b); err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s became %s: %v", text, got, err)
		}
	}
	const digits = `{"b":1.50,"a":[1E+2,-0]}`
	if got := string(fhir.AppendJSON(nil, fastjson.MustParse(digits))); got != digits {
		t.Error(got)
	}
}
