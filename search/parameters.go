package search

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// IndexerVersion counts the changes to how index values are made: it is part of every parameter's epoch, so that a change
// makes stores index anew.
const IndexerVersion = 1

// Parameters are all search parameters of a version of FHIR, resolved and compiled. They are immutable and safe for
// concurrent use.
type Parameters struct {
	defs  *fhir.Definitions
	types map[string]*typeParameters
	// base are those without the customs; nil where there are none.
	base    *Parameters
	customs []Custom
}

// typeParameters are those of one resource type, both slices sorted by code.
type typeParameters struct {
	params        []*Param
	compiled      []compiledParam
	byCode        map[string]*Param
	chronological *Param
}

// compiledParam is a parameter with the program that finds its values; parts are evaluated on each of them.
type compiledParam struct {
	param   *Param
	program program
	parts   []program
}

// NewParameters compiles the search parameters of the definitions. A parameter that cannot be compiled is left out, and an
// error names it and the type; the others are usable.
func NewParameters(defs *fhir.Definitions) (*Parameters, []error) {
	ps := &Parameters{defs: defs, types: make(map[string]*typeParameters, len(defs.Resources()))}
	c := compiler{defs: defs, parsed: map[string]*node{}}
	for _, name := range defs.Resources() {
		ps.types[name] = c.resource(name)
	}
	return ps, c.errs
}

// Param gives the parameter with a code on a resource type; nil if there is none.
func (ps *Parameters) Param(resourceType, code string) *Param {
	if t := ps.types[resourceType]; t != nil {
		return t.byCode[code]
	}
	return nil
}

// Of gives the parameters of a resource type sorted by code, those that all types have and the special ones included. The
// caller must not change the slice.
func (ps *Parameters) Of(resourceType string) []*Param {
	if t := ps.types[resourceType]; t != nil {
		return t.params
	}
	return nil
}

// Definitions are those that the parameters were made from.
func (ps *Parameters) Definitions() *fhir.Definitions { return ps.defs }

// compiler makes the parameters of all types and collects what is wrong with them.
type compiler struct {
	defs   *fhir.Definitions
	parsed map[string]*node
	errs   []error
}

// specialCodes are the parameters that are no index values, whatever type their definition gives them.
var specialCodes = [...]string{"_content", "_filter", "_has", "_list", "_query", "_text", "_type"}

func (c *compiler) resource(name string) *typeParameters {
	definitions := c.defs.SearchParameters(name)
	t := &typeParameters{byCode: make(map[string]*Param, len(definitions)+len(specialCodes))}
	compiled := make(map[*Param]compiledParam, len(definitions))
	urls := make(map[string]*Param, len(definitions))
	b := binder{defs: c.defs, root: c.defs.Type(name)}
	for _, sp := range definitions {
		p := c.param(name, sp)
		if p == nil || t.byCode[p.Code] != nil {
			continue
		}
		cp := compiledParam{param: p}
		if p.Type != Special || sp.Expression != "" {
			var err error
			if cp.program, err = c.program(b, sp.Expression, []path{{typ: b.root}}); err != nil {
				c.fail(name, sp, err)
				continue
			}
		}
		compiled[p], urls[sp.URL] = cp, p
		t.add(p)
	}
	for _, code := range specialCodes {
		if t.byCode[code] == nil {
			t.add(&Param{Resource: name, Code: code, Type: Special, Epoch: epoch("", Special)})
		}
	}
	c.composites(b, definitions, t, compiled, urls)
	for _, p := range t.params {
		canonicalOf(p)
	}
	slices.SortFunc(t.params, func(a, b *Param) int { return strings.Compare(a.Code, b.Code) })
	for _, p := range t.params {
		if cp, ok := compiled[p]; ok && indexed(p) {
			t.compiled = append(t.compiled, cp)
		}
	}
	t.chronological = chronological(t.params)
	return t
}

func (t *typeParameters) add(p *Param) {
	t.params = append(t.params, p)
	t.byCode[p.Code] = p
}

// indexed says whether a parameter has index values: those of _id and _lastUpdated are columns of their own.
func indexed(p *Param) bool {
	return p.Type != Special && p.Code != ParamID && p.Code != ParamLastUpdated
}

func (c *compiler) fail(resourceType string, sp *fhir.SearchParameter, err error) {
	c.errs = append(c.errs, fmt.Errorf("search parameter %s (%s.%s): %w", sp.URL, resourceType, sp.Code, err))
}

