package adaptertest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// testScores: relevance is there for every hit, in any order; an order by it has the same set and never rises. Which of two resources is
// the more relevant is the store's own affair, but for more words and rarer ones.
func testScores(t *testing.T, r *rig) {
	s := searcher(t, r)
	if !r.Store.Describe().Has(search.CanScore) {
		t.Skip("not claimed")
	}
	r.fill(t, mainTenant, r.data.Records)
	r.fill(t, otherTenant, r.data.Records[:len(r.data.Records)/3])
	for _, resourceType := range r.data.types {
		for _, where := range r.data.texts(resourceType) {
			r.ranked(t, request(resourceType, where))
		}
	}
	r.weights(t)
	r.blindness(t)
	score := []search.SortKey{{Param: &search.Param{Code: search.ParamScore, Type: search.Special}, Desc: true}}
	text := search.Text{Content: true, Any: [][]string{{"a"}}}
	for what, q := range map[string]search.Request{
		"without words":  {Query: search.Query{Caller: caller, Type: "Patient", Sort: score}},
		"negated words":  {Query: search.Query{Caller: caller, Type: "Patient", Where: search.Not{X: text}}, Score: true},
		"behind a place": {Query: search.Query{Caller: caller, Type: "Patient", Where: text, Sort: score}, After: &search.Cursor{ID: "a"}},
		"backward":       {Query: search.Query{Caller: caller, Type: "Patient", Where: text, Sort: score}, Reverse: true},
	} {
		if rows, err := all(t, s.Search(t.Context(), q)); len(rows) > 0 || fault.Of(err) != fault.BadUserInput && fault.Of(err) != fault.Unsupported {
			t.Errorf("relevance %s: %d rows, error %v", what, len(rows), err)
		}
	}
}

// texts are conditions over words that a type's resources have.
func (d *Data) texts(resourceType string) []search.Expr {
	var words []string
	for _, rec := range d.Records {
		if v := rec.Values; v.Ref.Type == resourceType && len(v.Content) > 0 {
			words = append(words, v.Content[len(words)%len(v.Content)])
		}
		if len(words) == 12 {
			break
		}
	}
	var out []search.Expr
	for i, w := range words {
		text := search.Text{Content: i%3 > 0, Any: [][]string{{w}}}
		if i%2 > 0 {
			text.Any = append(text.Any, []string{words[i-1]}, []string{words[i/2], w})
		}
		out = append(out, text)
		if i%4 == 0 {
			out = append(out, search.Or{search.And{text, search.Exists{Param: d.Params.Param(resourceType, search.ParamLastUpdated)}}, search.IDs{IDs: []string{"a"}}})
		}
	}
	return out
}

// ranked compares a search with and without scores and by relevance.
func (r *rig) ranked(t *testing.T, q search.Request) {
	t.Helper()
	s := searcher(t, r)
	what := fmt.Sprintf("%s %s", q.Query.Type, q.Query.Where)
	plain := r.sameSearch(t, what, q)
	q.Score = true
	scored, err := all(t, withoutEmpty(s.Search(t.Context(), q)))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	scores := map[string]float64{}
	_, text := q.Query.Where.(search.Text)
	for i, h := range scored {
		if math.IsNaN(h.Score) || h.Score < 0 || h.Score >= 1 || text && h.Score == 0 {
			t.Fatalf("%s: %s has the score %v", what, h.Ref, h.Score)
		}
		scores[h.Ref.ID] = h.Score
		scored[i].Score = 0
	}
	equal(t, what+" with scores", plain, scored)
	q.Query.Sort = []search.SortKey{{Param: &search.Param{Resource: q.Query.Type, Code: search.ParamScore, Type: search.Special}, Desc: true}}
	best, err := all(t, withoutEmpty(s.Search(t.Context(), q)))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for i, h := range best {
		if d := math.Abs(h.Score - scores[h.Ref.ID]); d > 1e-12 {
			t.Fatalf("%s: the score of %s is another one in another order", what, h.Ref)
		}
		if i > 0 && (best[i-1].Score < h.Score || best[i-1].Score == h.Score && best[i-1].Ref.ID >= h.Ref.ID) {
			t.Fatalf("%s: %s comes before %s", what, best[i-1].Ref, h.Ref)
		}
	}
	q.Limit = max(1, len(best)/2)
	first, err := all(t, withoutEmpty(s.Search(t.Context(), q)))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	equal(t, what+", the best half", best[:min(q.Limit, len(best))], first)
	q.Limit, q.Score = 0, false
	unscored, err := all(t, withoutEmpty(s.Search(t.Context(), q)))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for i := range best {
		best[i].Score = 0
	}
	equal(t, what+" by relevance, without scores", best, unscored)
	slices.SortFunc(unscored, func(a, b search.Hit) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
	if d := cmp.Diff(plain, unscored); d != "" {
		t.Fatalf("%s by relevance is another set:\n%s", what, shorten(d))
	}
}

// weights: of resources of one length, the one with more of the words is the better, and the one with the rarer.
func (r *rig) weights(t *testing.T) {
	t.Helper()
	const common, rare = "zzcommonly", "zzrarely0"
	for i, text := range []string{common + " " + rare, common + " zzother00", rare + " zzothers00"} {
		rec := Index(t, fmt.Appendf(nil, `{"resourceType":"Basic","id":"w%d","code":{"text":%q}}`, i, text))
		r.write(t, put(rec, adapters.Precondition{}))
	}
	for i := range 9 {
		r.write(t, put(Index(t, fmt.Appendf(nil, `{"resourceType":"Basic","id":"x%d","code":{"text":%q}}`, i, common)), adapters.Precondition{}))
	}
	q := request("Basic", search.Text{Content: true, Any: [][]string{{common}, {rare}}})
	q.Score, q.Limit = true, 2
	q.Query.Sort = []search.SortKey{{Param: &search.Param{Resource: "Basic", Code: search.ParamScore, Type: search.Special}, Desc: true}}
	hits, err := all(t, searcher(t, r).Search(t.Context(), q))
	if err != nil || len(hits) != 2 || hits[0].Ref.ID != "w0" || hits[1].Ref.ID != "w2" {
		t.Fatalf("both words, then the rare one: %v (%v)", hits, err)
	}
}

// blindness: the scores of a caller who may not see all of a type do not change with what is hidden.
func (r *rig) blindness(t *testing.T) {
	t.Helper()
	const word = "zzblindly"
	write := func(id string) {
		r.write(t, put(Index(t, fmt.Appendf(nil, `{"resourceType":"Basic","id":%q,"code":{"text":%q}}`, id, word)), adapters.Precondition{}))
	}
	write("seen")
	q := request("Basic", search.Text{Content: true, Any: [][]string{{word}}})
	q.Query.Caller.Policy, q.Score = map[string]search.Expr{"Basic": search.IDs{IDs: []string{"seen"}}}, true
	score := func() float64 {
		hits, err := all(t, searcher(t, r).Search(t.Context(), q))
		if err != nil || len(hits) != 1 || hits[0].Score <= 0 {
			t.Fatalf("the one that may be seen: %v (%v)", hits, err)
		}
		return hits[0].Score
	}
	before := score()
	for i := range 5 {
		write(fmt.Sprint("unseen", i))
	}
	if after := score(); after != before {
		t.Fatalf("what is hidden changes a score from %v to %v", before, after)
	}
}
