package sqlite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/search"
)

// relations are searches across references, as "Type?name=value&…": chains of one and two hops, `_has` from few and from many, nested.
var relations = []string{
	"Observation?patient.gender=female&_sort=-date",
	"Observation?subject:Patient.name=a&code=8302-2",
	"Observation?subject:Patient.birthdate=ge1980&code=8302-2&_sort=-date",
	"Observation?encounter.type=185345009&_sort=-date",
	"Observation?encounter:Encounter.service-provider:Organization.name=hospital",
	"DiagnosticReport?result:Observation.subject:Patient.gender=male&_sort=-date",
	"DiagnosticReport?result:Observation.code=8302-2",
	"Claim?encounter:Encounter.participant:Practitioner.name=a",
	"ExplanationOfBenefit?claim:Claim.patient:Patient.gender=female",
	"Condition?encounter:Encounter.date=ge2019&_sort=-onset-date",
	"Patient?_has:Observation:patient:code=8302-2",
	"Patient?_has:Observation:subject:date=ge2020&_sort=birthdate",
	"Patient?_has:Condition:subject:code=44054006&_sort=-birthdate",
	"Patient?_has:Encounter:subject:_has:Observation:encounter:code=8302-2",
	"Encounter?_has:Observation:encounter:code=8302-2&_sort=-date",
	"Practitioner?_has:Encounter:participant:subject:Patient.gender=female",
	"Organization?_has:Encounter:service-provider:date=ge2018",
	"Encounter?_has:Condition:encounter:clinical-status=active&_sort=-date",
	"Patient?_has:Procedure:subject:date=le2010&_has:Immunization:patient:date=ge2015&gender=male",
}

// BenchmarkRelations asks for the first page of each, and for its count.
func BenchmarkRelations(b *testing.B) {
	s := openStore(b, sqlite.Config{})
	loadAll(b, s, records(b))
	for _, text := range relations {
		r := request(b, text)
		b.Run("page/"+text, func(b *testing.B) { benchmarkList(b, s, text, r, 0) })
		b.Run("count/"+text, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Count(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// request reads a search as a URL writes it, of a page of 50 with bodies.
func request(b *testing.B, text string) search.Request {
	b.Helper()
	ps := adaptertest.Parameters(b)
	reader := search.NewReader(ps, search.ReaderConfig{Now: time.Now})
	typ, arguments, _ := strings.Cut(text, "?")
	r := search.Request{Query: search.Query{Caller: caller, Type: typ}, Limit: 50, Bodies: true}
	var where search.And
	for argument := range strings.SplitSeq(arguments, "&") {
		name, value, _ := strings.Cut(argument, "=")
		if name == "_sort" {
			keys, err := reader.Sort(typ, []string{value})
			if err != nil {
				b.Fatal(err)
			}
			r.Query.Sort = keys
			continue
		}
		e, err := reader.Clause(typ, name, []string{value})
		if err != nil {
			b.Fatal(err)
		}
		where = append(where, e)
	}
	r.Query.Where = where
	return r
}
