package search

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/heliograph/heliograph/internal/fault"
)

// FilterText writes a condition as a `_filter` that Reader.Filter reads as the same condition, once both are simplified. Conditions on
// one resource behind a reference are written in brackets (see Reader.Filter), dates that were not read from text in UTC.
//
// What has no form in _filter fails with one fault.Unsupported that names all of it: :exact, :text, :of-type, :identifier,
// :text-advanced, composites, expressions over whole resources, and values of no precision that FHIR has.
func FilterText(e Expr) (string, error) {
	var p filterPrinter
	text := p.filter(e)
	if len(p.cannot) > 0 {
		return "", fault.New(fault.Unsupported, "_filter has no form for %s", strings.Join(p.cannot, ", "))
	}
	return text, nil
}

// filterPrinter collects what cannot be written.
type filterPrinter struct{ cannot []string }

// The constants, which hold of every resource and of none.
const (
	filterAll  = ParamID + " pr true"
	filterNone = ParamID + " pr false"
)

// filter writes a condition on a resource.
func (p *filterPrinter) filter(e Expr) string {
	switch e := e.(type) {
	case And:
		return p.junction(e, " and ", filterAll)
	case Or:
		return p.junction(e, " or ", filterNone)
	}
	parts := p.comparisons(e)
	return strings.Join(parts, " or ")
}

func (p *filterPrinter) junction(parts []Expr, op, empty string) string {
	if len(parts) == 0 {
		return empty
	}
	if len(parts) == 1 {
		return p.filter(parts[0])
	}
	out := make([]string, len(parts))
	for i, part := range parts {
		out[i] = p.filter(part)
		if !p.single(part) {
			out[i] = "(" + out[i] + ")"
		}
	}
	return strings.Join(out, op)
}

// single says whether a condition is written as one term.
func (p *filterPrinter) single(e Expr) bool {
	switch e := e.(type) {
	case And, Or:
		return false
	case Clause:
		return len(e.Values) <= 1
	case IDs:
		return len(e.IDs) <= 1
	case Text:
		return len(e.Any) <= 1
	}
	return true
}

// comparisons writes what is no junction: alternatives, mostly one.
func (p *filterPrinter) comparisons(e Expr) []string {
	switch e := e.(type) {
	case nil, True:
		return []string{filterAll}
	case False:
		return []string{filterNone}
	case Not:
		return []string{p.not(e)}
	case Exists:
		if e.Param.Type == Special {
			return p.no(e.Param.Code + ":missing")
		}
		return []string{p.name(e.Param) + " pr true"}
	case IDs:
		return alternatives(e.IDs, func(id string) string { return ParamID + " eq " + filterToken(id) })
	case Text:
		return alternatives(e.Any, func(words []string) string { return p.words(e, words) })
	case Clause:
		if e.Param.Code == ParamID {
			ids, plain := e.ids()
			if !plain {
				return p.no("a system of " + ParamID)
			}
			return p.comparisons(ids)
		}
		return alternatives(e.Values, func(v Value) string { return p.clause(e, &v) })
	case Chain:
		return []string{p.behind(p.name(e.Param)+":"+e.Target, ".", e.Where)}
	case Has:
		return []string{p.behind("_has:"+e.Param.Resource+":"+p.name(e.Param), ":", e.Where)}
	case List:
		if e.Where == nil || isConst(e.Where, True{}) {
			return []string{ParamList + " eq " + filterToken(e.ID)}
		}
		return p.no(ParamList + " with a condition on the List")
	default:
		return p.no(e.String())
	}
}

// no notes what cannot be written.
func (p *filterPrinter) no(what string) []string {
	p.cannot = append(p.cannot, what)
	return []string{filterNone}
}

func alternatives[T any](list []T, text func(T) string) []string {
	if len(list) == 0 {
		return []string{filterNone}
	}
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = text(x)
	}
	return out
}

// not writes a negation; what is missing, and what is in no value set, have operators.
func (p *filterPrinter) not(e Not) string {
	switch x := e.X.(type) {
	case Exists:
		if x.Param.Type != Special {
			return p.name(x.Param) + " pr false"
		}
	case Clause:
		if x.Modifier == In && len(x.Values) == 1 {
			return p.name(x.Param) + " ni " + filterToken(lightly(x.Values[0].Text))
		}
	}
	return "not (" + p.filter(e.X) + ")"
}

// behind writes what must hold of one resource behind a reference: the rest of the path where it is one comparison, else in brackets,
// behind which something stands that always holds.
func (p *filterPrinter) behind(path, separator string, where Expr) string {
	where = Simplify(where)
	if p.pathlike(where) {
		return path + separator + p.filter(where)
	}
	return path + "[" + p.filter(where) + "]" + separator + filterAll
}

// pathlike says whether a condition is written as one comparison.
func (p *filterPrinter) pathlike(e Expr) bool {
	not, negated := e.(Not)
	if !negated {
		return p.single(e)
	}
	switch x := not.X.(type) {
	case Exists:
		return true
	case Clause:
		return x.Modifier == In && len(x.Values) == 1
	}
	return false
}

func (p *filterPrinter) words(e Text, words []string) string {
	text := strings.Join(words, " ")
	if len(words) == 0 || strings.Join(Tokens(text), " ") != text {
		p.no("words that are none of a text's")
	}
	return e.name() + " co " + filterString(text)
}

// name is a parameter's code, of one with units in base units that of the original.
func (p *filterPrinter) name(param *Param) string {
	code := strings.TrimSuffix(param.Code, canonicalSuffix)
	for i := range len(code) {
		if !nameChar(code[i]) {
			p.no("the name of " + param.Resource + "." + printable(code))
			break
		}
	}
	return code
}

// filterString writes a value in quotes.
func filterString(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil {
		return `""` // no text fails
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// filterToken writes a value as it is where it can stand so, else in quotes.
func filterToken(text string) string {
	bare := func(r rune) bool { return unicode.IsPrint(r) && !unicode.IsSpace(r) && r != ')' && r != ']' }
	if text == "" || text[0] == '"' || strings.ContainsFunc(text, func(r rune) bool { return !bare(r) }) {
		return filterString(text)
	}
	return text
}
