package projection_test

import (
	"testing"

	"github.com/heliograph/heliograph/graph/projection"
)

// FuzzAppend: any bytes give valid JSON or a typed error; what jsontext can read gives what the oracle says.
func FuzzAppend(f *testing.F) {
	for i, src := range []string{
		`{}`, ` { "a" : [ ] } `, `{"resourceType":"Patient","id":"1","name":[{"given":["A",null,"B"],"family":"C"},null]}`,
		`{"id":"x","resourceType":"P\u0061tient"}`, `{"na\u006de":{"a":{"a":{"a":[1.50,-2e9]}}}}`, `{"a":1,"a":2}`,
		`{"contained":[{"id":"p","resourceType":"Group","b":true}],"subject":{"reference":"#p"}}`, `{"a":"\ud83d\ude00","b":"\ud83d"}`,
		"{\"a\":\"\xff\"}", `{"a":[[[[[[`, `{"a":{"b":]}}`, `[1]`, `{"a":tru}`, `{"a":01}`, `{"a":"`, `{"a":1}{`,
	} {
		f.Add([]byte(src), uint64(i))
	}
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) {
		root, err := parse(src)
		if err != nil || root.kind != '{' {
			root, err = parse([]byte(`{"resourceType":"Patient","id":"1","a":{"a":{"a":[1],"b":2}},"b":["",null],"name":[{"given":[""]}]}`))
		}
		if err != nil {
			t.Fatal(err)
		}
		var run projection.Run
		compare(t, newPlanner(seed).selection([]node{root}, 4), src, &run)
	})
}
