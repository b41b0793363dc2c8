package sqlite_test

import (
	"regexp"
	"testing"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

var encounterOf = regexp.MustCompile(`"encounter":\{"reference":"Encounter/([^"]+)"`)

// nested are the store's calls of a request for 50 patients, 5 newest observations of each, and their encounters.
type nested struct {
	patients   search.Request
	each       search.EachRequest
	encounters []search.Key
}

func newNested(b *testing.B, s *sqlite.Store, caller search.Caller) *nested {
	ps := adaptertest.Parameters(b)
	n := &nested{patients: search.Request{Query: search.Query{Caller: caller, Type: "Patient", Where: search.And(nil)}, Limit: 51, Bodies: true}}
	n.each.Param = ps.Param("Observation", "subject")
	n.each.Query = search.Query{Caller: caller, Type: "Observation", Sort: []search.SortKey{{Param: ps.Param("Observation", "date"), Desc: true}}}
	n.each.Limit, n.each.Bodies = 6, true
	seen := map[string]bool{}
	n.run(b, s, caller, func(observation []byte) {
		if m := encounterOf.FindSubmatch(observation); m != nil && !seen[string(m[1])] {
			seen[string(m[1])] = true
			n.encounters = append(n.encounters, search.Key{Ref: fhir.Ref{Type: "Encounter", ID: string(m[1])}})
		}
	})
	if len(n.encounters) == 0 {
		b.Fatal("no encounters")
	}
	return n
}

func (n *nested) run(b *testing.B, s *sqlite.Store, caller search.Caller, found func(observation []byte)) {
	n.each.Parents = n.each.Parents[:0]
	for h, err := range s.Search(b.Context(), n.patients).Rows {
		if err != nil {
			b.Fatal(err)
		}
		if len(n.each.Parents) < 50 {
			n.each.Parents = append(n.each.Parents, h.Ref)
		}
	}
	for h, err := range s.SearchEach(b.Context(), n.each).Rows {
		if err != nil {
			b.Fatal(err)
		}
		found(h.Resource.Body.JSON)
	}
	if _, _, err := s.Read(b.Context(), caller, 0, n.encounters); err != nil {
		b.Fatal(err)
	}
}

// benchmarkNested gives the CPU of such a request in the store alone.
func benchmarkNested(b *testing.B, s *sqlite.Store, caller search.Caller) {
	n := newNested(b, s, caller)
	b.Run("nested-50x5", func(b *testing.B) {
		used := cpu()
		for b.Loop() {
			n.run(b, s, caller, func([]byte) {})
		}
		b.ReportMetric((cpu()-used).Seconds()*1000/float64(b.N), "cpu-ms/op")
		b.ReportMetric(float64(len(n.encounters)), "encounters")
	})
}
