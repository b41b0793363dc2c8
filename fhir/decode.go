package fhir

import (
	"fmt"
	"strconv"
	"strings"
)

// Decode reads the text form of the definitions, one fact a line, its fields separated by tabs:
//
//	F version
//	T kind name base pattern description             a type; its base stands before it
//	E name min..max types binding description s      an element that its type adds to its base, or changes; s: it is in summaries
//	X name                                           an element of the base that the type does not have
//	V url                                            a value set
//	S system · C code                                its codes, grouped by system
//	O url system                                     a value set that is not enumerated, and its only system
//	P code type base targets url expression description
//	D definition expression                          a component of the search parameter above
//
// Types are separated by "|", targets and bases by ",". The strings of the result share the text's memory. An
// error names the line.
func Decode(text string) (*Definitions, error) {
	r := reader{
		defs: &Definitions{
			types:     make(map[string]*Type, 1024),
			valueSets: make(map[string]*ValueSet, 256),
			systems:   map[string]string{},
			byURL:     make(map[string]*SearchParameter, 1536),
		},
		typeRefs: make(map[string][]TypeRef, 512),
		lists:    make(map[string][]string, 256),
		bindings: make(map[string]*Binding, 512),
	}
	for number := 1; text != ""; number++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if err := r.line(line); err != nil {
			return nil, fmt.Errorf("fhir: definitions, line %d: %w", number, err)
		}
	}
	if r.defs.Version == "" {
		return nil, fmt.Errorf("fhir: definitions name no version")
	}
	if err := r.finish(); err != nil {
		return nil, fmt.Errorf("fhir: definitions: %w", err)
	}
	return r.defs, nil
}

// reader holds what the lines read so far have opened, and what they share.
type reader struct {
	defs       *Definitions
	typ        *Type
	set        *ValueSet
	system     string
	parameters []*SearchParameter
	names      []string // of types, in the order of the text

	typeRefs map[string][]TypeRef
	lists    map[string][]string
	bindings map[string]*Binding
	elements []Element // a slab, so that thousands of elements are few allocations
	all      []*Element
}

func (r *reader) line(line string) error {
	var f [8]string
	n := 0
	for ; n < len(f); n++ {
		field, rest, more := strings.Cut(line, "\t")
		f[n] = field
		if !more {
			break
		}
		line = rest
	}
	switch f[0] {
	case "E":
		return r.element(f[1], f[2], f[3], f[4], f[5], f[6] == "s")
	case "C":
		return r.code(f[1])
	case "P":
		return r.parameter(f)
	case "D":
		return r.component(f[1], f[2])
	case "T":
		return r.newType(f[1], f[2], f[3], f[4], f[5])
	case "X":
		return r.without(f[1])
	case "V":
		r.set = &ValueSet{URL: f[1]}
		r.defs.valueSets[f[1]] = r.set
	case "S":
		r.system = f[1]
	case "O":
		r.defs.systems[f[1]] = f[2]
	case "F":
		r.defs.Version = f[1]
	case "#", "":
	default:
		return fmt.Errorf("it begins with an unknown word")
	}
	return nil
}

func (r *reader) newType(kind, name, base, pattern, description string) error {
	t := &Type{Name: name, Base: base, Pattern: pattern, Description: description}
	switch kind {
	case "primitive":
		t.Kind = KindPrimitive
	case "complex":
		t.Kind = KindComplex
	case "backbone":
		t.Kind = KindBackbone
	case "resource":
		t.Kind = KindResource
	case "abstract":
		t.Kind = KindAbstract
	default:
		return fmt.Errorf("%s is no kind of type", kind)
	}
	if base != "" {
		parent := r.defs.types[base]
		if parent == nil {
			return fmt.Errorf("the base %s of %s is unknown", base, name)
		}
		t.parent = parent
		t.Elements = append(make([]*Element, 0, len(parent.Elements)+12), parent.Elements...)
	}
	if r.defs.types[name] != nil {
		return fmt.Errorf("%s is there twice", name)
	}
	r.typ, r.defs.types[name] = t, t
	r.names = append(r.names, name)
	return nil
}

