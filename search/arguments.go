package search

import (
	"net/url"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// Arguments writes a condition and an order as search arguments (FHIR R4, 3.1.1) that a Reader reads as the same, once both conditions
// are simplified and but for the order of an AND. What arguments of their own cannot say is written as `_filter` (FilterText).
//
// What neither can say fails with one fault.Unsupported that names all of it.
func Arguments(e Expr, sort []SortKey) (url.Values, error) {
	out := url.Values{}
	e = Simplify(e)
	parts, ok := e.(And)
	if !ok {
		parts = And{e}
	}
	var rest filterPrinter
	for _, part := range parts {
		if _, all := part.(True); all {
			continue
		}
		name, value, ok := argument(part)
		if !ok {
			name, value = ParamFilter, rest.filter(part)
		}
		out[name] = append(out[name], value)
	}
	if len(rest.cannot) > 0 {
		return nil, fault.New(fault.Unsupported, "neither an argument nor _filter has a form for %s", strings.Join(rest.cannot, ", "))
	}
	keys := make([]string, len(sort))
	for i, k := range sort {
		if keys[i] = argumentName(k.Param); k.Desc {
			keys[i] = "-" + keys[i]
		}
	}
	if len(keys) > 0 {
		out.Set("_sort", strings.Join(keys, ","))
	}
	return out, nil
}

func argumentName(p *Param) string { return strings.TrimSuffix(p.Code, canonicalSuffix) }

// argument writes a condition as one argument, if it is one.
func argument(e Expr) (name, value string, ok bool) {
	switch e := e.(type) {
	case Clause:
		return clauseArgument(e)
	case Exists:
		return argumentName(e.Param) + ":missing", "false", e.Param.Type != Special
	case IDs:
		return idsArgument("", e.IDs)
	case Text:
		return textArgument(e)
	case List:
		return ParamList, escape(e.ID), e.Where == nil || isConst(e.Where, True{})
	case Not:
		return notArgument(e)
	case Chain:
		name, value, ok = argument(e.Where)
		return argumentName(e.Param) + ":" + e.Target + "." + name, value, ok
	case Has:
		name, value, ok = argument(e.Where)
		return "_has:" + e.Param.Resource + ":" + argumentName(e.Param) + ":" + name, value, ok
	}
	return "", "", false
}

// clauseArgument joins the values of a clause. Equals, EndsWith and Compared are of _filter alone.
func clauseArgument(c Clause) (name, value string, ok bool) {
	if c.Param.Code == ParamID {
		return "", "", false // read as ids, whatever stands there
	}
	name = argumentName(c.Param)
	switch c.Modifier {
	case Plain:
	case Equals, EndsWith, Compared:
		return "", "", false
	default:
		name += ":" + c.Modifier.String()
	}
	values := make([]string, len(c.Values))
	for i := range c.Values {
		text, ok := c.Values[i].argument(c.Param, c.Modifier)
		if !ok {
			return "", "", false
		}
		values[i] = escapeOnly(text, ",")
	}
	return name, strings.Join(values, ","), len(values) > 0
}

// notArgument writes what has a modifier: :not and :not-in of tokens, :not of ids, :missing.
func notArgument(e Not) (name, value string, ok bool) {
	switch x := e.X.(type) {
	case Exists:
		return argumentName(x.Param) + ":missing", "true", x.Param.Type != Special
	case IDs:
		return idsArgument(":not", x.IDs)
	case Clause:
		if x.Param.Type != Token {
			return "", "", false
		}
		if name, value, ok = clauseArgument(x); !ok {
			return "", "", false
		}
		switch x.Modifier {
		case Plain:
			return name + ":not", value, true
		case In:
			return argumentName(x.Param) + ":not-in", value, true
		}
	}
	return "", "", false
}

func idsArgument(modifier string, ids []string) (name, value string, ok bool) {
	return ParamID + modifier, escapedList(ids), len(ids) > 0 && !slices.Contains(ids, "")
}

func escapedList(texts []string) string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = escape(text)
	}
	return strings.Join(out, ",")
}

func textArgument(e Text) (name, value string, ok bool) {
	texts := make([]string, len(e.Any))
	for i, words := range e.Any {
		texts[i] = strings.Join(words, " ")
		if len(words) == 0 || strings.Join(Tokens(texts[i]), " ") != texts[i] {
			return "", "", false
		}
	}
	return e.name(), escapedList(texts), len(texts) > 0
}
