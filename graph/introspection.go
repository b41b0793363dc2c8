package graph

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// standardQuery is what GraphQL's tools ask to know a schema whole.
const standardQuery = `query IntrospectionQuery {
  __schema {
    description
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types { ...FullType }
    directives { name description isRepeatable locations args { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type {
  kind name
  ofType { kind name ofType { kind name ofType { kind name } } }
}`

// introspect writes the value of a __schema or __type field.
func introspect(s *Schema, dst []byte, r *root, op *operation, vars map[string]any) ([]byte, error) {
	return newIntrospector(s, op.flags, vars).field(dst, r.fields)
}

// Introspection is the response to the standard introspection query on the schema narrowed to these resource types, or on all
// of it when there are none.
func (s *Schema) Introspection(types []string) ([]byte, error) {
	var out bytes.Buffer
	err := s.introspection(&out, types)
	return out.Bytes(), err
}

// introspection writes what Introspection gives, while it is made.
func (s *Schema) introspection(w io.Writer, types []string) error {
	narrow, err := s.narrowed(types)
	if err != nil {
		return err
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: standardQuery})
	if err != nil {
		return fmt.Errorf("graph: the introspection query: %w", err)
	}
	link(doc)
	f := doc.Operations[0].SelectionSet[0].(*ast.Field)
	_, err = narrow.answer(w, &operation{roots: []root{{key: f.Name, kind: rootSchema, fields: []*ast.Field{f}}}})
	return err
}

// answer writes the response to an operation that asks for the schema and nothing else, while it is made. An error comes with the key of the
// root field that it is of, if it is of one.
func (s *Schema) answer(w io.Writer, op *operation) (key string, err error) {
	n := newIntrospector(s, op.flags, nil)
	n.out = w
	dst := []byte(`{"data":{`)
	for i := range op.roots {
		r := &op.roots[i]
		dst = append(appendQuoted(comma(dst, i), r.key), ':')
		if r.kind == rootTypename {
			dst = appendQuoted(dst, s.doc.Query.Name)
			continue
		}
		if dst, err = n.field(dst, r.fields); err != nil {
			return r.key, err
		}
	}
	_, err = w.Write(append(dst, '}', '}'))
	return "", err
}

// link ties fragment spreads to their definitions, which validation does otherwise.
func link(doc *ast.QueryDocument) {
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				s.Definition = doc.Fragments.ForName(s.Name)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
}

// SDL writes the schema, narrowed to these resource types unless there are none, in the schema definition language.
func (s *Schema) SDL(w io.Writer, types []string) error {
	narrow, err := s.narrowed(types)
	if err != nil {
		return err
	}
	// Said outright, because tools take a type that is called Subscription for the root of subscriptions.
	following := ""
	if root := narrow.doc.Subscription; root != nil {
		following = "  subscription: " + root.Name + "\n"
	}
	if _, err := fmt.Fprintf(w, "schema {\n  query: %s\n  mutation: %s\n%s}\n\n", narrow.doc.Query.Name, narrow.doc.Mutation.Name, following); err != nil {
		return err
	}
	body := *narrow.doc
	body.Query, body.Mutation, body.Subscription = nil, nil, nil // the formatter says roots only where their names are unusual
	out := &failing{to: w}
	formatter.NewFormatter(out, formatter.WithIndent("  ")).FormatSchema(&body)
	return out.err
}

// narrowed is the schema with only these types, which it must have.
func (s *Schema) narrowed(types []string) (*Schema, error) {
	if len(types) == 0 || slices.Equal(types, s.resources) {
		return s, nil
	}
	for _, t := range types {
		if !s.served[t] {
			return nil, fmt.Errorf("graph: the schema has no resource type %q", t)
		}
	}
	narrow, err := newSchema(s.defs, s.params, types, s.fhir)
	if err != nil || s.instance == "" {
		return narrow, err
	}
	return narrow.Instance(s.instance)
}

// failing keeps the first error of a writer, for one who does not look at them.
type failing struct {
	to  io.Writer
	err error
}

// Write implements io.Writer.
func (f *failing) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.to.Write(p)
	f.err = err
	return n, err
}
