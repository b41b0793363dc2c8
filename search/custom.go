package search

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// Custom is a search parameter that a SearchParameter resource defines, beside those of FHIR's own definitions.
type Custom struct {
	// ID is the id of the resource: of two that define one code for a type, the lower one has it.
	ID string
	fhir.SearchParameter
}

// CustomError says why a custom parameter is not in effect on a type.
type CustomError struct {
	// ID is that of the resource, Type the resource type that has no such parameter.
	ID, Type string
	// Path is the element at fault, below the resource: "expression", "component[1].definition".
	Path, Message string
}

// Error names the parameter, the type and what is wrong.
func (e *CustomError) Error() string {
	return fmt.Sprintf("SearchParameter/%s on %s: %s: %s", e.ID, e.Type, e.Path, e.Message)
}

// With gives the parameters of FHIR's own definitions with these beside them, and none that an earlier With added. Parameters that are
// in both have the same pointers if they are FHIR's own. What cannot be had is left out, and a *CustomError says so for each resource
// and type. Equal customs give equal parameters, whatever their order.
func (ps *Parameters) With(customs []Custom) (*Parameters, []error) {
	base := ps.standard()
	customs = slices.SortedFunc(slices.Values(customs), func(a, b Custom) int { return cmp.Compare(a.ID, b.ID) })
	out := &Parameters{defs: base.defs, types: maps.Clone(base.types), base: base, customs: customs}
	c := customCompiler{compiler: compiler{defs: base.defs, parsed: map[string]*node{}}, out: out, urls: urlsOf(customs)}
	for _, composite := range []bool{false, true} {
		for i := range customs {
			if (ParamTypeOf(customs[i].Type) == Composite) == composite {
				c.add(&customs[i])
			}
		}
	}
	for name, t := range out.types {
		if t != base.types[name] {
			t.order()
		}
	}
	return out, c.errs
}

// standard are the parameters of FHIR's own definitions.
func (ps *Parameters) standard() *Parameters {
	if ps.base != nil {
		return ps.base
	}
	return ps
}

// Customs are the custom parameters that were given to With, by id. The caller must not change the slice.
func (ps *Parameters) Customs() []Custom { return ps.customs }

