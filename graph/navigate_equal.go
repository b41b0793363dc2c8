package graph

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// equal is what a primitive of an element must be: of the dialect's arguments by the members of the elements. Texts are equal to the
// byte. A boolean is true or false. Numbers are equal when their values are, whatever their digits: 1.50 is 1.5. Of a list any may be.
type equal struct {
	name   string
	text   string
	number fhir.Decimal
	kind   fastjson.Type // of the JSON value
}

// equals reads the arguments of a field that are members of its elements.
func (k *asker) equals(args arguments, t *fhir.Type) (out []equal, err error) {
	for _, arg := range args.field.Arguments {
		if navigates(arg.Name) || !args.has(arg.Name) {
			continue
		}
		scalar := "String"
		if f, ok := t.Field(arg.Name); ok {
			scalar = scalarOf(k.schema.defs, f.Type.Name)
		}
		e, err := newEqual(arg.Name, args.text(arg.Name), scalar)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func newEqual(name, text, scalar string) (equal, error) {
	e := equal{name: name, text: text, kind: fastjson.TypeString}
	switch scalar {
	case "Boolean":
		switch text {
		case "true":
			e.kind = fastjson.TypeTrue
		case "false":
			e.kind = fastjson.TypeFalse
		default:
			return e, fault.New(fault.BadUserInput, "%s is true or false", name)
		}
	case "Int", typeDecimal:
		n, err := fhir.ParseDecimal(text)
		if err != nil {
			return e, fault.New(fault.BadUserInput, "%s is a number", name)
		}
		e.kind, e.number = fastjson.TypeNumber, n
	}
	return e, nil
}

// of says whether the member of an element is, or has, what is wanted.
func (e *equal) of(element *fastjson.Value) bool {
	v := element.Get(e.name)
	if v == nil || v.Type() != fastjson.TypeArray {
		return e.is(v)
	}
	for _, one := range v.GetArray() {
		if e.is(one) {
			return true
		}
	}
	return false
}

func (e *equal) is(v *fastjson.Value) bool {
	if v == nil || v.Type() != e.kind {
		return false
	}
	switch e.kind {
	case fastjson.TypeString:
		return string(v.GetStringBytes()) == e.text
	case fastjson.TypeNumber:
		n, err := fhir.ParseDecimal(string(v.MarshalTo(nil)))
		return err == nil && n.Compare(e.number) == 0
	}
	return true
}

// having keeps the elements that have all that is wanted, and of which the rest holds.
func having(wanted []equal, rest func([]byte) (bool, error)) func([]byte) (bool, error) {
	if len(wanted) == 0 {
		return rest
	}
	var parser fastjson.Parser
	return func(element []byte) (bool, error) {
		v, err := parser.ParseBytes(element)
		if err != nil {
			return false, &fault.Error{Code: fault.StoreCorrupt, Err: err}
		}
		for i := range wanted {
			if !wanted[i].of(v) {
				return false, nil
			}
		}
		if rest == nil {
			return true, nil
		}
		return rest(element)
	}
}
