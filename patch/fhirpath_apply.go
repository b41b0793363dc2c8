package patch

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
)

// maxWork bounds the operations of a patch by the size of what they work on: each reads the resource anew.
const maxWork = 64 << 20

// Apply implements Patch.
func (p fhirpathPatch) Apply(resource []byte) ([]byte, error) {
	now, work := resource, 0
	for i, c := range p {
		if work += len(now); work > maxWork {
			return nil, fault.New(fault.TooCostly, "FHIRPath Patch, operation %d: the patch has too many operations for a resource of %d bytes", i, len(now))
		}
		root, err := plant(now)
		if err != nil {
			return nil, err
		}
		at, err := c.path.Locate(now)
		if err == nil {
			err = c.apply(root, at)
		}
		if err != nil {
			e := &fault.Error{Code: fault.Of(err), Err: err}
			if was, ok := err.(*fault.Error); ok {
				e = fault.New(was.Code, "FHIRPath Patch, operation %d (%s): %s", i, c.kind, was.Message)
			}
			return nil, e
		}
		if now, err = finish(resource, root); err != nil {
			return nil, err
		}
	}
	return now, nil
}

func bad(format string, args ...any) error { return fault.New(fault.BadUserInput, format, args...) }

func (c change) apply(root *tree, at []fhirpath.Location) error {
	if c.kind == "insert" || c.kind == "move" {
		return c.inList(root, at)
	}
	switch {
	case len(at) == 0 && c.kind == "delete":
		return nil
	case len(at) != 1:
		return bad("the path finds %d elements where one is wanted", len(at))
	case c.kind == "add":
		return c.add(root, at[0])
	case len(at[0].Steps) == 0:
		return bad("the resource itself cannot be changed so")
	}
	e, k, field, err := find(root, at[0])
	if err != nil {
		return err
	}
	primitive := isPrimitive(field.Definition())
	if c.kind == "delete" {
		e.slots = slices.Delete(e.slots, k, k+1)
		e.store(primitive)
		return nil
	}
	return c.replace(e, k, field)
}

// find is the element of a location, the position in it, and its definition.
func find(root *tree, at fhirpath.Location) (*element, int, fhir.Field, error) {
	object, typ := root, fhir.R4().Type(textOf(root.get("resourceType")))
	for i, s := range at.Steps {
		field, ok := fieldOf(typ, strings.TrimPrefix(s.Name, "_"))
		if !ok {
			return nil, 0, field, bad("%s is not an element that can be changed", s.Name)
		}
		if i == len(at.Steps)-1 {
			return elementOf(object, s.Name, s.Index >= 0, isPrimitive(field.Definition())), max(0, s.Index), field, nil
		}
		next := object.get(s.Name)
		if next.isList() {
			next = next.items[max(0, s.Index)]
		}
		object, typ = next, field.Definition()
		if named := textOf(object.get("resourceType")); named != "" {
			typ = fhir.R4().Type(named)
		}
	}
	return nil, 0, fhir.Field{}, bad("the resource itself cannot be changed so")
}

func textOf(t *tree) string {
	if t == nil || t.opened || len(t.raw) < 2 || t.raw[0] != '"' {
		return ""
	}
	return string(t.raw[1 : len(t.raw)-1])
}

// fieldOf is a member of a type; what stands beside a primitive is an Element.
func fieldOf(t *fhir.Type, name string) (fhir.Field, bool) {
	if t == nil {
		return fhir.Field{}, false
	}
	if isPrimitive(t) {
		t = fhir.R4().Type("Element")
	}
	return t.Field(name)
}

func isPrimitive(t *fhir.Type) bool { return t != nil && t.Kind == fhir.KindPrimitive }

// add appends to a list, or sets a single element that is not there.
func (c change) add(root *tree, at fhirpath.Location) error {
	object, done, err := container(root, at)
	if err != nil {
		return err
	}
	field, err := c.field(at.Type)
	if err != nil {
		return err
	}
	if err := vacant(object, at.Type, field); err != nil {
		return err
	}
	value, err := c.slot(field)
	if err != nil {
		return err
	}
	primitive := isPrimitive(field.Definition())
	e := elementOf(object, field.JSON, field.Element.List(), primitive)
	e.slots = append(e.slots, value)
	e.store(primitive)
	done()
	return nil
}

