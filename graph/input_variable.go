package graph

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/vektah/gqlparser/v2/ast"
)

// variable appends a variable that stands where t is expected; t is nil inside of JSON. ok is false if it is absent.
func (in *inputs) variable(dst []byte, t *ast.Type, name, path string) (out []byte, ok bool) {
	text, given := in.text[name]
	if !given {
		def := in.def.VariableDefinitions.ForName(name)
		if def == nil || def.DefaultValue == nil {
			return dst, false
		}
		return in.literal(dst, t, def.DefaultValue, path)
	}
	out, err := in.value(dst, t, jsontext.NewDecoder(bytes.NewReader(text)), path)
	if err != nil {
		in.problem(path, "the variable $%s has a name twice in one object, half of a surrogate pair, or nests too deep", name)
	}
	return out, err == nil
}

// value appends a value of the request's JSON. It has been coerced to t, so that it has no member that t does not have.
func (in *inputs) value(dst []byte, t *ast.Type, d *jsontext.Decoder, path string) ([]byte, error) {
	kind := d.PeekKind()
	var err error
	switch {
	case t == nil || isJSON(t) || kind == 'n':
		return appendValue(dst, d)
	case t.Elem != nil && kind != '[': // a single one is a list of one
		dst, err = in.value(append(dst, '['), t.Elem, d, path)
		return append(dst, ']'), err
	case t.Elem != nil:
		return in.values(dst, t.Elem, d, path)
	case kind == '{':
		return in.object(dst, in.schema.doc.Types[t.NamedType], d, path)
	case kind == '0' && t.NamedType == "ID":
		dst, err = appendValue(append(dst, '"'), d)
		return append(dst, '"'), err
	case kind == '0' && t.NamedType == "Int": // as GraphQL has it: 1.0 is 1
		tok, err := d.ReadToken()
		if err != nil {
			return dst, err
		}
		n, err := tok.Float()
		return strconv.AppendInt(dst, int64(n), 10), err
	case kind == '"' && t.NamedType == typeDecimal:
		tok, err := d.ReadToken()
		if err != nil {
			return dst, err
		}
		return append(dst, tok.String()...), nil
	}
	return appendValue(dst, d)
}

func appendValue(dst []byte, d *jsontext.Decoder) ([]byte, error) {
	v, err := d.ReadValue()
	return append(dst, v...), err
}

func (in *inputs) values(dst []byte, elem *ast.Type, d *jsontext.Decoder, path string) ([]byte, error) {
	if _, err := d.ReadToken(); err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for i := 0; d.PeekKind() != ']'; i++ {
		var err error
		if dst, err = in.value(comma(dst, i), elem, d, path); err != nil {
			return dst, err
		}
	}
	_, err := d.ReadToken()
	return append(dst, ']'), err
}

func (in *inputs) object(dst []byte, def *ast.Definition, d *jsontext.Decoder, path string) ([]byte, error) {
	if _, err := d.ReadToken(); err != nil {
		return dst, err
	}
	o := in.begin(dst, def, path)
	for d.PeekKind() == '"' {
		tok, err := d.ReadToken()
		if err != nil {
			return o.dst, err
		}
		name := tok.String()
		mark := o.member(name)
		if o.dst, err = in.value(o.dst, def.Fields.ForName(name).Type, d, path+"."+name); err != nil {
			return o.dst, err
		}
		o.end(name, mark)
	}
	_, err := d.ReadToken()
	return append(o.dst, '}'), err
}
