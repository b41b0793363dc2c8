package fhir

// Kind says what a Type is.
type Kind uint8

// The kinds of type in the definitions.
const (
	KindPrimitive Kind = iota // string, dateTime, …; a JSON scalar with an optional `_name` sibling
	KindComplex               // HumanName, Coding, Extension, …
	KindBackbone              // Patient.contact, …: a type that exists at one place only
	KindResource              // Patient, …
	KindAbstract              // Resource, DomainResource, Element, BackboneElement
)

// Definitions is one version of FHIR as data: types, elements, bindings and
// search parameters. It is immutable after loading and safe for concurrent use.
type Definitions struct {
	// Version is the FHIR version, "4.0.1".
	Version string

	types      map[string]*Type
	resources  []string
	parameters map[string][]*SearchParameter
	byURL      map[string]*SearchParameter
	valueSets  map[string]*ValueSet
	systems    map[string]string // of value sets that are not enumerated
}

// Type is a FHIR type.
type Type struct {
	// Name is the FHIR name; for a backbone type the path of its element, "Patient.contact".
	Name string
	Kind Kind
	// Base is the type it specialises, "" at the root.
	Base        string
	Description string
	// Elements are all elements of the type, inherited ones included, in the order of the definition.
	Elements []*Element
	// Pattern is the regular expression that the definition gives for a primitive's value; "" elsewhere.
	Pattern string

	parent   *Type
	fields   []Field
	byJSON   map[string]int // index in fields
	required elementSet
	format   format // of a primitive
}

// Element is one element of a Type.
type Element struct {
	// Name is the element's name without "[x]": "value" for Observation.value[x].
	Name string
	// Types are its possible types; more than one, or Choice, for a choice element. A backbone element has
	// one, named by its path. For a contentReference it is the path referred to ("Questionnaire.item").
	Types []TypeRef
	// Choice is true for a choice ("[x]") element: its JSON names are Name + upper-cased type name.
	Choice bool
	Min    int
	// Max is the greatest number of repetitions; Unbounded when there is none. A list in JSON unless 1.
	Max int
	// Binding is nil where there is none. Only required bindings are enforced.
	Binding     *Binding
	Description string
	// Summary says that the element is shown in summaries (R4, 3.1.1.5.8).
	Summary bool

	set *ValueSet // of a required binding, if it is enumerated
}

// Unbounded is the Max of an element that repeats without limit.
const Unbounded = int(^uint(0) >> 1)

// List says whether the element is a list in JSON and GraphQL.
func (e *Element) List() bool { return e.Max > 1 }

// TypeRef is a type as an element uses it.
type TypeRef struct {
	Name string
	// Targets are the resource types that a Reference or canonical may point at; empty means any.
	Targets []string
}

// Binding ties a coded element to a value set.
type Binding struct {
	Strength string // required, extensible, preferred, example
	ValueSet string // canonical URL without version
}

// ValueSet is an enumerable value set that a required binding names.
type ValueSet struct {
	URL string
	// Codes are all its codes with their systems, in the order of the definition. Only value sets that can be
	// enumerated from the base definitions are held; the others are not checked.
	Codes []Code

	index map[string]int // of the first Code with that code
}

// Code is a code of a code system.
type Code struct{ System, Code string }

// Field is one JSON member that an object of a Type may have.
type Field struct {
	// JSON is the member's name without a leading underscore: "birthDate", "valueQuantity".
	JSON    string
	Element *Element
	Type    TypeRef

	typ     *Type
	element int // index in Type.Elements of the owner
}

// Definition is the type of the member's values: that of Type.Name.
func (f Field) Definition() *Type { return f.typ }

// SearchParameter is a search parameter of the base specification or a custom one.
type SearchParameter struct {
	// Code is its name in a URL, "value-quantity"; URL its canonical.
	Code, URL string
	// Type is number, date, string, token, reference, composite, quantity, uri or special.
	Type string
	// Base are the resource types it applies to ("Resource" and "DomainResource" are expanded to concrete types
	// by Definitions.SearchParameters but kept here as written).
	Base []string
	// Expression is the FHIRPath expression, as published; empty for special parameters such as _text.
	Expression string
	// Targets are the types that a reference parameter may point at.
	Targets     []string
	Components  []Component
	Description string
}

// Component is one part of a composite search parameter.
type Component struct {
	// Definition is the canonical of the part's parameter; Expression is relative to the composite's node.
	Definition, Expression string
}
