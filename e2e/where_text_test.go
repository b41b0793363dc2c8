package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// whereText writes a condition as a typed where of GraphQL; "" if it has no form, or none here.
func whereText(e search.Expr) string {
	switch e := e.(type) {
	case search.True:
		return "{}"
	case search.False:
		return "{ or: [] }"
	case search.And:
		return junction("and", e)
	case search.Or:
		return junction("or", e)
	case search.Not:
		return around1("{ not: %s }", whereText(e.X))
	case search.Exists:
		return fmt.Sprintf("{ %s: { missing: false } }", argumentOf(e.Param.Code))
	case search.IDs:
		return "{ _id: " + quotedList(e.IDs) + " }"
	case search.Chain:
		return around1("{ "+argumentOf(e.Param.Code)+": { "+e.Target+": %s } }", whereText(e.Where))
	case search.Has:
		return around1("{ _has: { "+e.Param.Resource+": { by: "+argumentOf(e.Param.Code)+", where: %s } } }", whereText(e.Where))
	case search.Clause:
		var any search.Or
		for i := range e.Values {
			any = append(any, search.Clause{Param: e.Param, Modifier: e.Modifier, Values: e.Values[i : i+1]})
		}
		if len(any) > 1 {
			return junction("or", any)
		}
		return around1("{ "+nameInWhere(e.Param)+": { %s } }", memberText(e, &e.Values[0]))
	}
	return ""
}

// nameInWhere is a parameter's name, of one with units in base units that of the original.
func nameInWhere(p *search.Param) string {
	return argumentOf(strings.TrimSuffix(p.Code, "#canonical"))
}

func junction(op string, parts []search.Expr) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		if out[i] = whereText(p); out[i] == "" {
			return ""
		}
	}
	return "{ " + op + ": [" + strings.Join(out, ", ") + "] }"
}

// around1 puts a text into a format; "" stays "".
func around1(format, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf(format, text)
}

func quotedText(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(b)
}

func quotedList(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = quotedText(t)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// memberText writes one value of a clause as the members of a filter.
func memberText(c search.Clause, v *search.Value) string {
	one := func(member, text string) string { return member + ": [" + quotedText(text) + "]" }
	member := map[search.Modifier]string{
		search.Exact: "exact", search.Contains: "contains", search.TextAdvanced: "text", search.TextOf: "text", search.Above: "above",
		search.Below: "below", search.In: "in", search.Equals: "eq", search.EndsWith: "endsWith",
	}[c.Modifier]
	switch p := c.Param; p.Type {
	case search.String:
		if c.Modifier == search.Plain {
			member = "startsWith"
		}
		return one(member, v.Text)
	case search.URI:
		if c.Modifier == search.Plain {
			member = "eq"
		}
		return one(member, v.Text)
	case search.Token:
		return tokenText(c.Modifier, member, v)
	case search.Reference:
		if c.Modifier == search.Plain {
			return one("nodeId", search.Clause{Param: p, Values: []search.Value{*v}}.String()[len(p.Code)+1:])
		}
	case search.Date, search.Number, search.Quantity:
		return orderedText(p, v)
	case search.Composite:
		return partsText(p, v)
	}
	return ""
}

func tokenText(m search.Modifier, member string, v *search.Value) string {
	system := ""
	if v.HasSystem {
		system = "system: " + quotedText(v.System) + ", "
	}
	switch m {
	case search.OfType:
		return fmt.Sprintf("ofType: [{ system: %s, code: %s, value: %s }]", quotedText(v.System), quotedText(v.Type), quotedText(v.Code))
	case search.TextOf, search.In, search.TextAdvanced:
		return member + ": [" + quotedText(v.Text) + "]"
	case search.Plain:
		if v.Code == "" {
			return strings.TrimSuffix(system, ", ")
		}
		return system + "code: [" + quotedText(v.Code) + "]"
	}
	return system + member + ": [" + quotedText(v.Code) + "]"
}

// orderedText writes the text that was read: a prefix, a number or a date, and its unit.
func orderedText(p *search.Param, v *search.Value) string {
	text, op := v.Raw, "eq"
	if len(text) > 2 && text[0] >= 'a' {
		op, text = text[:2], text[2:]
	}
	number, unit := text, ""
	if parts := strings.Split(text, "|"); p.Type == search.Quantity && len(parts) > 1 {
		number, unit = parts[0], ", system: "+quotedText(parts[1])
		if len(parts) > 2 {
			unit += ", unit: " + quotedText(parts[2])
		}
	}
	if op == "eq" {
		return "eq: [" + quotedText(number) + "]" + unit
	}
	return op + ": " + quotedText(number) + unit
}

func partsText(p *search.Param, v *search.Value) string {
	raws := strings.Split(v.Raw, "$")
	if len(raws) != len(p.Parts) {
		return ""
	}
	var out []string
	for i, part := range p.Parts {
		value := v.Parts[i]
		value.Raw = raws[i]
		name := nameInWhere(part)
		for _, before := range p.Parts[:i] {
			if before.Code == part.Code {
				name += "_2"
			}
		}
		text := memberText(search.Clause{Param: part}, &value)
		if text == "" {
			return ""
		}
		out = append(out, name+": { "+text+" }")
	}
	return strings.Join(out, ", ")
}
