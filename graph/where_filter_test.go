package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// comparisons writes one comparison of each parameter in both languages.
type comparisons struct{ dice *rand.Rand }

func (c comparisons) pick(from ...string) string { return from[c.dice.IntN(len(from))] }

func (c comparisons) text() string {
	return c.pick("x", "Müller", "a b", "c,d", "e$f", "j\"k", "l)", "loinc", "and", "日本", `g\h`)
}

// leaf is a comparison of a parameter as _filter, and as a filter input with the same meaning; "" if it has none here.
func (c comparisons) leaf(p *search.Param) (filter, where string) {
	quoted := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	op := c.pick("eq", "ne", "gt", "ge", "lt", "le")
	name := p.Code + " "
	list := func(member, value string) string { return fmt.Sprintf(`{%q:[%s]}`, member, quoted(value)) }
	one := func(member, value string) string { return fmt.Sprintf(`{%q:%s}`, member, quoted(value)) }
	if p.Code == search.ParamID {
		return name + "eq a", `["a"]`
	}
	if c.dice.IntN(6) == 0 && p.Type != search.Special {
		return name + "pr false", `{"missing":true}`
	}
	switch text := c.text(); p.Type {
	case search.String:
		if op == "eq" {
			both := [][2]string{{"eq", "eq"}, {"co", "contains"}, {"sw", "startsWith"}, {"ew", "endsWith"}}
			pair := both[c.dice.IntN(len(both))]
			return name + pair[0] + " " + quoted(text), list(pair[1], text)
		}
		return name + op + " " + quoted(text), one(op, text)
	case search.Token:
		code := c.pick("a", "b-1")
		switch c.dice.IntN(5) {
		case 0:
			return name + "ne s|" + code, fmt.Sprintf(`{"system":"s","ne":%q}`, code)
		case 1:
			return name + "in http://v", list("in", "http://v")
		case 2:
			return name + "ni http://v", list("notIn", "http://v")
		case 3:
			return name + "sb s|" + code, fmt.Sprintf(`{"system":"s","above":[%q]}`, code)
		}
		return name + "eq " + code, list("code", code)
	case search.Date, search.Number, search.Quantity:
		value := c.pick("2000", "1999-02", "2020-02-29")
		if p.Type != search.Date {
			value = c.pick("5", "5.0", "-5.40", "1e2")
		} else if c.dice.IntN(6) == 0 {
			return name + "po " + value, one("overlaps", value)
		}
		if op == "eq" {
			return name + "eq " + value, list("eq", value)
		}
		return name + op + " " + value, one(op, value)
	case search.Reference:
		if len(p.Targets) > 0 {
			return name + "re " + p.Targets[0] + "/1", list("nodeId", p.Targets[0]+"/1")
		}
	case search.URI:
		both := [][2]string{{"eq", "eq"}, {"ss", "below"}, {"sb", "above"}}
		pair := both[c.dice.IntN(len(both))]
		return name + pair[0] + " http://x/y", list(pair[1], "http://x/y")
	}
	return "", ""
}

// tree is a condition in both languages.
func (c comparisons) tree(w *wheres, typ string, depth int) (filter, where string) {
	if depth > 0 {
		switch c.dice.IntN(8) {
		case 0, 1, 2:
			op := c.pick("and", "or")
			f1, w1 := c.tree(w, typ, depth-1)
			f2, w2 := c.tree(w, typ, depth-1)
			return "(" + f1 + ") " + op + " (" + f2 + ")", fmt.Sprintf(`{%q:[%s,%s]}`, op, w1, w2)
		case 3:
			f, x := c.tree(w, typ, depth-1)
			return "not (" + f + ")", `{"not":` + x + "}"
		case 4:
			f, x := c.tree(w, "Observation", depth-1)
			if slices.Contains(parameters().Param("Observation", "subject").Targets, typ) {
				return "_has:Observation:subject[" + f + "]:_id pr true", `{"_has":{"Observation":{"by":"subject","where":` + x + "}}}"
			}
		}
	}
	for {
		params := parameters().Of(typ)
		p := params[c.dice.IntN(len(params))]
		if depth > 0 && p.Type == search.Reference && len(p.Targets) > 0 && len(p.Targets) < 4 {
			f, x := c.tree(w, p.Targets[0], depth-1)
			return p.Code + ":" + p.Targets[0] + "[" + f + "]._id pr true", fmt.Sprintf(`{%q:{%q:%s}}`, strings.ReplaceAll(p.Code, "-", "_"), p.Targets[0], x)
		}
		if f, x := c.leaf(p); f != "" {
			return f, fmt.Sprintf(`{%q:%s}`, strings.ReplaceAll(p.Code, "-", "_"), x)
		}
	}
}

// apart compares conditions, but for the text that they were read from.
func apart(a, b search.Expr) string {
	same := cmp.Comparer(func(a, b *search.Param) bool { return a == b })
	return cmp.Diff(search.Simplify(a), search.Simplify(b), same, cmpopts.IgnoreFields(search.Value{}, "Raw"))
}

// TestWhereIsFilter: a condition means the same as where and as _filter, and what a where says can be written as _filter and read back.
func TestWhereIsFilter(t *testing.T) {
	w := newWheres(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := comparisons{rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))}
		typ := c.pick("Patient", "Observation", "Encounter", "ValueSet", "RiskAssessment")
		filter, where := c.tree(w, typ, 3)
		want, err := w.reader.Filter(typ, filter)
		if err != nil {
			rt.Fatalf("%s: %v", filter, err)
		}
		got, err := w.read(t, typ, where)
		if err != nil {
			rt.Fatalf("%s: %v", where, err)
		}
		if diff := apart(got, want); diff != "" {
			rt.Fatalf("%s is not\n%s: %s", where, filter, diff)
		}
		text, err := search.FilterText(got)
		if err != nil {
			if fault.Of(err) == fault.Unsupported {
				return
			}
			rt.Fatal(err)
		}
		again, err := w.reader.Filter(typ, text)
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		if diff := apart(again, got); diff != "" {
			rt.Fatalf("%s, written as\n%s: %s", where, text, diff)
		}
	})
}
