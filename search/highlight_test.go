package search_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/search"
)

func TestHighlights(t *testing.T) {
	long := strings.Repeat("filler words ", 40)
	resource := fastjson.MustParse(`{"resourceType":"Observation","id":"heart","text":{"status":"generated","div":"<div>A <b>heart</b> rate &lt; 60</div>"},
"note":[{"text":"no"},{"text":"Hëart & lung"}],"code":{"text":"` + long + `heart ` + long + `lung"},"data":"heart"}`)
	words := func(content bool, any ...string) search.Text {
		return search.Text{Content: content, Any: [][]string{any}}
	}
	for _, c := range []struct {
		where search.Expr
		want  []search.Highlight
	}{
		{words(false, "heart"), []search.Highlight{{"Observation.text.div", []string{"A <em>heart</em> rate &lt; 60"}}}},
		{search.And{words(false, "rate"), search.Not{X: words(true, "lung")}}, []search.Highlight{{"Observation.text.div", []string{"A heart <em>rate</em> &lt; 60"}}}},
		{search.Or{words(true, "heart", "lung")}, []search.Highlight{
			{"Observation.id", []string{"<em>heart</em>"}},
			{"Observation.text.div", []string{"A <em>heart</em> rate &lt; 60"}},
			{"Observation.note[1].text", []string{"<em>Hëart</em> &amp; <em>lung</em>"}},
			{"Observation.code.text", []string{
				"…" + long[len(long)-60:] + "<em>heart</em> " + long[:59] + "…", "…" + long[len(long)-60:] + "<em>lung</em>"}},
		}},
		{search.IDs{IDs: []string{"heart"}}, nil},
	} {
		if diff := cmp.Diff(c.want, search.Highlights(c.where, resource)); diff != "" {
			t.Errorf("%s\n%s", c.where, diff)
		}
	}
	many := fastjson.MustParse(`{"resourceType":"X","a":[` + strings.Repeat(`"w",`, 99) + `"` + strings.Repeat("w ", 9999) + `"]}`)
	if got := search.Highlights(words(true, "w"), many); len(got) != 20 {
		t.Errorf("%d highlights", len(got))
	}
	if got := search.Highlights(words(true, "心"), fastjson.MustParse(`{"resourceType":"X","a":"病心の"}`)); len(got) != 1 || got[0].Fragments[0] != "病<em>心</em>の" {
		t.Error(got)
	}
}
