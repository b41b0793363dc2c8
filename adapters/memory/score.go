package memory

import (
	"cmp"
	"math"
	"slices"

	"github.com/heliograph/heliograph/search"
)

// The constants of BM25 (Robertson and Zaragoza, 2009), with an idf that is never negative.
const (
	bm25Saturation = 1.2
	bm25Length     = 0.75
	// usualTokens is taken for the usual length where it is not to be told.
	usualTokens = 100
)

// corpus is what BM25 knows of all live resources of a type.
type corpus struct {
	rows int
	// length is the sum of all tokens of narratives, and of contents.
	length map[bool]int
	// blind says that none of it is to be told.
	blind bool
	// having is how many resources have a word.
	having map[search.Word]int
}

func tokensOf(v *search.Values, content bool) []string {
	if content {
		return v.Content
	}
	return v.Narrative
}

// corpus reads all live resources of a type.
func (w world) corpus(typ string, words []search.Word) corpus {
	c := corpus{length: map[bool]int{}, having: map[search.Word]int{}}
	for r := range w.tenant.rows(typ) {
		live := r.live(w.at)
		if live == nil {
			continue
		}
		c.rows++
		for _, content := range []bool{false, true} {
			c.length[content] += len(tokensOf(live.values, content))
		}
		for _, word := range words {
			if slices.Contains(tokensOf(live.values, word.Content), word.Text) {
				c.having[word]++
			}
		}
	}
	return c
}

// score is the sum of BM25 over the words, brought from all positive numbers to those under 1.
func (c *corpus) score(v *search.Values, words []search.Word) float64 {
	sum := 0.0
	for _, word := range words {
		tokens := tokensOf(v, word.Content)
		n := 0.0
		for _, t := range tokens {
			if t == word.Text {
				n++
			}
		}
		if n == 0 {
			continue
		}
		having := float64(c.having[word])
		rarity := math.Log(1 + (float64(c.rows)-having+0.5)/(having+0.5))
		usual := float64(c.length[word.Content]) / float64(c.rows)
		if c.blind {
			rarity, usual = 1, usualTokens
		}
		sum += rarity * n * (bm25Saturation + 1) / (n + bm25Saturation*(1-bm25Length+bm25Length*float64(len(tokens))/usual))
	}
	return 1 - 1/(1+sum)
}

// score gives the hits on versions their scores and, where the request is ordered by them, that order.
func (w world) score(hits []search.Hit, found []*version, r search.Request) {
	words := search.Words(r.Query.Where)
	c := w.corpus(r.Query.Type, words)
	c.blind = search.ScoreBlind(r.Query)
	scores := make(map[string]float64, len(found))
	for _, f := range found {
		scores[f.Ref.ID] = c.score(f.values, words)
	}
	if search.Ranked(r.Query.Sort) {
		slices.SortFunc(hits, func(a, b search.Hit) int {
			return cmp.Or(cmp.Compare(scores[b.Ref.ID], scores[a.Ref.ID]), cmp.Compare(a.Ref.ID, b.Ref.ID))
		})
	}
	if !r.Score {
		return
	}
	for i := range hits {
		hits[i].Score = scores[hits[i].Ref.ID]
	}
}
