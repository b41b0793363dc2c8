package memory

import (
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// Compile implements adapters.Compiler: the query in words, the caller's predicates included.
func (s *Store) Compile(r search.Request) (string, error) {
	where, err := s.refuse(r)
	if err != nil {
		return "", s.at("compile", err)
	}
	return text(r, where), nil
}

// CompileEach implements adapters.Compiler.
func (s *Store) CompileEach(r search.EachRequest) (string, error) {
	where, err := s.refuseEach(r)
	if err != nil {
		return "", s.at("compile", err)
	}
	out := fmt.Sprintf("each of %d by %s: %s", len(r.Parents), r.Param.Code, text(r.Request, where))
	if r.Offset > 0 {
		out += fmt.Sprintf(" offset %d", r.Offset)
	}
	return out, nil
}

func text(r search.Request, where search.Expr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "match %s of %s where %s", r.Query.Type, r.Query.Caller.Tenant, where)
	for i, k := range r.Query.Sort {
		b.WriteString([]string{" sort ", ","}[min(i, 1)])
		if k.Desc {
			b.WriteByte('-')
		}
		b.WriteString(k.Param.Code)
	}
	if r.Within != nil {
		b.WriteString(" within ids")
	}
	if r.After != nil {
		fmt.Fprintf(&b, " after %s", r.After.ID)
	}
	if r.Reverse {
		b.WriteString(" backward")
	}
	if r.Limit > 0 {
		fmt.Fprintf(&b, " limit %d", r.Limit)
	}
	return b.String()
}
