package search

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/heliograph/heliograph/internal/fault"
)

// comparison reads the end of a path, its operator and its value (FHIR R4, 3.1.3.2).
func (f *filterReading) comparison(p *Param, target string, n *filterNode) (Expr, error) {
	s := f.from(n.compare.at)
	allowed := filterOperators(p)
	if len(allowed) == 0 || p.Type == Composite && n.compare.text != "pr" {
		return nil, s.notInFilter(p)
	}
	if !slices.Contains(allowed, n.compare.text) {
		return nil, s.noOperator(p, n.compare.text, allowed)
	}
	if target != "" {
		if p.Type != Reference {
			return nil, f.from(n.path.at).bad("%s.%s is of type %s: only a reference has a type after a colon", p.Resource, p.Code, p.Type)
		}
		if err := f.from(n.path.at).target(p, target); err != nil {
			return nil, err
		}
	}
	s = f.from(n.valueAt)
	switch {
	case n.compare.text == "pr":
		return s.present(p, n.value)
	case p.Code == ParamID:
		return s.filterIDs(n)
	case p.Code == ParamText, p.Code == ParamContent:
		return s.text(p, "", []string{escape(n.value)})
	case p.Code == ParamList:
		return s.list("", []string{escape(n.value)})
	}
	return s.filterClause(p, target, n)
}

// present reads the value of pr: whether there is a value of the parameter.
func (s *reading) present(p *Param, value string) (Expr, error) {
	switch value {
	case "true":
		return Exists{Param: p}, nil
	case "false":
		return Not{X: Exists{Param: p}}, nil
	}
	return nil, s.bad("the value of pr is true or false")
}

func (s *reading) filterIDs(n *filterNode) (Expr, error) {
	e := IDs{IDs: []string{n.value}}
	if n.compare.text == "ne" {
		return Not{X: e}, nil
	}
	return e, nil
}

// filterOperators are those that a parameter may be compared with; none if it has no form in _filter.
func filterOperators(p *Param) []string {
	switch p.Code {
	case ParamID:
		return []string{"eq", "ne", "pr"}
	case ParamText, ParamContent:
		return []string{"co"}
	case ParamList:
		return []string{"eq"}
	}
	switch p.Type {
	case String:
		return []string{"eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "pr"}
	case Number, Quantity:
		return []string{"eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr"}
	case Date:
		return []string{"eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "po", "pr"}
	case Token:
		return []string{"eq", "ne", "in", "ni", "ss", "sb", "pr"}
	case Reference:
		return []string{"re", "eq", "ss", "sb", "pr"}
	case URI:
		return []string{"eq", "ne", "ss", "sb", "pr"}
	case Composite:
		return []string{"pr"}
	default:
		return nil
	}
}

func (s *reading) notInFilter(p *Param) error {
	if p.Type == Composite {
		return fault.New(fault.Unsupported, "%s: %s.%s is a composite, whose values _filter has no form for; give it as an argument of its own", s.name, p.Resource, p.Code)
	}
	return fault.New(fault.Unsupported, "%s: %s is not a parameter that can be searched by here", s.name, p.Code)
}

// allFilterOperators are all of R4's.
var allFilterOperators = strings.Fields("eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in ni re")

// noOperator says which operators there are. It does not repeat the word: it may be part of a value.
func (s *reading) noOperator(p *Param, word string, allowed []string) error {
	what := "there is no such operator"
	if slices.Contains(allFilterOperators, word) {
		what = word + " does not compare a " + p.Type.String()
		if p.Type == Special {
			what = word + " does not compare " + p.Code
		}
	}
	err := s.bad("%s; %s.%s has %s", what, p.Resource, p.Code, strings.Join(allowed, ", "))
	for _, near := range allowed {
		if lower := strings.ToLower(word); !s.config.Quiet && levenshtein.ComputeDistance(lower, near) <= 1 && len(word) > 1 && what[0] == 't' {
			err.Message += "; did you mean " + near + "?"
			break
		}
	}
	return err
}

// filterModifiers are the modifiers that operators stand for; those of ordered types are prefixes of the value.
var filterModifiers = map[ParamType]map[string]Modifier{
	String: {
		"eq": Equals, "co": Contains, "sw": Plain, "ew": EndsWith, "ne": Compared, "gt": Compared, "lt": Compared, "ge": Compared, "le": Compared,
	},
	Token:     {"eq": Plain, "ne": Compared, "in": In, "ni": In, "ss": Below, "sb": Above},
	Reference: {"re": Plain, "eq": Plain, "ss": Below, "sb": Above},
	URI:       {"eq": Plain, "ne": Compared, "ss": Below, "sb": Above},
}

// filterClause reads a value as an argument of the same meaning has it, so that both ways lead to one condition.
func (s *reading) filterClause(p *Param, target string, n *filterNode) (Expr, error) {
	op := n.compare.text
	how := filterModifiers[p.Type][op]
	raw := filterValue(p, how, n.value)
	if p.Type == Date || p.Type == Number || p.Type == Quantity {
		return s.filterOrdered(p, op, raw)
	}
	v, err := s.value(p, how, target, raw)
	if err != nil {
		return nil, err
	}
	if v.Raw = raw; how == Compared {
		v.Op, _ = prefix(op + " ")
		v.Raw = op + raw
	}
	c := Clause{Param: p, Modifier: how, Values: []Value{v}}
	if op == "ni" {
		return Not{X: c}, nil
	}
	return c, nil
}

// filterOrdered reads dates, numbers and quantities: the operator is the prefix. po is true of dates that overlap the value's period
// as it is.
func (s *reading) filterOrdered(p *Param, op, raw string) (Expr, error) {
	asked := op + raw
	if op == "eq" || op == "po" {
		asked = "eq" + raw
	}
	v, err := s.value(p, Plain, "", asked)
	if err != nil {
		return nil, err
	}
	switch op {
	case "eq":
		v.Raw = raw
	case "po":
		v.Op, v.Raw = Overlaps, op+raw
	default:
		v.Raw = asked
	}
	return s.inUnits(Clause{Param: p, Values: []Value{v}}), nil
}

// filterSystems may be written for their whole names (FHIR R4, 3.1.3.2, notes).
var filterSystems = map[string]string{
	"loinc": "http://loinc.org", "snomed": "http://snomed.info/sct", "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
	"ucum": systemUCUM,
}

// filterValue is a value as an argument would have it: what is text is escaped, and what has parts, which are written as in an argument,
// keeps them, with commas and dollar signs its own.
func filterValue(p *Param, m Modifier, value string) string {
	switch {
	case m == In, p.Type == Reference:
		return escapeOnly(value, ",$")
	case p.Type == Token, p.Type == Quantity:
		parts := split(value, '|')
		at := 0
		if p.Type == Quantity {
			at = 1
		}
		if len(parts) > at+1 && filterSystems[parts[at]] != "" {
			parts[at] = filterSystems[parts[at]]
		}
		return escapeOnly(strings.Join(parts, "|"), ",$")
	default:
		return escape(value)
	}
}

// escape puts a backslash before what has a meaning in an argument (3.1.1.4.2).
func escape(text string) string {
	if !strings.ContainsAny(text, `\,$|`) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`\,$|`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// escapeOnly puts a backslash before some characters of a text that has escapes already, where they have none.
func escapeOnly(text, those string) string {
	if !strings.ContainsAny(text, those) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			b.WriteByte('\\')
			i++
		case strings.IndexByte(those, text[i]) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
