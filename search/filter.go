package search

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/heliograph/heliograph/internal/fault"
)

// Filter reads a `_filter` (FHIR R4, 3.1.3). eq and ne keep its meaning: some value of the parameter is equal, or is not. Beside R4's
// grammar it takes _has as the current build has it, a type after a colon in a path (subject:Patient.name), and brackets behind a
// reference or a _has for conditions on one and the same resource:
// subject:Patient[name co "pet" and gender eq male].birthdate ge 2000. The condition is not simplified.
//
// The error is one fault.BadUserInput (fault.Unsupported, fault.TooCostly): it says at which character something is wrong, what, and what
// would be right; never a value. Of what can be read it lists all that is wrong.
func (r *Reader) Filter(resourceType, text string) (Expr, error) {
	if !r.params.Definitions().IsResource(resourceType) {
		return nil, fault.New(fault.BadUserInput, "%s is not a resource type", printable(resourceType))
	}
	s := &reading{Reader: r, name: "_filter", budget: maxConditions}
	return s.filter(resourceType, text)
}

func (s *reading) filter(resourceType, text string) (Expr, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, s.bad("the value is not text")
	}
	n, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	f := filterReading{reading: &reading{Reader: s.Reader, budget: s.budget}, text: text}
	return f.node(resourceType, n)
}

// filterReading makes a condition of a parsed filter.
type filterReading struct {
	*reading
	text string
}

// from has errors say where something begins.
func (f *filterReading) from(at int) *reading {
	f.reading.name = "_filter, " + characterAt(f.text, at)
	return f.reading
}

func (f *filterReading) node(resourceType string, n *filterNode) (Expr, error) {
	if n.op == "" {
		return f.step(resourceType, n.path, n)
	}
	parts := make([]Expr, len(n.parts))
	errs := make([]error, len(n.parts))
	for i, part := range n.parts {
		parts[i], errs[i] = f.node(resourceType, part)
	}
	if err := unknownTogether(errs); err != nil {
		return nil, err
	}
	switch n.op {
	case "and":
		return And(parts), nil
	case "or":
		return Or(parts), nil
	case "not":
		return Not{X: parts[0]}, nil
	default:
		return parts[0], nil
	}
}

// unknownTogether is together, and keeps that nothing is wrong but parameters that a type does not have.
func unknownTogether(errs []error) error {
	err := together(errs)
	for _, e := range errs {
		var u unknown
		if e != nil && !errors.As(e, &u) {
			return err
		}
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return unknown{f}
	}
	return nil
}

// step reads a path from one of its names on.
func (f *filterReading) step(resourceType string, step *filterStep, n *filterNode) (Expr, error) {
	s := f.from(step.at)
	if s.budget--; s.budget < 0 {
		return nil, s.tooMany()
	}
	if step.has != "" {
		return f.has(resourceType, step, n)
	}
	p, err := s.param(resourceType, step.name)
	if err != nil {
		return nil, err
	}
	if step.next == nil {
		return f.comparison(p, step.target, n)
	}
	return s.follow(p, step.target, step.next.name, func(target string) (Expr, error) {
		e, err := f.below(target, step, n)
		f.from(step.at)
		return e, err
	})
}

// below is what must hold for the resource that a step leads to: the filter in brackets, and what follows.
func (f *filterReading) below(resourceType string, step *filterStep, n *filterNode) (Expr, error) {
	if step.where == nil {
		return f.step(resourceType, step.next, n)
	}
	where, err := f.node(resourceType, step.where)
	rest, err2 := f.step(resourceType, step.next, n)
	if err := unknownTogether([]error{err, err2}); err != nil {
		return nil, err
	}
	return And{where, rest}, nil
}

func (f *filterReading) has(resourceType string, step *filterStep, n *filterNode) (Expr, error) {
	p, err := f.from(step.at).referrer(resourceType, step.has, step.name)
	if err != nil {
		return nil, err
	}
	where, err := f.below(p.Resource, step, n)
	return Has{Param: p, Where: where}, err
}
