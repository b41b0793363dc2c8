package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String prints "all".
func (True) String() string { return "all" }

// String prints "none".
func (False) String() string { return "none" }

// String joins the parts with AND.
func (e And) String() string { return join([]Expr(e), " AND ", "all") }

// String joins the parts with OR.
func (e Or) String() string { return join([]Expr(e), " OR ", "none") }

// String prints NOT and the negated condition.
func (e Not) String() string { return "NOT " + join([]Expr{e.X}, "", "") }

// String prints the clause as FHIR writes it: code:modifier=value,value.
func (e Clause) String() string {
	var b strings.Builder
	b.WriteString(e.Param.Code)
	if e.Modifier != Plain {
		b.WriteString(":" + e.Modifier.String())
	}
	b.WriteByte('=')
	for i, v := range e.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(v.format(e.Param, e.Modifier))
	}
	return b.String()
}

// String prints code:missing=false.
func (e Exists) String() string { return e.Param.Code + ":missing=false" }

// String prints _id=a,b; of more than eight ids the first eight and how many there are.
func (e IDs) String() string {
	if len(e.IDs) > 8 {
		return fmt.Sprintf("_id=%s,… (%d)", strings.Join(e.IDs[:8], ","), len(e.IDs))
	}
	return "_id=" + strings.Join(e.IDs, ",")
}

// String prints _text or _content with its words.
func (e Text) String() string {
	alternatives := make([]string, len(e.Any))
	for i, words := range e.Any {
		alternatives[i] = strings.Join(words, " ")
	}
	return e.name() + "=" + strings.Join(alternatives, ",")
}

func (e Text) name() string {
	if e.Content {
		return ParamContent
	}
	return ParamText
}

// String prints param:Type.(…).
func (e Chain) String() string {
	return e.Param.Code + ":" + e.Target + ".(" + e.Where.String() + ")"
}

// String prints _has:Type:param:(…).
func (e Has) String() string {
	return "_has:" + e.Param.Resource + ":" + e.Param.Code + ":(" + e.Where.String() + ")"
}

// String prints _list=id, and what must hold for the List.
func (e List) String() string {
	if e.Where == nil || isConst(e.Where, True{}) {
		return ParamList + "=" + e.ID
	}
	return ParamList + "=" + e.ID + ":(" + e.Where.String() + ")"
}

func join(parts []Expr, sep, empty string) string {
	if len(parts) == 0 {
		return empty
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p.String()
		switch p.(type) {
		case And, Or:
			out[i] = "(" + out[i] + ")"
		}
	}
	return strings.Join(out, sep)
}

var modifierNames = [...]string{"", "exact", "contains", "text", "of-type", "identifier", "above", "below", "in", "text-advanced",
	"equals", "ends-with", "compared"}

// String is FHIR's name of the modifier, without the colon; "" for Plain.
func (m Modifier) String() string { return modifierNames[m] }

var opNames = [...]string{"", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}

// String is FHIR's prefix; "" for Eq.
func (o Op) String() string { return opNames[o] }

var typeNames = [...]string{"", "string", "token", "date", "number", "quantity", "reference", "uri", "composite", "special"}

// String is FHIR's name of the type.
func (t ParamType) String() string { return typeNames[t] }

// ParamTypeOf is the type with FHIR's name; 0 if there is none.
func ParamTypeOf(name string) ParamType {
	return ParamType(max(0, slices.Index(typeNames[1:], name)+1))
}

// format prints a value as FHIR would write it; dates and numbers as their encoded range would read is of no use to a
// person, so the text that was read is kept in Value.Raw where there is one.
func (v Value) format(p *Param, m Modifier) string {
	if p.Type == Reference && m != Identifier {
		return v.formatReference() // the text that was read may lack the type that the modifier said
	}
	if v.Raw != "" {
		return v.Raw
	}
	switch p.Type {
	case Composite:
		parts := make([]string, len(v.Parts))
		for i := range v.Parts {
			parts[i] = v.Parts[i].format(p.Parts[i], Plain)
		}
		return strings.Join(parts, "$")
	case Token:
		return v.formatToken(m)
	case Reference:
		return v.formatToken(Plain)
	case Date:
		return v.Op.String() + strconv.FormatInt(v.Lo, 10) + ".." + strconv.FormatInt(v.Hi, 10)
	case Number, Quantity:
		s := fmt.Sprintf("%s%x..%x", v.Op, v.NLo, v.NHi)
		if v.HasSystem || v.Code != "" {
			s += "|" + v.System + "|" + v.Code
		}
		return s
	case String, URI:
		if m == Compared {
			return v.Op.String() + v.Text
		}
	}
	return v.Text
}

func (v Value) formatToken(m Modifier) string {
	switch m {
	case TextOf, In, TextAdvanced:
		return v.Text
	case Compared:
		return v.Op.String() + v.formatToken(Plain)
	case OfType:
		return v.System + "|" + v.Type + "|" + v.Code
	}
	if v.HasSystem {
		return v.System + "|" + v.Code
	}
	return v.Code
}

func (v Value) formatReference() string {
	switch {
	case v.Text != "" && v.Version != "":
		return v.Text + "|" + v.Version
	case v.Text != "":
		return v.Text
	case v.Type == "":
		return v.Code
	case v.Version != "":
		return v.Type + "/" + v.Code + "/_history/" + v.Version
	}
	return v.Type + "/" + v.Code
}
