package terminology

import (
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// ValueSets are the URLs of the value sets of a base.
func ValueSets(b *Base) (urls []string) {
	for key := range b.blocks {
		if key.resourceType == valueSetType {
			urls = append(urls, key.url)
		}
	}
	return urls
}

// Read reads a definition as if it had been stored, and walks all of its hierarchy.
func Read(resourceType string, json []byte) error {
	d, err := parse(&search.Resource{Ref: fhir.Ref{Type: resourceType, ID: "x"}, Version: 1, Body: fhir.Body{JSON: json}})
	if err != nil || d.codeSystem == nil {
		return err
	}
	for i := range d.codeSystem.concepts {
		d.codeSystem.closure(int32(i), up)
		d.codeSystem.closure(int32(i), down)
	}
	for _, op := range []string{"=", "is-a", "child-of", "generalizes", "in", "exists", "regex"} {
		test, err := d.filter(filter{property: "concept", op: op, value: "a"})
		for i := 0; err == nil && i < len(d.codeSystem.concepts); i++ {
			test(int32(i))
		}
	}
	return nil
}
