package search

import "github.com/heliograph/heliograph/internal/fault"

// ParamScore is what `_sort` calls relevance: "-_score" is the best first.
const ParamScore = "_score"

// maxRanked is how many words a search by relevance may have: each is looked up and counted.
const maxRanked = 50

// Word is a word that a search ranks by: of the narrative, or of the content.
type Word struct {
	Content bool
	Text    string
}

// Words are what a search ranks by: the words of its Text conditions, each once, in order. What is negated, or of another resource
// (Chain, Has), does not count.
func Words(where Expr) []Word {
	var out []Word
	seen := map[Word]bool{}
	eachText(where, func(t Text) {
		for _, alternative := range t.Any {
			for _, text := range alternative {
				if w := (Word{t.Content, text}); !seen[w] {
					seen[w] = true
					out = append(out, w)
				}
			}
		}
	})
	return out
}

func eachText(e Expr, f func(Text)) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			eachText(x, f)
		}
	case Or:
		for _, x := range e {
			eachText(x, f)
		}
	case Text:
		f(e)
	}
}

// ByScore says whether a key is relevance.
func (k SortKey) ByScore() bool { return k.Param.Type == Special && k.Param.Code == ParamScore }

// Ranked says whether an order is by relevance.
func Ranked(sort []SortKey) bool {
	for _, k := range sort {
		if k.ByScore() {
			return true
		}
	}
	return false
}

// ScoreBlind says whether the caller may not see all resources of the type: then a score must not tell how many others have a word, or
// how long they are.
func ScoreBlind(q Query) bool {
	_, all := Simplify(q.Caller.Predicate(q.Type)).(True)
	return !all
}

// sortByScore reads the key "_score".
func (s *reading) sortByScore(resourceType string, desc bool) (SortKey, error) {
	if !desc {
		return SortKey{}, s.bad("relevance comes best first; write -%s", ParamScore)
	}
	return SortKey{Param: &Param{Resource: resourceType, Code: ParamScore, Type: Special}, Desc: true}, nil
}

// CheckScore says what is wrong with a query that asks for scores or an order by them: BadUserInput or TooCostly.
func CheckScore(q Query) error {
	words := len(Words(q.Where))
	switch {
	case Ranked(q.Sort) && len(q.Sort) > 1:
		return fault.New(fault.BadUserInput, "_sort: -%s goes with no other key", ParamScore)
	case words == 0:
		return fault.New(fault.BadUserInput, "relevance needs words to rank by: %s or %s", ParamText, ParamContent)
	case words > maxRanked:
		return fault.New(fault.TooCostly, "relevance ranks by at most %d words, not %d", maxRanked, words)
	}
	return nil
}

// CanScoreBy says whether a store gives what a request asks of relevance: nil, or what is wrong with it (CheckScore), or Unsupported.
func CanScoreBy(c Claims, r Request) error {
	ranked := Ranked(r.Query.Sort)
	if !ranked && !r.Score {
		return nil
	}
	if err := c.need(CanScore, ParamScore); err != nil {
		return err
	}
	if ranked && (r.After != nil || r.Reverse) {
		return fault.New(fault.Unsupported, "an order by relevance is given from its beginning alone")
	}
	return CheckScore(r.Query)
}

// NoScoreEach refuses relevance in a search per parent: which of many lists a window would be of is nowhere said.
func NoScoreEach(r EachRequest) error {
	if r.Score || Ranked(r.Query.Sort) {
		return fault.New(fault.Unsupported, "a list per parent is not ranked by relevance; search from the root, by the reference")
	}
	return nil
}
