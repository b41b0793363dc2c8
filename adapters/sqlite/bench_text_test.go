package sqlite_test

import (
	"testing"

	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/search"
)

// texts are searches within texts and by their displays, and orders by codes, texts and references.
var texts = []string{
	"Patient?name:contains=ann",
	"Patient?address:contains=street",
	"Observation?code:text=heart",
	"Observation?code:text=body weight",
	"Observation?code:text=zzz",
	"Observation?code:text=body weight&_sort=-date",
	"Observation?code:text=zzz&_sort=-date",
	"Condition?code:text=diab&_sort=-onset-date",
	"Observation?_sort=code",
	"Observation?_sort=-code",
	"Observation?status=final&_sort=code",
	"Observation?category=vital-signs&_sort=code",
	"Encounter?_sort=status,-date",
	"Patient?_sort=gender",
	"Patient?_sort=family",
	"Observation?_sort=subject",
	"Observation?_sort=value-quantity",
	"Observation?_sort=-date",
	"Observation?code=8302-2&date=ge2015&_sort=-date",
}

// deep are searches with many pages.
var deep = []string{
	"Observation?_sort=-date",
	"Observation?status=final&_sort=-date",
	"Observation?status=final&date=ge2000&_sort=date",
	"Observation?date=ge2000&_sort=date",
	"Observation?status=final&date=ge2000&_sort=-date",
	"Observation?status=final",
	"Observation?patient.gender=female",
	"Observation?_sort=-_lastUpdated",
	"Observation?_sort=code",
}

// BenchmarkPages asks for the first page and for the 200th, behind the last row of the one before it.
func BenchmarkPages(b *testing.B) {
	s := openStore(b, sqlite.Config{})
	loadAll(b, s, records(b))
	for _, text := range deep {
		r := request(b, text)
		b.Run("first/"+text, func(b *testing.B) { benchmarkList(b, s, text, r, 0) })
		before := r
		before.Limit, before.Bodies = 199*r.Limit, false
		for h, err := range s.Search(b.Context(), before).Rows {
			if err != nil {
				b.Fatal(err)
			}
			r.After = &search.Cursor{Order: h.Order, ID: h.Ref.ID}
		}
		b.Run("200th/"+text, func(b *testing.B) { benchmarkList(b, s, text, r, 0) })
	}
}

// BenchmarkTexts asks for the first page of each.
func BenchmarkTexts(b *testing.B) {
	s := openStore(b, sqlite.Config{})
	loadAll(b, s, records(b))
	for _, text := range texts {
		b.Run(text, func(b *testing.B) { benchmarkList(b, s, text, request(b, text), 0) })
	}
}
