package planner

import (
	"strings"

	"github.com/heliograph/heliograph/search"
)

// shape prints a condition by its parameters alone, without values, for messages.
func shape(e search.Expr) string {
	switch e := e.(type) {
	case search.And:
		return shapes(e, " AND ")
	case search.Or:
		return shapes(e, " OR ")
	case search.Not:
		return "NOT " + shapes([]search.Expr{e.X}, "")
	case search.Clause:
		if e.Modifier == search.Plain {
			return e.Param.Code
		}
		return e.Param.Code + ":" + e.Modifier.String()
	case search.Chain:
		return e.Param.Code + ":" + e.Target + ".(" + shape(e.Where) + ")"
	case search.Has:
		return "_has:" + e.Param.Resource + ":" + e.Param.Code + ":(" + shape(e.Where) + ")"
	case search.Exists:
		return e.Param.Code + ":missing"
	case search.IDs:
		return search.ParamID
	case search.Text:
		if e.Content {
			return search.ParamContent
		}
		return search.ParamText
	case search.List:
		return search.ParamList
	case search.FHIRPath:
		return "fhirpath"
	case nil, search.True:
		return "all"
	default:
		return "none"
	}
}

func shapes(parts []search.Expr, sep string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = shape(p)
		switch p.(type) {
		case search.And, search.Or:
			out[i] = "(" + out[i] + ")"
		}
	}
	return strings.Join(out, sep)
}