// container is the object at a location to which elements are added: beside a primitive it is made if need be, and done puts it there.
func container(root *tree, at fhirpath.Location) (inner *tree, done func(), err error) {
	if len(at.Steps) == 0 {
		return root, func() {}, nil
	}
	e, k, _, err := find(root, at)
	if err != nil {
		return nil, nil, err
	}
	if !isPrimitive(at.Type) {
		return e.slots[k].value, func() {}, nil
	}
	if e.slots[k].sibling == nil {
		e.slots[k].sibling = object()
	}
	return e.slots[k].sibling, func() { e.store(true) }, nil
}

// field is the element that an add names: for a choice the name is that of the element or of the member, and the value says the type.
func (c change) field(t *fhir.Type) (fhir.Field, error) {
	if f, ok := fieldOf(t, c.name); ok {
		return f, nil
	}
	if t != nil {
		if suffix, ok := strings.CutPrefix(valueName(c.value), "value"); ok {
			if f, ok := fieldOf(t, c.name+suffix); ok && f.Element.Choice {
				return f, nil
			}
		}
		return fhir.Field{}, bad("%s has no element %q of this type", t.Name, c.name)
	}
	return fhir.Field{}, bad("nothing can be added there")
}

// vacant refuses what would be there twice: a single element, and another type of a choice.
func vacant(object *tree, t *fhir.Type, field fhir.Field) error {
	if field.Element.List() {
		return nil
	}
	names := []string{field.JSON}
	if field.Element.Choice {
		for f := range t.Fields() {
			if f.Element == field.Element {
				names = append(names, f.JSON)
			}
		}
	}
	for _, name := range names {
		if object.get(name) != nil || object.get("_"+name) != nil {
			return bad("%s is there already: replace it", name)
		}
	}
	return nil
}

// replace sets an element; of a choice also its type.
func (c change) replace(e *element, k int, field fhir.Field) error {
	if field.Element.Choice {
		suffix := strings.TrimPrefix(valueName(c.value), "value")
		for _, t := range field.Element.Types {
			if suffix == strings.ToUpper(t.Name[:1])+t.Name[1:] && t.Name != field.Type.Name {
				return c.retype(e, field.Element, suffix)
			}
		}
	}
	value, err := c.slot(field)
	if err != nil {
		return err
	}
	e.slots[k] = value
	e.store(isPrimitive(field.Definition()))
	return nil
}

// retype gives a choice a value of another type, in its place.
func (c change) retype(e *element, of *fhir.Element, suffix string) error {
	name := of.Name + suffix
	field := fhir.Field{JSON: name, Element: of}
	for f := range fhir.R4().Type("Extension").Fields() {
		if f.JSON == "value"+suffix {
			field.Type = f.Type
		}
	}
	value, err := c.slot(field)
	if err != nil {
		return err
	}
	if e.object.get(e.name) != nil {
		e.object.rename(e.name, name)
	} else {
		e.object.rename("_"+e.name, "_"+name)
	}
	e.object.set(e.name, nil)
	e.object.set("_"+e.name, nil)
	e.name, e.slots = name, []slot{value}
	e.store(true)
	return nil
}

// inList inserts into a list, or moves within one: the path finds its elements.
func (c change) inList(root *tree, at []fhirpath.Location) error {
	if len(at) == 0 {
		return bad("the path finds no list; what is empty is filled by add")
	}
	e, _, field, err := find(root, at[0])
	if err != nil {
		return err
	}
	for k, l := range at {
		last := len(l.Steps) - 1
		if len(l.Steps) != len(at[0].Steps) || l.Steps[last].Index != k || l.Steps[last].Name != e.name || !slices.Equal(l.Steps[:last], at[0].Steps[:last]) {
			return bad("the path should find one list, whole")
		}
	}
	if len(at) != len(e.slots) {
		return bad("the path should find one list, whole")
	}
	if c.kind == "move" {
		if c.source >= len(e.slots) || c.dest >= len(e.slots) {
			return bad("the list has %d elements: source and destination are below that", len(e.slots))
		}
		moved := e.slots[c.source]
		e.slots = slices.Insert(slices.Delete(e.slots, c.source, c.source+1), c.dest, moved)
	} else {
		value, err := c.slot(field)
		if err != nil {
			return err
		}
		if c.index > len(e.slots) {
			return bad("the list has %d elements: the index is at most that", len(e.slots))
		}
		e.slots = slices.Insert(e.slots, c.index, value)
	}
	e.store(isPrimitive(field.Definition()))
	return nil
}
