package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/search"
)

// compiler turns a validated operation into an operation.
type compiler struct {
	schema *Schema
	reader *search.Reader
	flags  flags
	limits *Limits
	op     *operation
	fields int
}

// place is where in the operation a selection stands.
type place struct {
	fetch *fetch // whose rows it is on
	depth int
	path  string // of the fetch and the elements below it
	// targets are what the canonical may name beside which it stands.
	targets []string
}

func (p place) below(name string) place {
	return place{fetch: p.fetch, depth: p.depth + 1, path: p.path + "." + name}
}

// compile compiles an operation for one setting of its @skip and @include variables.
func compile(schema *Schema, reader *search.Reader, def *ast.OperationDefinition, flags flags, limits *Limits) (*operation, error) {
	c := compiler{schema: schema, reader: reader, flags: flags, limits: limits, op: &operation{def: def, flags: flags}}
	switch def.Operation {
	case ast.Mutation:
		return c.op, c.mutations(def)
	case ast.Subscription:
		return c.op, c.subscription(def)
	}
	roots := collect([]ast.SelectionSet{def.SelectionSet}, flags, func(name string) bool {
		return name == schema.doc.Query.Name || schema.instance != "" && c.applies(name, schema.instance)
	})
	if err := c.count(len(roots), 1); err != nil {
		return nil, err
	}
	if len(roots) > limits.RootFields {
		return nil, tooManyRoots(len(roots), limits.RootFields)
	}
	if schema.instance != "" {
		if err := c.instance(roots); err != nil {
			return nil, err
		}
		roots = nil
	}
	for _, r := range roots {
		if err := c.root(r); err != nil {
			return nil, err
		}
	}
	c.op.size = c.fields
	return c.op, nil
}

func (c *compiler) root(r collected) error {
	f := r.fields[0]
	out := root{key: r.key, fields: r.fields}
	switch {
	case f.Name == "__typename":
		out.kind = rootTypename
	case f.Name == "__schema" || f.Name == "__type":
		out.kind, c.op.schema = rootSchema, true
	case c.schema.gateway[f.Name]:
		out.kind = rootGateway
		for _, f := range r.fields {
			c.op.gateway = append(c.op.gateway, f)
		}
	default:
		ft, err := c.rootFetch(r)
		if err != nil {
			return err
		}
		out.kind, out.fetch = rootFetch, ft.index
	}
	c.op.roots = append(c.op.roots, out)
	return nil
}

func (c *compiler) rootFetch(r collected) (*fetch, error) {
	name := r.fields[0].Name
	f := &fetch{field: r.fields[0], parent: -1, path: name}
	switch {
	case name == "node":
		f.kind = fetchNode
		return c.add(f, r, typeNode, 1)
	case c.schema.served[name]:
		f.kind, f.typ = fetchRead, name
		return c.add(f, r, name, 1)
	}
	if of, ok := strings.CutSuffix(name, suffixHistory); ok {
		f.kind, f.typ = fetchHistory, of
		return c.add(f, r, of, 1)
	}
	source, suffix, _ := c.schema.isReverse(name)
	f.typ, f.kind = source, fetchList
	if suffix == suffixConnection {
		f.kind = fetchConnection
	}
	return c.add(f, r, source, 1)
}

// add enters a fetch and compiles what is selected of its rows.
func (c *compiler) add(f *fetch, r collected, typeName string, depth int) (*fetch, error) {
	f.index = len(c.op.fetches)
	c.op.fetches = append(c.op.fetches, f)
	f.where = c.constantWhere(f)
	if f.kind == fetchConnection || f.kind == fetchReverseConnection || f.kind == fetchHistory {
		return f, c.connection(f, r.selections(), depth)
	}
	s, err := c.shape(f, r.slicing(), typeName, depth)
	if err == nil {
		f.shapes = []*shape{s}
	}
	return f, err
}

// constantWhere reads a typed where that no variable and no clock has a part in.
func (c *compiler) constantWhere(f *fetch) *constantWhere {
	arg := f.field.Arguments.ForName("where")
	if arg == nil || f.kind == fetchRead || f.kind == fetchInstance || f.kind == fetchHistory || varies(arg.Value) {
		return nil
	}
	value, _ := literal(arg.Value, nil)
	return constant(c.schema, c.reader, f.typ, asInput(value))
}

// varies says whether a value depends on the request: on variables, or on the time, from which ap measures the distance of a date.
func varies(v *ast.Value) bool {
	return v.Kind == ast.Variable || slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return c.Name == "ap" || varies(c.Value) })
}

