package terminology

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// selected are the codes of a system that a component names: those listed, those that pass its filters, or all.
func (r *run) selected(ctx context.Context, c *component, activeOnly bool) (codes, error) {
	l := lookup{resourceType: codeSystemType, url: c.system, version: c.version}
	if c.listed {
		return r.listed(ctx, l, c, activeOnly)
	}
	d, err := r.need(ctx, l)
	if err != nil {
		return nil, err
	}
	if err := d.complete(); err != nil {
		return nil, err
	}
	var tests []func(int32) bool
	for _, f := range c.filters {
		test, err := d.filter(f)
		if err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	out := codes{}
	for i := range d.codeSystem.concepts {
		concept := &d.codeSystem.concepts[i]
		fails := func(test func(int32) bool) bool { return !test(int32(i)) }
		if activeOnly && concept.inactive || slices.ContainsFunc(tests, fails) {
			continue
		}
		out[fhir.Code{System: c.system, Code: concept.code}] = struct{}{}
	}
	return out, nil
}

// listed are the codes listed, less those that their system, where it is here as a whole, does not have. A system need not be here for
// its codes to be listed.
func (r *run) listed(ctx context.Context, l lookup, c *component, activeOnly bool) (codes, error) {
	d, err := r.find(ctx, l)
	if err != nil {
		return nil, err
	}
	out := codes{}
	for _, code := range c.codes {
		if d != nil {
			i, there := d.codeSystem.index[code]
			if !there && d.codeSystem.content == "complete" || there && activeOnly && d.codeSystem.concepts[i].inactive {
				continue
			}
		}
		if code != "" {
			out[fhir.Code{System: c.system, Code: code}] = struct{}{}
		}
	}
	return out, nil
}

// filter gives the test of a filter (FHIR R4, filter-operator; child-of and descendent-leaf are of R5).
func (d *definition) filter(f filter) (func(int32) bool, error) {
	s := d.codeSystem
	if f.value == "" {
		return nil, fault.New(fault.BadUserInput, "the filter %s %s has no value", f.property, f.op)
	}
	if !s.knows(f.property) {
		return nil, fault.New(fault.BadUserInput, "the code system %s has no property %s to filter by", d, f.property)
	}
	switch f.op {
	case "=":
		return s.some(f.property, func(v string) bool { return v == f.value }), nil
	case "in", "not-in":
		return s.in(f), nil
	case "exists":
		want := f.value == "true"
		return func(i int32) bool { return len(s.values(&s.concepts[i], f.property)) > 0 == want }, nil
	case "regex":
		return d.regex(f)
	}
	return d.hierarchy(f)
}

// some gives the test that a value of a property passes.
func (s *codeSystem) some(name string, test func(string) bool) func(int32) bool {
	return func(i int32) bool { return slices.ContainsFunc(s.values(&s.concepts[i], name), test) }
}

// in compares with a list; what has no value of the property is not in it.
func (s *codeSystem) in(f filter) func(int32) bool {
	var list []string
	for _, v := range strings.Split(f.value, ",") {
		list = append(list, strings.TrimSpace(v))
	}
	is := s.some(f.property, func(v string) bool { return slices.Contains(list, v) })
	if f.op == "in" {
		return is
	}
	return func(i int32) bool { return !is(i) }
}

// maxRegex bounds the text of a regular expression. They run in linear time.
const maxRegex = 1000

func (d *definition) regex(f filter) (func(int32) bool, error) {
	if len(f.value) > maxRegex {
		return nil, fault.New(fault.TooCostly, "the filter %s regex has an expression of more than %d characters", f.property, maxRegex)
	}
	expression, err := regexp.Compile(`^(?:` + f.value + `)$`)
	if err != nil {
		return nil, fault.New(fault.Unsupported, "the filter %s regex has an expression that is not understood", f.property)
	}
	return d.codeSystem.some(f.property, expression.MatchString), nil
}

// hierarchy gives the test of a filter over the hierarchy, which must mean is-a or a classification.
func (d *definition) hierarchy(f filter) (func(int32) bool, error) {
	s := d.codeSystem
	known := []string{"is-a", "descendent-of", "is-not-a", "generalizes", "child-of", "descendent-leaf"}
	switch {
	case !slices.Contains(known, f.op):
		return nil, fault.New(fault.Unsupported, "the filter operator %s is not known", f.op)
	case f.property != "concept" && f.property != "code":
		return nil, fault.New(fault.BadUserInput, "the filter operator %s is about the property concept, not %s", f.op, f.property)
	case s.meaning == "grouped-by" || s.meaning == "part-of":
		return nil, fault.New(fault.Unsupported, "the hierarchy of the code system %s is %s, so that %s cannot be told", d, s.meaning, f.op)
	}
	start, there := s.index[f.value]
	if !there {
		return nil, fault.New(fault.BadUserInput, "the code system %s has no code %s to filter by", d, f.value)
	}
	switch f.op {
	case "generalizes":
		above := s.closure(start, up)
		return func(i int32) bool { return above[i] }, nil
	case "child-of":
		return func(i int32) bool { return slices.Contains(s.concepts[start].children, i) }, nil
	}
	below := s.closure(start, down)
	return func(i int32) bool {
		switch f.op {
		case "is-a":
			return below[i]
		case "is-not-a":
			return !below[i]
		case "descendent-leaf":
			return below[i] && i != start && len(s.concepts[i].children) == 0
		default:
			return below[i] && i != start
		}
	}, nil
}
