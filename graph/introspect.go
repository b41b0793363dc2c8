package graph

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxIntrospection bounds the answer of one introspection field: a query may go round in the schema. maxDialect is that of the FHIR
// dialect, whose schema is three times as large.
const (
	maxIntrospection = 32 << 20
	maxDialect       = 128 << 20
)

// introspector writes the answers to __schema and __type from the schema's AST.
type introspector struct {
	schema *ast.Schema
	types  []*ast.Definition // sorted by name
	flags  flags
	vars   map[string]any
	full   bool // too large: the rest is left out, and the field fails
	most   int  // bytes of a field
	memo   map[*ast.SelectionSet][]collected
	// out is written to from time to time, if there is one; written is how much was.
	out     io.Writer
	written int
	failed  error // of out
}

func newIntrospector(s *Schema, flags flags, vars map[string]any) *introspector {
	n := &introspector{schema: s.doc, flags: flags, vars: vars, most: maxIntrospection, memo: map[*ast.SelectionSet][]collected{}}
	if s.fhir {
		n.most = maxDialect
	}
	for _, def := range s.doc.Types {
		n.types = append(n.types, def)
	}
	slices.SortFunc(n.types, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return n
}

// field writes the value of a root field.
func (n *introspector) field(dst []byte, fields []*ast.Field) ([]byte, error) {
	kept, base := len(dst), n.written+len(dst)
	c := collected{fields: fields}
	if fields[0].Name == "__schema" {
		dst = n.object(dst, &c, "__Schema", n.schemaField)
	} else {
		name := arguments{fields[0], n.vars}.text("name")
		dst = n.typeOf(dst, &c, ast.NamedType(name, nil))
	}
	switch {
	case n.failed != nil:
		return nil, n.failed
	case n.full || n.written+len(dst)-base > n.most:
		return dst[:min(kept, len(dst))], past(limitResponse, n.most, "the answer is larger than %d bytes", n.most)
	}
	return dst, nil
}

// pass hands on what is made so far, so that little is held.
func (n *introspector) pass(dst []byte) []byte {
	const piece = 64 << 10
	if n.out == nil || n.failed != nil || len(dst) < piece {
		return dst
	}
	n.written += len(dst)
	if _, n.failed = n.out.Write(dst); n.failed != nil {
		n.full = true
	}
	return dst[:0]
}

// object writes what is selected of one object.
func (n *introspector) object(dst []byte, c *collected, typeName string, value func([]byte, *collected) []byte) []byte {
	if n.full || len(dst) > 2*n.most || n.written > n.most {
		n.full = true
		return append(dst, "null"...)
	}
	dst = append(dst, '{')
	selected := n.selected(c, typeName)
	for i := range selected {
		f := &selected[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), f.key...), '"', ':')
		if f.fields[0].Name == "__typename" {
			dst = appendQuoted(dst, typeName)
			continue
		}
		dst = value(dst, f)
	}
	return append(dst, '}')
}

// selected collects a selection once, however many objects it is made on.
func (n *introspector) selected(c *collected, typeName string) []collected {
	set := &c.fields[0].SelectionSet
	if got, ok := n.memo[set]; ok && len(c.fields) == 1 {
		return got
	}
	got := collect(c.selections(), n.flags, func(condition string) bool { return condition == typeName })
	if len(c.fields) == 1 {
		n.memo[set] = got
	}
	return got
}

func (n *introspector) schemaField(dst []byte, f *collected) []byte {
	switch f.fields[0].Name {
	case "description":
		return appendText(dst, n.schema.Description)
	case "types":
		dst = append(dst, '[')
		for i, def := range n.types {
			dst = n.pass(n.definition(comma(dst, i), f, def))
		}
		return append(dst, ']')
	case "queryType":
		return n.definition(dst, f, n.schema.Query)
	case "mutationType":
		return n.definition(dst, f, n.schema.Mutation)
	case "subscriptionType":
		return n.definition(dst, f, n.schema.Subscription)
	}
	return n.directives(dst, f)
}

func (n *introspector) directives(dst []byte, f *collected) []byte {
	names := make([]string, 0, len(n.schema.Directives))
	for name := range n.schema.Directives {
		names = append(names, name)
	}
	slices.Sort(names)
	dst = append(dst, '[')
	for i, name := range names {
		d := n.schema.Directives[name]
		dst = n.object(comma(dst, i), f, "__Directive", func(dst []byte, f *collected) []byte {
			switch f.fields[0].Name {
			case "name":
				return appendQuoted(dst, d.Name)
			case "description":
				return appendText(dst, d.Description)
			case "isRepeatable":
				return strconv.AppendBool(dst, d.IsRepeatable)
			case "locations":
				dst = append(dst, '[')
				for i, l := range d.Locations {
					dst = appendQuoted(comma(dst, i), string(l))
				}
				return append(dst, ']')
			}
			return n.inputs(dst, f, d.Arguments)
		})
	}
	return append(dst, ']')
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// appendText is a description: null if there is none.
func appendText(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return appendQuoted(dst, s)
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends a JSON string. Our own texts are UTF-8.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}
