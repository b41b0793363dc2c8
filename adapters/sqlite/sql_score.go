package sqlite

import (
	"strings"

	"github.com/heliograph/heliograph/search"
)

// Relevance is BM25 as far as the index of words goes. FTS5's own bm25() is always 0 here, for a contentless table that keeps columns
// alone (detail=column) has no places of words to count. So a word counts once for a resource that has it, by its rarity among the resources
// of the tenant and the type (the tokens begin with both, so that nothing of another tenant is in it), and less in a long resource than
// in a short one.

// The constants of BM25, and the bytes of a body that are taken for its usual length.
const (
	bm25Saturation = "1.2"
	bm25Length     = "0.75"
	usualBody      = "2048.0"
)

// score is the relevance of a resource's row: over 0 and under 1, or 0 where it has none of the words.
func (q *rootQuery) score(alias string) *writer {
	words := search.Words(q.request.Query.Where)
	parts := make([]*writer, len(words))
	for i, word := range words {
		match := column(word.Content) + ` : "` + ftsPrefix(q.tid(q.typ)) + strings.ReplaceAll(word.Text, `"`, `""`) + `"`
		parts[i] = sqlf("CASE WHEN "+alias+".rid IN (?) THEN (?) ELSE 0.0 END", worded(match), q.rarity(match))
	}
	return sqlf("1.0 - 1.0 / (1.0 + (?) * 2.2 / (1.0 + "+bm25Saturation+" * (1.0 - "+bm25Length+" + "+bm25Length+" * length("+alias+".body) / "+usualBody+")))",
		joined(parts, " + ", "0.0"))
}

// rarity is the weight of a word: over 0, more the fewer resources have it. Under a policy all weigh the same: how many resources have a
// word that the caller may not see is not to be told by a score.
func (q *rootQuery) rarity(match string) *writer {
	if search.ScoreBlind(q.request.Query) {
		return sqlf("1.0")
	}
	return sqlf("SELECT ln(1.0 + (max(coalesce((SELECT count FROM live WHERE tid = ?), 0) - f.n, 0) + 0.5) / (f.n + 0.5)) FROM (SELECT count(*) AS n FROM (?)) f",
		q.tid(q.typ), worded(match))
}

// ranked orders all that the condition lets through by relevance, the best first.
func (q *rootQuery) ranked() statement {
	keys := sqlf("SELECT r.rid AS rid, r.id AS id, ? AS ord", q.score("r"))
	q.from(keys, false)
	best := sqlf("SELECT k.rid, k.id, k.ord FROM (? LIMIT -1) k ORDER BY k.ord DESC, k.id", keys)
	if n := q.request.Limit; n > 0 {
		best.text(" LIMIT ").arg(int64(n))
	}
	r := *q
	plain := *q.request
	plain.Score = false
	r.request = &plain
	columns := r.columns(nil)
	if q.request.Score {
		columns.text(", b.ord")
	}
	return sqlf("SELECT ? FROM (?) b CROSS JOIN resource r ON r.rid = b.rid ORDER BY b.ord DESC, b.id", columns, best).statement()
}
