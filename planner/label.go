package planner

import (
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/search"
)

func (n *Match) label() string {
	var b strings.Builder
	fmt.Fprintf(&b, "match %s %s [%s]", n.Store, n.Request.Query.Type, where(n.Request.Query.Where))
	writeSort(&b, n.Request.Query.Sort)
	writeWindow(&b, n.Request.Limit, n.Request.After, n.Request.Reverse)
	if n.Request.Bodies {
		b.WriteString(" with bodies")
	}
	if n.Request.Score {
		b.WriteString(" with scores")
	}
	if n.Within {
		b.WriteString(" within the ids so far")
	}
	writeEstimate(&b, n.Estimate)
	if n.Why != "" {
		b.WriteString(" — " + n.Why)
	}
	return b.String()
}

func (n *Intersect) label() string { return "intersect" }

func (n *Union) label() string {
	if n.Reverse {
		return "union backward"
	}
	return "union"
}

func (n *Except) label() string { return "except" }

func (n *Hydrate) label() string { return "hydrate " + n.Store + ", verify [" + where(n.Verify) + "]" }

func (n *Filter) label() string { return "filter [" + n.Where.String() + "] — " + n.Why }

func (n *Sort) label() string {
	var b strings.Builder
	b.WriteString("sort here")
	writeSort(&b, n.Keys)
	writeWindow(&b, n.Limit, n.After, n.Reverse)
	return b.String()
}

func (n *Window) label() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the best %d, ranked once", RankedWindow)
	writeWindow(&b, 0, n.After, n.Reverse)
	return b.String()
}

func (n *Page) label() string { return "page " + window(n.Offset, n.Limit, n.Cap) }

func (n *Count) label() string {
	if n.AtMost > 0 && n.Match != nil {
		return fmt.Sprintf("count to %d, then estimate, by %s", n.AtMost, strings.TrimPrefix(n.Match.label(), "match "))
	}
	if n.AtMost > 0 {
		return fmt.Sprintf("count here to %d, then estimate", n.AtMost)
	}
	if n.Match != nil {
		return "count by " + strings.TrimPrefix(n.Match.label(), "match ")
	}
	return "count here"
}

func (n *EachNode) label() string {
	var b strings.Builder
	r := n.Request
	fmt.Fprintf(&b, "each %s %s by %s [%s]", n.Store, r.Query.Type, r.Param.Code, where(r.Query.Where))
	if n.Within != nil {
		b.WriteString(" within the ids below")
	}
	if n.Filter != nil {
		b.WriteString(", filter [" + n.Filter.String() + "] (" + n.Residue + "),")
	}
	if n.Rows {
		writeSort(&b, r.Query.Sort)
		b.WriteString(" page " + window(r.Offset, n.Limit, n.Cap) + " a parent")
		writeWindow(&b, 0, r.After, r.Reverse)
		if r.Bodies {
			b.WriteString(" with bodies")
		} else {
			b.WriteString(" hydrated from " + n.Primary)
		}
	}
	if r.Count {
		b.WriteString(" with counts")
	}
	if n.Why != "" {
		b.WriteString(" — " + n.Why)
	}
	return b.String()
}

func (n *GetNode) label() string {
	if len(n.Targets) == 0 {
		return "get " + n.Store
	}
	return "get " + n.Store + " " + strings.Join(n.Targets, "|")
}

func (n *HistoryNode) label() string {
	return "history " + n.Store + " " + n.Part.HistoryOf.String()
}

func (n *CodesNode) label() string {
	names := make([]string, len(n.Sets))
	for i, s := range n.Sets {
		names[i] = s.String()
	}
	return "codes [" + strings.Join(names, ", ") + "] from " + n.Terminology
}

func where(e search.Expr) string {
	if e == nil {
		return "all"
	}
	return e.String()
}

func window(offset, limit, limitAll int) string {
	s := fmt.Sprintf("of %d", limit)
	if limit == 0 {
		s = fmt.Sprintf("of all, at most %d", limitAll)
	}
	if offset > 0 {
		s += fmt.Sprintf(" after %d", offset)
	}
	return s
}

func writeSort(b *strings.Builder, keys []search.SortKey) {
	for i, k := range keys {
		if i == 0 {
			b.WriteString(" by ")
		} else {
			b.WriteByte(',')
		}
		if k.Desc {
			b.WriteByte('-')
		}
		b.WriteString(k.Param.Code)
	}
}

func writeWindow(b *strings.Builder, limit int, after *search.Cursor, reverse bool) {
	if limit > 0 {
		fmt.Fprintf(b, " limit %d", limit)
	}
	if after != nil {
		b.WriteString(" after a cursor")
	}
	if reverse {
		b.WriteString(" backward")
	}
}

func writeEstimate(b *strings.Builder, rows int64) {
	if rows >= 0 {
		fmt.Fprintf(b, " ~%d rows", rows)
	}
}
