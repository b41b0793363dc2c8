package e2e_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// where is a tree of typed conditions on a type.
func (g *queries) where(typ string, depth int) string {
	switch n := g.random.IntN(10); {
	case depth > 0 && n < 2:
		return fmt.Sprintf("{ and: [%s, %s] }", g.where(typ, depth-1), g.where(typ, depth-1))
	case depth > 0 && n < 4:
		return fmt.Sprintf("{ or: [%s, %s] }", g.where(typ, depth-1), g.where(typ, depth-1))
	case depth > 0 && n == 4:
		return fmt.Sprintf("{ not: %s }", g.where(typ, depth-1))
	case depth > 0 && n == 5:
		if source, param := g.reverse(typ); source != "" {
			return fmt.Sprintf("{ _has: { %s: { by: %s, where: %s } } }", source, argumentOf(param), g.where(source, depth-1))
		}
	}
	for range 8 {
		if p, item := g.item(typ); p != nil {
			if filter := g.filter(p, item, depth); filter != "" {
				return fmt.Sprintf("{ %s: %s }", argumentOf(p.Code), filter)
			}
		}
	}
	return "{ _lastUpdated: { gt: \"2001\" } }"
}

// filter is a filter input of a parameter for a value that occurs; "" if there is none.
func (g *queries) filter(p *search.Param, item *search.Item, depth int) string {
	if g.one(8) {
		return fmt.Sprintf("{ missing: %t }", g.one(2))
	}
	switch p.Type {
	case search.String:
		text := g.pick(item.Exact, g.text(item.Exact))
		if g.one(4) {
			return fmt.Sprintf("{ %s: %q }", g.pick("ne", "gt", "ge", "lt", "le"), text)
		}
		return fmt.Sprintf("{ %s: [%q] }", g.pick("startsWith", "contains", "eq", "exact", "endsWith"), text)
	case search.Token:
		return g.token(item)
	case search.Date:
		return g.ordered(strconv.Quote(g.date(item)))
	case search.Number, search.Quantity:
		return g.ordered(strconv.Quote(strconv.Itoa(g.random.IntN(200))))
	case search.Reference:
		return g.reference(p, item, depth)
	case search.URI:
		return fmt.Sprintf("{ %s: [%q] }", g.pick("eq", "below", "above"), item.Text)
	case search.Composite:
		return g.composite(p, item, depth)
	}
	return ""
}

func (g *queries) token(item *search.Item) string {
	system := ""
	if g.one(2) {
		system = fmt.Sprintf("system: %q, ", item.System)
	}
	if item.Text != "" && g.one(3) {
		return fmt.Sprintf("{ text: [%q] }", strings.Fields(item.Text)[0])
	}
	if item.Code == "" {
		return ""
	}
	if g.one(6) {
		return fmt.Sprintf("{ %sne: %q }", system, item.Code)
	}
	return fmt.Sprintf("{ %s%s: [%q] }", system, g.pick("code", "code", "code", "not"), item.Code)
}

func (g *queries) ordered(value string) string {
	op := g.pick("eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "overlaps")
	if op == "eq" {
		return "{ eq: [" + value + "] }"
	}
	if op != "ge" && g.one(4) {
		return fmt.Sprintf("{ ge: %s, %s: %s }", value, op, value)
	}
	return fmt.Sprintf("{ %s: %s }", op, value)
}

// reference names a resource, or says what must hold for it.
func (g *queries) reference(p *search.Param, item *search.Item, depth int) string {
	if item.ID == "" {
		return ""
	}
	if depth > 0 && g.one(2) && slices.Contains(g.types, item.Type) && slices.Contains(p.Targets, item.Type) {
		return fmt.Sprintf("{ %s: %s }", item.Type, g.where(item.Type, depth-1))
	}
	return fmt.Sprintf("{ nodeId: [%q] }", item.Type+"/"+item.ID)
}

// composite asks for all parts of one value.
func (g *queries) composite(p *search.Param, item *search.Item, depth int) string {
	var parts []string
	for i := range p.Parts {
		name := argumentOf(p.Parts[i].Code)
		if slices.ContainsFunc(p.Parts[:i], func(before *search.Param) bool { return before.Code == p.Parts[i].Code }) {
			name += "_2"
		}
		filter := ""
		switch part := &item.Parts[i]; p.Parts[i].Type {
		case search.Token:
			if part.Code != "" {
				filter = fmt.Sprintf("{ code: [%q] }", part.Code)
			}
		case search.Date:
			filter = fmt.Sprintf("{ ge: %q }", g.date(part))
		case search.Quantity, search.Number:
			filter = fmt.Sprintf("{ %s: %q }", g.pick("gt", "lt"), strconv.Itoa(g.random.IntN(200)))
		}
		if filter == "" {
			return ""
		}
		parts = append(parts, name+": "+filter)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}