// CustomParams are the custom parameters in effect, by resource type and code.
func (ps *Parameters) CustomParams() []*Param {
	if ps.base == nil {
		return nil
	}
	var out []*Param
	for _, name := range ps.defs.Resources() {
		if t := ps.types[name]; t != ps.base.types[name] {
			for _, p := range t.params {
				if ps.base.Param(name, p.Code) == nil {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// IsCustom says whether a parameter is none of FHIR's own: other Parameters may have another definition of it, or none.
func (ps *Parameters) IsCustom(p *Param) bool {
	return ps.standard().Param(p.Resource, strings.TrimSuffix(p.Code, canonicalSuffix)) == nil
}

// urlsOf are the customs by their canonicals; of two with one, the lower id has it.
func urlsOf(customs []Custom) map[string]*Custom {
	out := make(map[string]*Custom, len(customs))
	for i := range customs {
		if out[customs[i].URL] == nil {
			out[customs[i].URL] = &customs[i]
		}
	}
	return out
}

// customCompiler adds custom parameters to the types of out.
type customCompiler struct {
	compiler
	out  *Parameters
	urls map[string]*Custom
	// only compiles and adds nothing.
	only bool
}

// problem is something wrong with an element of a definition.
type problem struct{ path, message string }

func problemAt(path string, err error) []problem { return []problem{{path, err.Error()}} }

// add adds a parameter to each type of its base. A resource that repeats one of FHIR's own definitions adds nothing.
func (c *customCompiler) add(custom *Custom) {
	if sp := c.defs.SearchParameterByURL(custom.URL); sp != nil && sp.Code == custom.Code {
		return
	}
	for _, name := range concrete(c.defs, custom.Base) {
		cp, problems := c.compile(name, custom)
		for _, p := range problems {
			c.errs = append(c.errs, &CustomError{ID: custom.ID, Type: name, Path: p.path, Message: p.message})
		}
		if len(problems) == 0 && !c.only {
			c.own(name).insert(cp)
		}
	}
}

// own gives a type's parameters, in memory that is not shared with the base.
func (c *customCompiler) own(name string) *typeParameters {
	t := c.out.types[name]
	if shared := c.out.base.types[name]; t == shared {
		t = &typeParameters{
			params: slices.Clone(t.params), compiled: slices.Clone(t.compiled), byCode: maps.Clone(t.byCode), chronological: t.chronological,
		}
		c.out.types[name] = t
	}
	return t
}

func (t *typeParameters) insert(cp compiledParam) {
	canonicalOf(cp.param)
	t.add(cp.param)
	t.compiled = append(t.compiled, cp)
}

func (t *typeParameters) order() {
	slices.SortFunc(t.params, func(a, b *Param) int { return strings.Compare(a.Code, b.Code) })
	slices.SortFunc(t.compiled, func(a, b compiledParam) int { return strings.Compare(a.param.Code, b.param.Code) })
}

// compile makes a parameter for one resource type, or says everything that is wrong with it there.
func (c *customCompiler) compile(name string, custom *Custom) (compiledParam, []problem) {
	sp := &custom.SearchParameter
	kind := ParamTypeOf(sp.Type)
	cp := compiledParam{param: &Param{
		Resource: name, Code: sp.Code, Type: kind, Targets: sp.Targets, Description: sp.Description, Epoch: epoch(sp.Expression, kind),
	}}
	if len(sp.Expression) > maxExpression {
		return cp, problemAt("expression", errLongExpression())
	}
	if kind == 0 || kind == Special {
		return cp, problemAt("type", fmt.Errorf("parameters of type %s are not supported", sp.Type))
	}
	var problems []problem
	if c.out.types[name].byCode[sp.Code] != nil {
		problems = problemAt("code", fmt.Errorf("the code is taken: there is such a parameter already"))
	}
	b := binder{defs: c.defs, root: c.defs.Type(name)}
	var err error
	if cp.program, err = c.program(b, sp.Expression, []path{{typ: b.root}}); err != nil {
		return cp, append(problems, problemAt("expression", err)...)
	}
	if kind == Composite {
		return cp, append(problems, c.components(b, sp, &cp)...)
	}
	if err := c.yields(cp.program, kind); err != nil {
		problems = append(problems, problemAt("expression", err)...)
	}
	if kind == Reference && len(sp.Targets) == 0 {
		cp.param.Targets = cp.program.targets(c.defs)
	}
	return cp, problems
}

// maxExpression bounds an expression in bytes: it is compiled for each type. The longest of FHIR's own has two thousand.
const maxExpression = 8192

func errLongExpression() error { return fmt.Errorf("it is longer than %d bytes", maxExpression) }

// maxComponents is how many parts a composite may have: what a store has a row for.
const maxComponents = 3

// components compiles the parts of a composite.
func (c *customCompiler) components(b binder, sp *fhir.SearchParameter, cp *compiledParam) (problems []problem) {
	if n := len(sp.Components); n < 2 || n > maxComponents {
		if problems = problemAt("component", fmt.Errorf("a composite has two or three components")); n > maxComponents {
			return problems
		}
	}
	context := beginnings(cp.program.paths)
	for i, component := range sp.Components {
		at := fmt.Sprintf("component[%d].", i)
		part, err := c.partOf(cp.param.Resource, component)
		if err != nil {
			problems = append(problems, problemAt(at+"definition", err)...)
			continue
		}
		if len(component.Expression) > maxExpression {
			problems = append(problems, problemAt(at+"expression", errLongExpression())...)
			continue
		}
		prog, err := c.program(b, component.Expression, context)
		if err == nil {
			err = c.yields(prog, part.Type)
		}
		if err != nil {
			problems = append(problems, problemAt(at+"expression", err)...)
			continue
		}
		cp.param.Parts, cp.parts = append(cp.param.Parts, part), append(cp.parts, prog)
		cp.param.Epoch = mix(cp.param.Epoch ^ epoch(component.Expression, part.Type))
	}
	return problems
}

// partOf resolves the definition of a component: a parameter of the type, else one that only says what the part is.
func (c *customCompiler) partOf(name string, component fhir.Component) (*Param, error) {
	url, _, _ := strings.Cut(component.Definition, "|")
	sp := c.defs.SearchParameterByURL(url)
	if custom := c.urls[url]; custom != nil && sp == nil {
		sp = &custom.SearchParameter
	}
	if sp == nil {
		return nil, fmt.Errorf("it names no parameter that is known here; create that one first")
	}
	kind := ParamTypeOf(sp.Type)
	if kind == 0 || kind == Composite || kind == Special {
		return nil, fmt.Errorf("it names a parameter of type %s, which a component cannot be", sp.Type)
	}
	if p := c.out.types[name].byCode[sp.Code]; p != nil && p.Type == kind {
		return p, nil
	}
	return &Param{Resource: name, Code: sp.Code, Type: kind, Targets: sp.Targets, Epoch: epoch(sp.Expression, kind)}, nil
}

// concrete are the resource types that a base names, each once, sorted; what is no type is left out.
func concrete(defs *fhir.Definitions, base []string) []string {
	var out []string
	for _, name := range base {
		switch {
		case defs.IsResource(name):
			out = append(out, name)
		case name == "Resource" || name == "DomainResource":
			for _, r := range defs.Resources() {
				if defs.Is(r, name) {
					out = append(out, r)
				}
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}
