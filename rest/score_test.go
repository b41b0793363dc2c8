package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestScores: entries of a search for words have scores; by relevance, the pages of one ranking follow one another and back.
func TestScores(t *testing.T) {
	var all []string
	for i := range 9 {
		all = append(all, patient(fmt.Sprintf("p%d", i), "Ames"+strings.Repeat(" Hill", i%3)))
	}
	w := open(t, all...)
	if body := w.get("Patient?_content=ames").status(200).Body.String(); strings.Count(body, `"mode":"match","score":0.`) != 9 {
		t.Error(body)
	}
	if body := w.get("Patient?family=ames").status(200).Body.String(); strings.Contains(body, `"score"`) {
		t.Error(body)
	}
	first := w.get("Patient?_content=ames&_sort=-_score&_count=4").status(200).bundle()
	second := w.get(first.link("next")).status(200).bundle()
	third := w.get(second.link("next")).status(200).bundle()
	ids := slices.Concat(first.ids("match"), second.ids("match"), third.ids("match"))
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 9 || third.link("next") != "" {
		t.Errorf("%v", ids)
	}
	if back := w.get(third.link("previous")).status(200).bundle().ids("match"); !slices.Equal(back, second.ids("match")) {
		t.Errorf("%v, not %v", back, second.ids("match"))
	}
	for _, bad := range []string{"Patient?_sort=-_score", "Patient?_content=ames&_sort=_score", "Patient?_content=ames&_sort=-_score,family", "?_type=Patient,Group&_content=ames&_sort=-_score"} {
		w.get(bad).status(400)
	}
}
