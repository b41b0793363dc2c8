package projection

import (
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"
)

// Kind says where a field's value comes from.
type Kind uint8

const (
	// Scalar copies a string, number or boolean as it is written in the source.
	Scalar Kind = iota
	// Object projects an object by Field.Sub.
	Object
	// Raw copies any JSON value as it is written, inner whitespace included.
	Raw
	// Constant writes Field.Value, whatever the source holds.
	Constant
	// Hole writes the key only; the value is spliced in later by [Stitch].
	Hole
)

// Type narrows what a Scalar accepts. A value of another type becomes null and a [Fault].
type Type uint8

const (
	// AnyScalar accepts strings, numbers and booleans.
	AnyScalar Type = iota
	// String accepts JSON strings: GraphQL's String and ID, and every FHIR primitive that JSON writes as a string.
	String
	// Number accepts JSON numbers with any digits, which are kept.
	Number
	// Integer accepts JSON numbers that are a GraphQL Int: 32 bits, no fraction, no exponent.
	Integer
	// Boolean accepts true and false.
	Boolean
)

// Field is one selected field: a response key and how its value is had from the source object.
type Field struct {
	// Key is the response key (alias or name), unique in its selection.
	Key string
	// Name is the JSON member that is read: "name", "valueQuantity", "_birthDate". Scalar, Object and Raw need one. A Hole
	// may have one: its place then also carries where that member's value is. Several fields may read the same member.
	Name string
	Kind Kind
	// List says that the schema's type is a list (of Scalar or Object). Nulls in lists stay.
	List bool
	// Type narrows a Scalar.
	Type Type
	// Sub is the selection of an Object.
	Sub *Plan
	// Value is a Constant's JSON text.
	Value string
	// Hole is the number of a Hole, chosen by the caller and handed back in [Place].
	Hole int
	// Pick is 1 + the index in Run.Picks of the pick of a list of Objects; 0 is none: all its elements are in the answer. Fields
	// of one member with different picks are scanned on their own.
	Pick int
}

// Selection is what [Compile] makes a [Plan] of.
type Selection struct {
	// Fields are in response order.
	Fields []Field
	// ByType makes the selection polymorphic: an object whose resourceType is a key here is projected by that plan instead of
	// Fields, which serve all others (the common fields of the interface). The plans in it are not polymorphic themselves.
	ByType map[string]*Plan
}

// Plan is a compiled selection. It never changes and may be used by any number of goroutines.
type Plan struct {
	fields   []field
	slots    []slot
	names    names
	byType   map[string]int32 // to 1 + an index in variants
	variants []*Plan
}

// field is a Field compiled for writing.
type field struct {
	head  string // `,"key":`
	value string
	sub   *Plan
	hole  int
	slot  int32 // of the block on the tape; -1 for none
	pick  int32
	kind  Kind
	typ   Type
	list  bool
}

// slot is one reading of a member: fields that read the same member in the same way share it.
type slot struct {
	sub  *Plan
	kind Kind
	typ  Type
	list bool
	pick int32
}

// Compile checks a selection and compiles it. It fails on a mistake of the caller only: a key twice, a key that is no GraphQL
// name, an Object without Sub, a Constant that is not JSON, and the like.
func Compile(s Selection) (*Plan, error) {
	p := &Plan{fields: make([]field, 0, len(s.Fields))}
	seen := make(map[string]bool, len(s.Fields))
	read := make(map[string][]slot)
	for _, f := range s.Fields {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("projection: field %q: %w", f.Key, err)
		}
		if seen[f.Key] {
			return nil, fmt.Errorf("projection: field %q: key occurs twice", f.Key)
		}
		seen[f.Key] = true
		if f.Name != "" && f.Kind != Constant {
			p.names.add(f.Name)
			read[f.Name] = withSlot(read[f.Name], f.slot())
		}
	}
	p.lay(read)
	for _, f := range s.Fields {
		p.fields = append(p.fields, p.compile(f, read))
	}
	if err := p.vary(s.ByType); err != nil {
		return nil, err
	}
	return p, nil
}

// lay numbers the slots so that those of one member lie side by side.
func (p *Plan) lay(read map[string][]slot) {
	for i := range p.names.list {
		n := &p.names.list[i]
		n.slot, n.slots = int32(len(p.slots)), int32(len(read[n.text]))
		p.slots = append(p.slots, read[n.text]...)
	}
	p.names.seal()
}

func (p *Plan) compile(f Field, read map[string][]slot) field {
	c := field{
		head: `,"` + f.Key + `":`, value: f.Value, sub: f.Sub, hole: f.Hole,
		slot: -1, pick: int32(f.Pick), kind: f.Kind, typ: f.Type, list: f.List,
	}
	if f.Name == "" || f.Kind == Constant {
		return c
	}
	for i, s := range read[f.Name] {
		if s == f.slot() {
			c.slot = p.names.find([]byte(f.Name)).slot + int32(i)
		}
	}
	return c
}

func (p *Plan) vary(byType map[string]*Plan) error {
	if byType == nil {
		return nil
	}
	p.byType = make(map[string]int32, len(byType))
	for name, variant := range byType {
		if variant == nil || variant.byType != nil {
			return fmt.Errorf("projection: type %q: its plan is missing or polymorphic itself", name)
		}
		p.variants = append(p.variants, variant)
		p.byType[name] = int32(len(p.variants))
	}
	return nil
}

func (f Field) slot() slot {
	if f.Kind == Hole {
		return slot{kind: Raw}
	}
	return slot{sub: f.Sub, kind: f.Kind, typ: f.Type, list: f.List, pick: int32(f.Pick)}
}

func withSlot(slots []slot, s slot) []slot {
	for _, have := range slots {
		if have == s {
			return slots
		}
	}
	return append(slots, s)
}

func (f Field) check() error {
	switch {
	case !plainKey(f.Key):
		return fmt.Errorf("key is empty or needs escapes in JSON")
	case f.Kind > Hole || f.Type > Boolean:
		return fmt.Errorf("unknown kind or type")
	case f.Name == "" && (f.Kind == Scalar || f.Kind == Object || f.Kind == Raw):
		return fmt.Errorf("no member to read")
	case f.Name != "" && !plainKey(f.Name):
		return fmt.Errorf("member name needs escapes in JSON")
	case (f.Kind == Object) != (f.Sub != nil):
		return fmt.Errorf("an Object, and nothing else, has a Sub")
	case f.Kind == Constant && !json.Valid([]byte(f.Value)):
		return fmt.Errorf("constant is not JSON")
	case f.Type != AnyScalar && f.Kind != Scalar:
		return fmt.Errorf("only a Scalar has a Type")
	case f.List && f.Kind != Scalar && f.Kind != Object:
		return fmt.Errorf("only a Scalar or an Object can be a List")
	case f.Pick != 0 && (f.Kind != Object || !f.List || f.Pick < 0 || f.Pick > math.MaxInt32):
		return fmt.Errorf("only a list of Objects has a Pick, which is a number from 1")
	}
	return nil
}

func plainKey(key string) bool {
	for i := 0; i < len(key); i++ {
		if key[i] < ' ' || key[i] == '"' || key[i] == '\\' {
			return false
		}
	}
	return key != "" && utf8.ValidString(key)
}
