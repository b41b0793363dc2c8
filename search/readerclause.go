package search

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/heliograph/heliograph/internal/fault"
)

// clause reads the values of a parameter that stands at the end of the name.
func (s *reading) clause(p *Param, modifier, value string) (Expr, error) {
	if p.Code == ParamFilter && p.Type == Special {
		if modifier != "" {
			return nil, s.bad("_filter has no modifier :%s", printable(modifier))
		}
		return s.filter(p.Resource, value)
	}
	alternatives := split(value, ',')
	if modifier == "missing" {
		return s.missing(p, alternatives)
	}
	switch p.Code {
	case ParamID:
		if modifier == "" || modifier == "not" {
			return s.ids(modifier, alternatives)
		}
		return nil, s.bad("_id has no modifier :%s; it has :not and :missing", printable(modifier))
	case ParamText, ParamContent:
		return s.text(p, modifier, alternatives)
	case ParamList:
		return s.list(modifier, alternatives)
	}
	if p.Type == Special {
		return nil, fault.New(fault.Unsupported, "%s: %s is not a parameter that can be searched by here", s.name, p.Code)
	}
	how, negated, target, err := s.modifier(p, modifier)
	if err != nil {
		return nil, err
	}
	c := Clause{Param: p, Modifier: how}
	var errs []error
	for _, a := range alternatives {
		v, err := s.value(p, how, target, a)
		v.Raw = a
		c.Values, errs = append(c.Values, v), append(errs, err)
	}
	if err := together(errs); err != nil {
		return nil, err
	}
	if negated {
		return Not{X: c}, nil
	}
	return s.inUnits(c), nil
}

// missing reads :missing=true and false.
func (s *reading) missing(p *Param, alternatives []string) (Expr, error) {
	var any Or
	if p.Type == Special {
		return nil, fault.New(fault.Unsupported, "%s: %s has no :missing", s.name, p.Code)
	}
	for _, a := range alternatives {
		switch a {
		case "true":
			any = append(any, Not{X: Exists{Param: p}})
		case "false":
			any = append(any, Exists{Param: p})
		default:
			return nil, s.bad(":missing is true or false")
		}
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return any, nil
}

func (s *reading) ids(modifier string, alternatives []string) (Expr, error) {
	var e IDs
	for _, a := range alternatives {
		if a == "" {
			return nil, s.empty()
		}
		e.IDs = append(e.IDs, unescape(a))
	}
	if modifier == "not" {
		return Not{X: e}, nil
	}
	return e, nil
}

func (s *reading) list(modifier string, alternatives []string) (Expr, error) {
	if modifier != "" {
		return nil, s.bad("_list has no modifier :%s", printable(modifier))
	}
	var any Or
	for _, a := range alternatives {
		id := strings.TrimPrefix(unescape(a), "List/")
		switch {
		case id == "":
			return nil, s.empty()
		case id[0] == '$':
			return nil, fault.New(fault.Unsupported, "%s: only stored Lists are known, by their id", s.name)
		}
		any = append(any, List{ID: id})
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return any, nil
}

func (s *reading) empty() error {
	return s.bad("a value is empty; write a comma that belongs to a value as \\,")
}

// modifiersOf are the modifiers of each type (FHIR R4, 3.1.1.4.3), in the order in which messages list them.
func modifiersOf(t ParamType) []string {
	switch t {
	case String:
		return []string{"exact", "contains", "text-advanced"}
	case Token:
		return []string{"not", "text", "of-type", "in", "not-in", "above", "below", "text-advanced"}
	case Reference:
		return []string{"identifier", "above", "below"}
	case URI:
		return []string{"above", "below"}
	default:
		return nil
	}
}

// modifier reads the modifier of a clause: how it compares, whether it is negated, and the type that a reference must have.
func (s *reading) modifier(p *Param, name string) (how Modifier, negated bool, target string, err error) {
	if name == "" {
		return Plain, false, "", nil
	}
	for _, known := range modifiersOf(p.Type) {
		if name != known {
			continue
		}
		switch name {
		case "not":
			return Plain, true, "", nil
		case "not-in":
			return In, true, "", nil
		}
		for m, n := range modifierNames {
			if n == name {
				return Modifier(m), false, "", nil
			}
		}
	}
	if p.Type == Reference && name[0] >= 'A' && name[0] <= 'Z' {
		return Plain, false, name, s.target(p, name)
	}
	return Plain, false, "", s.noModifier(p, name)
}

// noModifier says which modifiers a parameter has, and which of them a misspelt one is near.
func (s *reading) noModifier(p *Param, name string) error {
	all := append([]string{"missing"}, modifiersOf(p.Type)...)
	err := s.bad("%s.%s has no modifier :%s; a %s has :%s", p.Resource, p.Code, printable(name), p.Type, strings.Join(all, ", :"))
	if p.Type == Reference {
		err.Message += " and the types it refers to"
	}
	for _, known := range all {
		if !s.config.Quiet && len(name) <= maxSuggested && levenshtein.ComputeDistance(strings.ToLower(name), known) <= max(1, len(known)/3) {
			err.Message += "; did you mean :" + known + "?"
			break
		}
	}
	return err
}

// split cuts at a separator that has no backslash before it; the pieces keep their escapes.
func split(s string, separator byte) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case separator:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// unescape takes the backslash before \ , $ and | away (3.1.1.4.2, "Escaping Search Parameters"). Before anything else it stands
// for itself.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`\,$|`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
