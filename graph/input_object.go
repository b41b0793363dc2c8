package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
)

// inputObject is an object being written: what is JSON as it is (def is nil), or of an input type.
type inputObject struct {
	in   *inputs
	dst  []byte
	def  *ast.Definition
	path string
	some bool   // it has a member
	head string // the value of resourceType, quoted; "" if it has none
}

// begin begins an object. The input of a resource says which it is without being told.
func (in *inputs) begin(dst []byte, def *ast.Definition, path string) *inputObject {
	o := &inputObject{in: in, dst: append(dst, '{'), def: def, path: path}
	if def == nil {
		return o
	}
	// ExampleScenario.instance has a member called so, and is no resource.
	if t := in.schema.inputs[def.Name]; t != nil && t.Kind == fhir.KindResource {
		o.head = `"` + t.Name + `"`
		o.dst = append(append(o.dst, `"resourceType":`...), o.head...)
		o.some = true
	}
	return o
}

// member writes what precedes a member's value, and gives the length to go back to if there is none.
func (o *inputObject) member(name string) (mark int) {
	mark = len(o.dst)
	if o.some {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(appendString(o.dst, name), ':')
	return mark
}

// end ends the member that began at mark: one of an input type that is null is as if it were absent.
func (o *inputObject) end(name string, mark int) {
	value := mark + len(name) + len(`"":`)
	if o.some {
		value++
	}
	switch text := o.dst[value:]; {
	case o.def != nil && string(text) == "null":
		o.dst = o.dst[:mark]
		return
	case o.head != "" && name == "resourceType":
		if string(text) != o.head {
			o.in.problem(o.path+".resourceType", "it is %s here", o.head)
		}
		o.dst = o.dst[:mark]
		return
	}
	o.some = true
}
