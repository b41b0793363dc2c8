package search

import (
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// binder turns parsed expressions into programs for one resource type.
type binder struct {
	defs *fhir.Definitions
	root *fhir.Type
	made *int // ways that the expression has so far
}

// maxWays bounds the ways of one expression, those inside of conditions included: choices multiply.
const maxWays = 10_000

// program compiles an expression that is evaluated on values of the context's types.
func (b binder) program(n *node, context []path) (program, error) {
	switch n.op {
	case "and", "or", "=", "!=":
		t, err := b.test(n, context)
		return program{test: t}, err
	case "f":
		if n.name == "exists" || n.name == "not" || n.name == "empty" {
			t, err := b.test(n, context)
			return program{test: t}, err
		}
	}
	paths, err := b.paths(n, context)
	return program{paths: paths}, err
}

// paths gives where an expression leads. Alternatives that begin with another resource type are left out.
func (b binder) paths(n *node, context []path) ([]path, error) {
	switch n.op {
	case "name":
		return b.start(n.name, context)
	case "%":
		if n.name != "resource" && n.name != "context" {
			return nil, fmt.Errorf("the variable %%%s is unknown", n.name)
		}
		return []path{{typ: b.root, root: true}}, nil
	case "|":
		left, err := b.paths(n.args[0], context)
		if err != nil {
			return nil, err
		}
		right, err := b.paths(n.args[1], context)
		return append(left[:len(left):len(left)], right...), err
	case ".", "[]", "as", "f":
		if n.args[0] == nil {
			return b.apply(n, context, context)
		}
		from, err := b.paths(n.args[0], context)
		if err != nil {
			return nil, err
		}
		return b.apply(n, from, context)
	}
	return nil, fmt.Errorf("%q is not supported here", n.op)
}

// start resolves the first name of a path: a type, which keeps the context or leads nowhere, or a member of it.
func (b binder) start(name string, context []path) ([]path, error) {
	if name == "$this" {
		return context, nil
	}
	if t := b.defs.Type(name); t == nil || name[0]|0x20 == name[0] {
		return b.members(context, name)
	}
	var out []path
	for _, p := range context {
		if b.defs.Is(p.typ.Name, name) {
			out = append(out, p)
		}
	}
	return out, nil
}

// apply continues paths with a member, an index, a type or a function.
func (b binder) apply(n *node, from, context []path) ([]path, error) {
	switch n.op {
	case ".":
		return b.members(from, n.name)
	case "[]":
		return extend(from, func(p path) (step, error) { return step{kind: stepIndex, index: n.index}, nil })
	case "as":
		return b.ofType(from, n.name)
	}
	switch {
	case n.name == "first" && len(n.args) == 1:
		return extend(from, func(p path) (step, error) { return step{kind: stepIndex}, nil })
	case (n.name == "ofType" || n.name == "as") && len(n.args) == 2 && n.args[1].op == "name":
		return b.ofType(from, n.args[1].name)
	case n.name == "where" && len(n.args) == 2:
		return b.where(from, n.args[1])
	case n.name == "extension" && len(n.args) == 2 && n.args[1].op == "'":
		found, err := b.members(from, "extension")
		if err != nil {
			return nil, err
		}
		return b.where(found, &node{op: "=", args: []*node{{op: "name", name: "url"}, n.args[1]}})
	}
	return nil, fmt.Errorf("the function %s is not supported", n.name)
}

func extend(from []path, next func(path) (step, error)) ([]path, error) {
	out := make([]path, len(from))
	for i, p := range from {
		s, err := next(p)
		if err != nil {
			return nil, err
		}
		out[i] = p.then(s)
	}
	return out, nil
}

func (b binder) members(from []path, name string) ([]path, error) {
	var out []path
	for _, p := range from {
		n := len(out)
		if p.typ.Kind == fhir.KindPrimitive {
			p, ok := p.sibling()
			if !ok {
				return nil, fmt.Errorf("%s of a primitive value is not supported here", name)
			}
			out = appendMembers(out, p, name)
		} else {
			out = appendMembers(out, p, name)
		}
		if len(out) == n {
			return nil, fmt.Errorf("%s has no element %s", p.typ.Name, name)
		}
		if *b.made += len(out) - n; *b.made > maxWays {
			return nil, fmt.Errorf("it leads to too many places; narrow choices with ofType")
		}
	}
	return out, nil
}

// sibling leads to the object beside a primitive value that holds its id and extensions.
func (p path) sibling() (path, bool) {
	last := len(p.steps) - 1
	if last < 0 || p.steps[last].kind != stepMember {
		return p, false
	}
	s := p.steps[last]
	s.key = "_" + s.key
	p.steps = p.steps[:last:last]
	return p.then(s), true
}

// appendMembers appends the ways to an element, one for each JSON name of a choice.
func appendMembers(out []path, p path, name string) []path {
	if f, ok := p.typ.Field(name); ok {
		return append(out, p.member(f))
	}
	for f := range p.typ.Fields() {
		if f.Element.Choice && f.Element.Name == name {
			out = append(out, p.member(f))
		}
	}
	return out
}

func (p path) member(f fhir.Field) path {
	p = p.then(step{kind: stepMember, key: f.JSON})
	p.typ, p.element, p.targets = f.Definition(), f.Element, f.Type.Targets
	return p
}

// ofType keeps the paths to values of a type. Some definitions write a primitive's name with a capital.
func (b binder) ofType(from []path, name string) ([]path, error) {
	if lower := strings.ToLower(name[:1]) + name[1:]; b.defs.Type(name) == nil && b.defs.Type(lower) != nil {
		name = lower
	}
	if b.defs.Type(name) == nil {
		return nil, fmt.Errorf("the type %s is unknown", name)
	}
	var out []path
	for _, p := range from {
		switch {
		case b.defs.Is(p.typ.Name, name):
			out = append(out, p)
		case p.typ.Kind == fhir.KindAbstract && b.defs.IsResource(name):
			p = p.then(step{kind: stepResource, key: name})
			p.typ = b.defs.Type(name)
			out = append(out, p)
		}
	}
	return out, nil
}

func (b binder) where(from []path, cond *node) ([]path, error) {
	if cond.op == "is" && cond.args[0] != nil && cond.args[0].op == "f" && cond.args[0].name == "resolve" {
		if !b.defs.IsResource(cond.name) {
			return nil, fmt.Errorf("%s is no resource type", cond.name)
		}
		return extend(from, func(p path) (step, error) {
			return step{kind: stepRefersTo, key: cond.name, targets: p.targets}, nil
		})
	}
	return extend(from, func(p path) (step, error) {
		t, err := b.test(cond, []path{{typ: p.typ, element: p.element, targets: p.targets}})
		return step{kind: stepWhere, test: t}, err
	})
}

// test compiles a condition.
func (b binder) test(n *node, context []path) (*test, error) {
	switch n.op {
	case "and", "or":
		left, err := b.test(n.args[0], context)
		if err != nil {
			return nil, err
		}
		right, err := b.test(n.args[1], context)
		return &test{op: n.op, left: left, right: right}, err
	case "=", "!=":
		return b.comparison(n, context)
	case "f":
		if len(n.args) != 1 {
			break
		}
		switch n.name {
		case "exists", "empty":
			p, err := b.operand(n.args[0], context)
			t := &test{op: "exists", program: p}
			if n.name == "empty" {
				t = &test{op: "not", left: t}
			}
			return t, err
		case "not":
			left, err := b.test(n.args[0], context)
			return &test{op: "not", left: left}, err
		}
	}
	p, err := b.operand(n, context)
	return &test{op: "path", program: p}, err
}

func (b binder) operand(n *node, context []path) (program, error) {
	if n == nil {
		return program{paths: context}, nil
	}
	paths, err := b.paths(n, context)
	return program{paths: paths}, err
}

func (b binder) comparison(n *node, context []path) (*test, error) {
	value, operand := n.args[1], n.args[0]
	if operand.op == "'" || operand.op == "b" || operand.op == "0" {
		value, operand = operand, value
	}
	if value.op != "'" && value.op != "b" && value.op != "0" {
		return nil, fmt.Errorf("a comparison needs a string, number or boolean")
	}
	p, err := b.operand(operand, context)
	return &test{op: n.op, program: p, value: value.name, text: value.op == "'"}, err
}
