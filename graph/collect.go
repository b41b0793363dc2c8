package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// collected are the fields that share a response key; their selections are merged.
type collected struct {
	key    string
	fields []*ast.Field
}

func (c *collected) selections() []ast.SelectionSet {
	sets := make([]ast.SelectionSet, 0, len(c.fields))
	for _, f := range c.fields {
		if len(f.SelectionSet) > 0 {
			sets = append(sets, f.SelectionSet)
		}
	}
	return sets
}

// collector is GraphQL's CollectFields (6.3.2) for one object type, with the variables of @skip and @include known.
type collector struct {
	flags   flags
	applies func(condition string) bool
	all     bool // what @skip and @include leave out, too
	out     []collected
	index   map[string]int
	visited map[string]bool
}

func collect(sets []ast.SelectionSet, flags flags, applies func(string) bool) []collected {
	c := collector{flags: flags, applies: applies}
	for _, set := range sets {
		c.add(set)
	}
	return c.out
}

func (c *collector) add(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if c.all || c.flags.include(s.Directives) {
				c.field(s)
			}
		case *ast.InlineFragment:
			if (c.all || c.flags.include(s.Directives)) && (s.TypeCondition == "" || c.applies(s.TypeCondition)) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if !c.all && !c.flags.include(s.Directives) || c.visited[s.Name] || s.Definition == nil {
				continue
			}
			if c.visited == nil {
				c.visited = map[string]bool{}
			}
			c.visited[s.Name] = true
			if c.applies(s.Definition.TypeCondition) {
				c.add(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *collector) field(f *ast.Field) {
	key := f.Alias
	if key == "" {
		key = f.Name
	}
	i, ok := c.find(key)
	if !ok {
		i = len(c.out)
		c.out = append(c.out, collected{key: key})
		if c.index != nil {
			c.index[key] = i
		}
	}
	c.out[i].fields = append(c.out[i].fields, f)
}

// find looks along short selections and makes an index for long ones.
func (c *collector) find(key string) (int, bool) {
	const short = 16
	if c.index == nil && len(c.out) < short {
		i := slices.IndexFunc(c.out, func(o collected) bool { return o.key == key })
		return i, i >= 0
	}
	if c.index == nil {
		c.index = make(map[string]int, 2*short)
		for i := range c.out {
			c.index[c.out[i].key] = i
		}
	}
	i, ok := c.index[key]
	return i, ok
}

// flags are the values of the variables that @skip and @include of an operation name.
type flags map[string]bool

func (f flags) include(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		on := arg.Value.Raw == "true"
		if arg.Value.Kind == ast.Variable {
			on = f[arg.Value.Raw]
		}
		if on == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// conditions are the names of the variables that @skip and @include name anywhere in a document, sorted.
func conditions(doc *ast.QueryDocument) []string {
	var names []string
	note := func(directives ast.DirectiveList) {
		for _, d := range directives {
			if d.Name != "skip" && d.Name != "include" {
				continue
			}
			if arg := d.Arguments.ForName("if"); arg != nil && arg.Value.Kind == ast.Variable && !slices.Contains(names, arg.Value.Raw) {
				names = append(names, arg.Value.Raw)
			}
		}
	}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				note(s.Directives)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
	slices.Sort(names)
	return names
}