func (r *reader) element(name, cardinality, types, binding, description string, summary bool) error {
	if r.typ == nil {
		return fmt.Errorf("the element %s has no type", name)
	}
	if len(r.elements) == 0 {
		r.elements = make([]Element, 256)
	}
	e := &r.elements[0]
	r.elements = r.elements[1:]
	r.all = append(r.all, e)
	e.Name, e.Choice = strings.CutSuffix(name, "[x]")
	e.Types, e.Description, e.Summary = r.types(types), description, summary
	low, high, _ := strings.Cut(cardinality, "..")
	var err error
	if e.Min, err = strconv.Atoi(low); err != nil {
		return fmt.Errorf("%s has no least number", name)
	}
	if e.Max = Unbounded; high != "*" {
		if e.Max, err = strconv.Atoi(high); err != nil {
			return fmt.Errorf("%s has no greatest number", name)
		}
	}
	if e.Binding, err = r.binding(binding); err != nil {
		return err
	}
	for i, old := range r.typ.Elements {
		if old.Name == e.Name {
			r.typ.Elements[i] = e
			return nil
		}
	}
	r.typ.Elements = append(r.typ.Elements, e)
	return nil
}

func (r *reader) without(name string) error {
	if r.typ == nil {
		return fmt.Errorf("the element %s has no type", name)
	}
	for i, e := range r.typ.Elements {
		if e.Name == strings.TrimSuffix(name, "[x]") {
			r.typ.Elements = append(r.typ.Elements[:i], r.typ.Elements[i+1:]...)
			return nil
		}
	}
	return fmt.Errorf("%s has no element %s to leave out", r.typ.Name, name)
}

func (r *reader) types(s string) []TypeRef {
	if refs, ok := r.typeRefs[s]; ok {
		return refs
	}
	var refs []TypeRef
	for part := range strings.SplitSeq(s, "|") {
		name, targets, ok := strings.Cut(part, "(")
		ref := TypeRef{Name: name}
		if ok {
			ref.Targets = r.list(strings.TrimSuffix(targets, ")"))
		}
		refs = append(refs, ref)
	}
	r.typeRefs[s] = refs
	return refs
}

func (r *reader) list(s string) []string {
	if s == "" {
		return nil
	}
	list, ok := r.lists[s]
	if !ok {
		list = strings.Split(s, ",")
		r.lists[s] = list
	}
	return list
}

func (r *reader) binding(s string) (*Binding, error) {
	if s == "" {
		return nil, nil
	}
	b, ok := r.bindings[s]
	if !ok {
		strength, url, found := strings.Cut(s, " ")
		if !found {
			return nil, fmt.Errorf("a binding has no value set")
		}
		b = &Binding{Strength: strength, ValueSet: url}
		r.bindings[s] = b
	}
	return b, nil
}

func (r *reader) code(code string) error {
	if r.set == nil {
		return fmt.Errorf("a code has no value set")
	}
	r.set.Codes = append(r.set.Codes, Code{System: r.system, Code: code})
	return nil
}

func (r *reader) parameter(f [8]string) error {
	p := &SearchParameter{
		Code: f[1], Type: f[2], Base: r.list(f[3]), Targets: r.list(f[4]),
		URL: f[5], Expression: f[6], Description: f[7],
	}
	if r.defs.byURL[p.URL] != nil {
		return fmt.Errorf("the search parameter %s is there twice", p.URL)
	}
	r.parameters = append(r.parameters, p)
	r.defs.byURL[p.URL] = p
	return nil
}

func (r *reader) component(definition, expression string) error {
	if len(r.parameters) == 0 {
		return fmt.Errorf("a component has no search parameter")
	}
	p := r.parameters[len(r.parameters)-1]
	p.Components = append(p.Components, Component{Definition: definition, Expression: expression})
	return nil
}
