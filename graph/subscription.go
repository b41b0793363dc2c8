package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
)

// subscription is the root field of a subscription, and what is selected of its events: an operation of its own, as the payload of a
// mutation has one.
type subscription struct {
	key     string
	typ     string // the resource type; "" for any
	field   *ast.Field
	name    string // of the event's type
	payload *operation
}

// subscription compiles a subscription, which has one field (GraphQL 5.2.3.1; the rule of the validator counts aliases as one).
func (c *compiler) subscription(def *ast.OperationDefinition) error {
	roots := collect([]ast.SelectionSet{def.SelectionSet}, c.flags, func(name string) bool { return name == typeSubscription })
	if len(roots) != 1 || strings.HasPrefix(roots[0].fields[0].Name, "__") {
		return fault.New(fault.BadUserInput, "a subscription selects one field of %s, and this one %d", typeSubscription, len(roots))
	}
	r := roots[0]
	s := &subscription{key: r.key, field: r.fields[0], name: typeChange}
	if typ, ok := strings.CutSuffix(s.field.Name, suffixChanged); ok && c.schema.served[typ] {
		s.typ, s.name = typ, typ+suffixChange
	}
	if err := c.count(1, 1); err != nil {
		return err
	}
	var err error
	s.payload, err = c.payload(r, s.name, s.typ)
	c.op.subscription, c.op.size = s, c.fields
	return err
}

// interest is what a subscription follows, by the arguments of a request. since, unless empty, stands for the argument.
func (s *subscription) interest(c *call, vars map[string]any) (composite.Interest, error) {
	args := arguments{s.field, vars}
	i := composite.Interest{Caller: c.caller, Since: args.text(argSince)}
	if c.since != "" {
		i.Since = c.since
	}
	if s.typ == "" {
		types, err := args.texts(argTypes)
		switch {
		case err != nil:
			return i, err
		case types != nil && len(types) == 0:
			return i, fault.New(fault.BadUserInput, "types is empty; leave it out to follow all")
		case types == nil && len(c.schema.resources) < len(c.schema.defs.Resources()):
			types = c.schema.resources
		}
		i.Types = slices.Compact(slices.Sorted(slices.Values(types)))
		return i, nil
	}
	i.Types = []string{s.typ}
	if value, ok := args.lookup(argWhere); ok && value != nil {
		where := constant(c.schema, c.reader, s.typ, asInput(value))
		i.Where = where.expr
		return i, where.err
	}
	return i, nil
}
