package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// typeOf writes a type as it is used: the wrappers of lists and non-null, then the definition.
func (n *introspector) typeOf(dst []byte, f *collected, t *ast.Type) []byte {
	switch {
	case t.NonNull:
		inner := *t
		inner.NonNull = false
		return n.wrapper(dst, f, "NON_NULL", &inner)
	case t.Elem != nil:
		return n.wrapper(dst, f, "LIST", t.Elem)
	}
	return n.definition(dst, f, n.schema.Types[t.NamedType])
}

func (n *introspector) wrapper(dst []byte, f *collected, kind string, inner *ast.Type) []byte {
	return n.object(dst, f, "__Type", func(dst []byte, f *collected) []byte {
		switch f.fields[0].Name {
		case "kind":
			return appendQuoted(dst, kind)
		case "ofType":
			return n.typeOf(dst, f, inner)
		}
		return append(dst, "null"...)
	})
}

// definition writes a named type; null for none.
func (n *introspector) definition(dst []byte, f *collected, def *ast.Definition) []byte {
	if def == nil {
		return append(dst, "null"...)
	}
	return n.object(dst, f, "__Type", func(dst []byte, f *collected) []byte { return n.typeField(dst, f, def) })
}

func (n *introspector) typeField(dst []byte, f *collected, def *ast.Definition) []byte {
	switch f.fields[0].Name {
	case "kind":
		return appendQuoted(dst, string(def.Kind))
	case "name":
		return appendQuoted(dst, def.Name)
	case "description":
		return appendText(dst, def.Description)
	case "fields":
		if def.Kind == ast.Object || def.Kind == ast.Interface {
			return n.fields(dst, f, def)
		}
	case "interfaces":
		if def.Kind == ast.Object || def.Kind == ast.Interface {
			return n.definitions(dst, f, def.Interfaces)
		}
	case "possibleTypes":
		if def.IsAbstractType() {
			return n.possible(dst, f, def)
		}
	case "enumValues":
		if def.Kind == ast.Enum {
			return n.values(dst, f, def)
		}
	case "inputFields":
		if def.Kind == ast.InputObject {
			return n.members(dst, f, def)
		}
	case "isOneOf":
		if def.Kind == ast.InputObject {
			return append(dst, "false"...)
		}
	}
	return append(dst, "null"...)
}

func (n *introspector) definitions(dst []byte, f *collected, names []string) []byte {
	dst = append(dst, '[')
	for i, name := range names {
		dst = n.definition(comma(dst, i), f, n.schema.Types[name])
	}
	return append(dst, ']')
}

// possible are the object types of an interface.
func (n *introspector) possible(dst []byte, f *collected, def *ast.Definition) []byte {
	dst = append(dst, '[')
	i := 0
	for _, p := range n.schema.GetPossibleTypes(def) {
		if p.Kind == ast.Object {
			dst = n.definition(comma(dst, i), f, p)
			i++
		}
	}
	return append(dst, ']')
}

func (n *introspector) fields(dst []byte, f *collected, def *ast.Definition) []byte {
	dst = append(dst, '[')
	i := 0
	for _, field := range def.Fields {
		if strings.HasPrefix(field.Name, "__") {
			continue
		}
		dst = n.object(comma(dst, i), f, "__Field", func(dst []byte, f *collected) []byte {
			switch f.fields[0].Name {
			case "name":
				return appendQuoted(dst, field.Name)
			case "description":
				return appendText(dst, field.Description)
			case "args":
				return n.inputs(dst, f, field.Arguments)
			case "type":
				return n.typeOf(dst, f, field.Type)
			}
			return notDeprecated(dst, f)
		})
		i++
	}
	return append(dst, ']')
}

func (n *introspector) inputs(dst []byte, f *collected, args ast.ArgumentDefinitionList) []byte {
	dst = append(dst, '[')
	for i, a := range args {
		dst = n.input(comma(dst, i), f, a.Name, a.Description, a.Type, a.DefaultValue)
	}
	return append(dst, ']')
}

// members are those of an input object.
func (n *introspector) members(dst []byte, f *collected, def *ast.Definition) []byte {
	dst = append(dst, '[')
	for i, m := range def.Fields {
		dst = n.input(comma(dst, i), f, m.Name, m.Description, m.Type, m.DefaultValue)
	}
	return append(dst, ']')
}

// input is an argument, or a member of an input object.
func (n *introspector) input(dst []byte, f *collected, name, description string, t *ast.Type, value *ast.Value) []byte {
	return n.object(dst, f, "__InputValue", func(dst []byte, f *collected) []byte {
		switch f.fields[0].Name {
		case "name":
			return appendQuoted(dst, name)
		case "description":
			return appendText(dst, description)
		case "type":
			return n.typeOf(dst, f, t)
		case "defaultValue":
			if value != nil {
				return appendQuoted(dst, value.String())
			}
		}
		return notDeprecated(dst, f)
	})
}

func (n *introspector) values(dst []byte, f *collected, def *ast.Definition) []byte {
	dst = append(dst, '[')
	for i, v := range def.EnumValues {
		dst = n.object(comma(dst, i), f, "__EnumValue", func(dst []byte, f *collected) []byte {
			switch f.fields[0].Name {
			case "name":
				return appendQuoted(dst, v.Name)
			case "description":
				return appendText(dst, v.Description)
			}
			return notDeprecated(dst, f)
		})
	}
	return append(dst, ']')
}

// notDeprecated answers what is asked of deprecation: nothing in the schema is.
func notDeprecated(dst []byte, f *collected) []byte {
	if f.fields[0].Name == "isDeprecated" {
		return append(dst, "false"...)
	}
	return append(dst, "null"...)
}
