package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// conditions makes random conditions as readers give them.
type conditions struct {
	params *search.Parameters
	reader *search.Reader
	dice   *rand.Rand
}

func pick[T any](dice *rand.Rand, list []T) T { return list[dice.IntN(len(list))] }

func (g *conditions) types() []string {
	return []string{"Patient", "Observation", "Encounter", "Organization", "RiskAssessment", "ValueSet", "Location", "Group"}
}

// expr is a condition at most so many levels deep.
func (g *conditions) expr(resourceType string, depth int) search.Expr {
	n := g.dice.IntN(10)
	if depth == 0 {
		n = 9
	}
	switch n {
	case 0, 1:
		return search.And{g.expr(resourceType, depth-1), g.expr(resourceType, depth-1)}
	case 2, 3:
		return search.Or{g.expr(resourceType, depth-1), g.expr(resourceType, depth-1)}
	case 4:
		return search.Not{X: g.expr(resourceType, depth-1)}
	case 5, 6:
		return g.chain(resourceType, depth-1)
	case 7:
		return g.has(resourceType, depth-1)
	default:
		return g.leaf(resourceType)
	}
}

func (g *conditions) chain(resourceType string, depth int) search.Expr {
	p := pick(g.dice, g.params.Of(resourceType))
	if p.Type != search.Reference || len(p.Targets) == 0 {
		return g.leaf(resourceType)
	}
	target := pick(g.dice, p.Targets)
	return search.Chain{Param: p, Target: target, Where: g.expr(target, depth)}
}

func (g *conditions) has(resourceType string, depth int) search.Expr {
	p := pick(g.dice, g.params.Of(pick(g.dice, g.types())))
	if p.Type != search.Reference || !slices.Contains(p.Targets, resourceType) {
		return g.leaf(resourceType)
	}
	return search.Has{Param: p, Where: g.expr(p.Resource, depth)}
}

// leaf reads an argument, or a comparison of _filter.
func (g *conditions) leaf(resourceType string) search.Expr {
	for {
		p := pick(g.dice, g.params.Of(resourceType))
		var e search.Expr
		var err error
		if g.dice.IntN(3) == 0 {
			op := pick(g.dice, strings.Fields("eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in ni re"))
			e, err = g.reader.Filter(resourceType, p.Code+" "+op+" "+g.quoted(g.value(p, "")))
		} else {
			modifier := pick(g.dice, strings.Fields("- - - exact contains text of-type identifier above below not in not-in missing text-advanced"))
			name := strings.TrimSuffix(p.Code+":"+modifier, ":-")
			texts := []string{g.value(p, modifier)}
			for g.dice.IntN(4) == 0 {
				texts = append(texts, g.value(p, modifier))
			}
			e, err = g.reader.Clause(resourceType, name, []string{strings.Join(texts, ",")})
		}
		if err == nil {
			return e
		}
	}
}

func (g *conditions) quoted(text string) string { return fmt.Sprintf("%q", text) }

// texts are values with what has to be escaped somewhere.
func (g *conditions) text() string {
	return pick(g.dice, []string{"x", "Müller", "a b", `c\,d`, `e\$f`, `g\|h`, `i\\`, `j"k`, "l)", "m]", "loinc", "<&>", "and", "not", "日本", "true"})
}

func (g *conditions) value(p *search.Param, modifier string) string {
	switch {
	case modifier == "missing":
		return pick(g.dice, []string{"true", "false"})
	case modifier == "of-type":
		return g.text() + "|" + g.text() + "|" + g.text()
	}
	switch p.Type {
	case search.Token:
		return pick(g.dice, []string{"", g.text() + "|", "|", "http://loinc.org|"}) + g.text()
	case search.Date:
		return g.prefix() + pick(g.dice, []string{"2000", "1999-02", "2020-02-29", "2020-01-01T10:00Z", "2020-01-01T10:00:07+02:00", "2020-01-01T10:00:00.123Z"})
	case search.Number:
		return g.prefix() + g.number()
	case search.Quantity:
		return g.prefix() + g.number() + pick(g.dice, []string{"", "|http://unitsofmeasure.org|mg", "||" + g.text(), "|" + g.text() + "|" + g.text(), "|" + g.text()})
	case search.Reference:
		return pick(g.dice, []string{"1", "Patient/1", "Organization/x/_history/2", "http://there.example/Patient/1", "http://x.example/q|1.0", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"})
	case search.URI:
		return pick(g.dice, []string{"http://x.example/a,b", "urn:oid:1.2", "http://x.example/a|b", "a b"})
	case search.Composite:
		parts := make([]string, len(p.Parts))
		for i, part := range p.Parts {
			parts[i] = g.value(part, "")
		}
		return strings.Join(parts, "$")
	}
	return g.text()
}

func (g *conditions) prefix() string {
	return pick(g.dice, []string{"", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"})
}

func (g *conditions) number() string {
	return pick(g.dice, []string{"0", "5", "5.0", "-5.40", "100", "1e2", "1e3", "0.00120", "2e-3", "5.4e-30", "12e30", "0.0", "1e0", "0e2"})
}
