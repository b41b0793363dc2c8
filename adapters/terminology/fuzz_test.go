package terminology_test

import (
	"testing"

	"github.com/heliograph/heliograph/adapters/terminology"
)

// FuzzDefinitions: whatever is stored, reading it ends: with a definition or an error.
func FuzzDefinitions(f *testing.F) {
	f.Add("CodeSystem", []byte(animals))
	f.Add("CodeSystem", []byte(`{"concept":[{"code":"a","concept":[{"code":"a"},{"code":"b","property":[{"code":"child","valueCode":"a"}]}]}]}`))
	f.Add("ValueSet", []byte(filtered(filter("concept", "is-a", "a"))))
	f.Add("ValueSet", []byte(`{"compose":{"inactive":1,"include":[{"concept":[3],"valueSet":[null]}]},"expansion":{"total":"x","contains":[{"contains":[{}]}]}}`))
	f.Fuzz(func(t *testing.T, resourceType string, json []byte) {
		if err := terminology.Read(resourceType, json); err == nil && len(json) == 0 {
			t.Error("nothing was read as a definition")
		}
	})
}