func (c *compiler) shape(f *fetch, sets []ast.SelectionSet, typeName string, depth int) (*shape, error) {
	s := &shape{meta: readsMeta(sets)}
	var err error
	s.plan, err = c.plan(sets, typeName, place{fetch: f, depth: depth + 1, path: f.path})
	return s, err
}

// readsMeta says whether a selection on a resource may read its meta. Whether a fragment applies does not matter: too often is
// merely slower.
func readsMeta(sets []ast.SelectionSet) bool {
	seen := map[string]bool{}
	var reads func(ast.SelectionSet) bool
	reads = func(set ast.SelectionSet) bool {
		return slices.ContainsFunc(set, func(s ast.Selection) bool {
			switch s := s.(type) {
			case *ast.Field:
				return s.Name == "meta"
			case *ast.InlineFragment:
				return reads(s.SelectionSet)
			case *ast.FragmentSpread:
				if seen[s.Name] || s.Definition == nil {
					return false
				}
				seen[s.Name] = true
				return reads(s.Definition.SelectionSet)
			}
			return false
		})
	}
	return slices.ContainsFunc(sets, reads)
}

// count holds the limits of size and depth.
func (c *compiler) count(fields, depth int) error {
	c.fields += fields
	if c.fields > c.limits.Fields {
		return past(limitFields, c.limits.Fields, "the operation selects more than %d fields, fragments expanded", c.limits.Fields)
	}
	if depth > c.limits.Depth {
		return past(limitDepth, c.limits.Depth, "the operation nests deeper than %d", c.limits.Depth)
	}
	return nil
}

// plan compiles a selection on a type. On an interface it has a variant for each type that a fragment in it names; what no
// fragment names looks the same for all types.
func (c *compiler) plan(sets []ast.SelectionSet, typeName string, at place) (*projection.Plan, error) {
	if typeName != typeResource && typeName != typeNode {
		applies := func(condition string) bool { return c.applies(condition, typeName) }
		return c.fixed(collect(sets, c.flags, applies), typeName, at, nil)
	}
	var variants map[string]*projection.Plan
	for _, name := range c.named(sets) {
		applies := func(condition string) bool { return c.applies(condition, name) }
		v, err := c.fixed(collect(sets, c.flags, applies), name, at, nil)
		if err != nil {
			return nil, err
		}
		if variants == nil {
			variants = map[string]*projection.Plan{}
		}
		variants[name] = v
	}
	common := func(condition string) bool { return condition == typeResource || condition == typeNode }
	return c.fixed(collect(sets, c.flags, common), typeResource, at, variants)
}

// applies says whether a fragment on condition applies to an object type.
func (c *compiler) applies(condition, typeName string) bool {
	if condition == typeName {
		return true
	}
	return (condition == typeResource || condition == typeNode) && c.schema.served[typeName]
}

// named are the resource types that fragments of a selection name, sorted.
func (c *compiler) named(sets []ast.SelectionSet) []string {
	names := map[string]bool{}
	seen := map[string]bool{}
	var walk func(ast.SelectionSet)
	note := func(condition string, set ast.SelectionSet) {
		if c.schema.served[condition] {
			names[condition] = true
		}
		walk(set)
	}
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.InlineFragment:
				note(s.TypeCondition, s.SelectionSet)
			case *ast.FragmentSpread:
				if !seen[s.Name] && s.Definition != nil {
					seen[s.Name] = true
					note(s.Definition.TypeCondition, s.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	out := make([]string, 0, len(names))
	for name := range names {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// fixed compiles collected fields on one type; "Resource" stands for a type that is not known.
func (c *compiler) fixed(fields []collected, typeName string, at place, variants map[string]*projection.Plan) (*projection.Plan, error) {
	if err := c.count(len(fields), at.depth); err != nil {
		return nil, err
	}
	if at.fetch != nil {
		at.fetch.fields += len(fields)
	}
	sel := projection.Selection{Fields: make([]projection.Field, 0, len(fields)), ByType: variants}
	t := c.schema.objects[typeName]
	if t == nil {
		t = c.schema.defs.Type(typeName)
	}
	for _, f := range fields {
		out, err := c.member(f, t, typeName, at)
		if err != nil {
			return nil, err
		}
		sel.Fields = append(sel.Fields, out)
	}
	return projection.Compile(sel)
}
