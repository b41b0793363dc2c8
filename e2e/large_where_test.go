package e2e_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// TestLargeWhere: large conditions are answered by SQLite as by the oracle, and those that are beyond it are refused as too costly.
func TestLargeWhere(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	real, oracle := k.sqlite(t), k.memory(t)
	dir := t.TempDir()
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 10, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	for _, store := range []primary{real, oracle} {
		k.load(t, store, load.Config{}, dir)
	}
	a, b := k.graphOver(t, real), k.graphOver(t, oracle)
	several := func(op string, n int, part func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = part(i)
		}
		return "{ " + op + ": [" + strings.Join(parts, ", ") + "] }"
	}
	nested := func(open, inner string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(" }", strings.Count(open, "{")*n)
	}
	for name, where := range map[string]string{
		"or of ands": several("or", 499, func(i int) string {
			return fmt.Sprintf(`{ gender: { code: ["male"] }, birthdate: { ge: "%d" } }`, 1500+i)
		}),
		"or of nots":         several("or", 990, func(i int) string { return fmt.Sprintf(`{ not: { birthdate: { ge: "%d" } } }`, 1200+i) }),
		"or of comparisons":  several("or", 990, func(i int) string { return fmt.Sprintf(`{ name: { ne: "x%d" } }`, i) }),
		"and of comparisons": several("and", 450, func(i int) string { return fmt.Sprintf(`{ name: { ne: "x%d" } }`, i) }),
		"or of chains": several("or", 120, func(i int) string {
			return fmt.Sprintf(`{ general_practitioner: { Practitioner: { family: { startsWith: ["%c%c"] } } } }`, 'a'+i%26, 'a'+i/26)
		}),
		"or of has": several("or", 120, func(i int) string {
			return fmt.Sprintf(`{ _has: { Observation: { by: subject, where: { date: { gt: "%d" } } } } }`, 1900+i)
		}),
		"and of has": several("and", 120, func(i int) string {
			return fmt.Sprintf(`{ _has: { Observation: { by: subject, where: { date: { gt: "%d" } } } } }`, 1600+i)
		}),
		"ids":           `{ not: { _id: ["` + strings.Repeat(`x", "`, 900) + `p1"] } }`,
		"nested chains": nested(`{ _has: { Observation: { by: subject, where: { subject: { Patient: `, `{ gender: { code: ["male"] } }`, 2),
	} {
		t.Run(name, func(t *testing.T) {
			query := `{ PatientConnection(where: ` + where + `, _sort: "birthdate,_id", first: 30) { count edges { node { id } } } }`
			got, want := serve(t, a, query), serve(t, b, query)
			if !bytes.Equal(got, want) || bytes.Contains(got, []byte("errors")) {
				t.Errorf("sqlite: %.400s\noracle: %.400s", got, want)
			}
		})
	}
	tooMany := several("and", 999, func(i int) string { return fmt.Sprintf(`{ name: { ne: "x%d" } }`, i) })
	if got := serve(t, a, `{ PatientConnection(where: `+tooMany+`) { count } }`); !bytes.Contains(got, []byte(`"count":10`)) && !bytes.Contains(got, []byte("TOO_COSTLY")) {
		t.Errorf("%.400s", got)
	}
}