func (c *compiler) param(resourceType string, sp *fhir.SearchParameter) *Param {
	p := &Param{
		Resource: resourceType, Code: sp.Code, Type: ParamTypeOf(sp.Type), Targets: sp.Targets, Description: sp.DescriptionFor(resourceType),
	}
	if slices.Contains(specialCodes[:], sp.Code) {
		p.Type = Special
	}
	if p.Type == 0 {
		c.fail(resourceType, sp, fmt.Errorf("the type %s is unknown", sp.Type))
		return nil
	}
	p.Epoch = epoch(sp.Expression, p.Type)
	return p
}

// program parses an expression, once for all types, and compiles it for a context.
func (c *compiler) program(b binder, expression string, context []path) (program, error) {
	n := c.parsed[expression]
	if n == nil {
		var err error
		if n, err = parsePath(expression); err != nil {
			return program{}, err
		}
		c.parsed[expression] = n
	}
	b.made = new(int)
	p, err := b.program(n, context)
	if err == nil && p.test == nil && len(p.paths) == 0 {
		err = fmt.Errorf("the expression leads nowhere")
	}
	return p, err
}

// composites compiles the parts of the composites, once all other parameters are there.
func (c *compiler) composites(b binder, definitions []*fhir.SearchParameter, t *typeParameters, compiled map[*Param]compiledParam, urls map[string]*Param) {
	for _, sp := range definitions {
		p := urls[sp.URL]
		if p == nil || p.Type != Composite {
			continue
		}
		cp := compiled[p]
		if err := c.parts(b, sp, &cp, urls); err != nil {
			c.fail(p.Resource, sp, err)
			t.params = slices.DeleteFunc(t.params, func(q *Param) bool { return q == p })
			delete(t.byCode, p.Code)
			continue
		}
		compiled[p] = cp
	}
}

// parts compiles the components of one composite. R4's DocumentReference.relationship has the expressions of its two
// components exchanged: where each suits only the other's type, they are put right.
func (c *compiler) parts(b binder, sp *fhir.SearchParameter, cp *compiledParam, urls map[string]*Param) error {
	context := beginnings(cp.program.paths)
	for _, component := range sp.Components {
		part, err := c.part(cp.param.Resource, component, urls)
		if err != nil {
			return err
		}
		prog, err := c.program(b, component.Expression, context)
		if err != nil {
			return err
		}
		cp.param.Parts = append(cp.param.Parts, part)
		cp.parts = append(cp.parts, prog)
		cp.param.Epoch = mix(cp.param.Epoch ^ epoch(component.Expression, part.Type))
	}
	if len(cp.parts) == 0 {
		return fmt.Errorf("the composite has no components")
	}
	if ps, types := cp.parts, cp.param.Parts; len(ps) == 2 && !ps[0].suits(types[0].Type) && !ps[1].suits(types[1].Type) &&
		ps[0].suits(types[1].Type) && ps[1].suits(types[0].Type) {
		ps[0], ps[1] = ps[1], ps[0]
	}
	return nil
}

// suits says whether any of the values that the program finds could be a value of a parameter type.
func (p program) suits(t ParamType) bool {
	return p.test != nil && t == Token || slices.ContainsFunc(p.paths, func(way path) bool {
		name := way.typ.Name
		switch t {
		case Reference:
			return name == "Reference" || name == "canonical" || name == "uri" || name == "Resource"
		case Token:
			return name != "Reference" && name != "Quantity" && name != "Range"
		}
		return true
	})
}

// part gives the parameter that a component is: the one of this type with that definition, else one made of the definition.
func (c *compiler) part(resourceType string, component fhir.Component, urls map[string]*Param) (*Param, error) {
	if p := urls[component.Definition]; p != nil {
		return p, nil
	}
	sp := c.defs.SearchParameterByURL(component.Definition)
	if sp == nil {
		return nil, fmt.Errorf("the component %s is unknown", component.Definition)
	}
	return c.param(resourceType, sp), nil
}

// beginnings are the contexts of a composite's parts: each type that its expression leads to, once.
func beginnings(paths []path) []path {
	var out []path
	for _, p := range paths {
		if !slices.ContainsFunc(out, func(q path) bool { return q.typ == p.typ }) {
			out = append(out, path{typ: p.typ, element: p.element, targets: p.targets})
		}
	}
	return out
}

// epoch is a hash of what decides the index values of a parameter.
func epoch(expression string, t ParamType) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strconv.Itoa(IndexerVersion) + "\x00" + t.String() + "\x00" + expression))
	return h.Sum64()
}
