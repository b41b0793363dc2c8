package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

type mutationKind uint8

const (
	mutationTypename mutationKind = iota
	mutationCreate
	mutationUpdate
	mutationPatch
	mutationDelete
	mutationTransaction
	mutationBatch
)

// mutation is a root field that writes, and what is selected of its payload: an operation of its own, whose root fields are the
// payload's and whose resources are those that the write left.
type mutation struct {
	key     string
	kind    mutationKind
	typ     string // the resource type
	field   *ast.Field
	payload *operation
	name    string // of the payload's type
}

// mutations compiles the root fields of a mutation.
func (c *compiler) mutations(def *ast.OperationDefinition) error {
	roots := collect([]ast.SelectionSet{def.SelectionSet}, c.flags, func(name string) bool { return name == typeMutation })
	if err := c.count(len(roots), 1); err != nil {
		return err
	}
	if len(roots) > c.limits.RootFields {
		return tooManyRoots(len(roots), c.limits.RootFields)
	}
	for _, r := range roots {
		m, err := c.mutation(r)
		if err != nil {
			return err
		}
		c.op.mutations = append(c.op.mutations, m)
	}
	c.op.size = c.fields
	return nil
}

func (c *compiler) mutation(r collected) (*mutation, error) {
	m := &mutation{key: r.key, field: r.fields[0]}
	name := m.field.Name
	switch name {
	case "__typename":
		return m, nil
	case fieldTransaction:
		m.kind, m.name = mutationTransaction, typeTransaction
	case fieldBatch:
		m.kind, m.name = mutationBatch, typeTransaction
	default:
		m.kind, m.typ = c.schema.isMutation(name)
		m.name = m.typ + suffixPayload
	}
	var err error
	m.payload, err = c.payload(r, m.name, m.typ)
	return m, err
}

// isMutation splits the name of a root field: PatientCreate into what it does and Patient.
func (s *Schema) isMutation(field string) (kind mutationKind, typ string) {
	for kind, suffix := range map[mutationKind]string{
		mutationCreate: suffixCreate, mutationUpdate: suffixUpdate, mutationPatch: suffixPatch, mutationDelete: suffixDelete,
	} {
		if typ, ok := strings.CutSuffix(field, suffix); ok && s.served[typ] {
			return kind, typ
		}
	}
	return mutationTypename, ""
}

// payload compiles what is selected of a payload, or of an event, of the type name: an operation of its own.
func (c *compiler) payload(r collected, name, typ string) (*operation, error) {
	inner := *c
	inner.op = &operation{def: c.op.def, flags: c.flags}
	defer func() { c.fields = inner.fields }()
	fields := collect(r.selections(), c.flags, func(condition string) bool { return condition == name })
	if err := inner.count(len(fields), 2); err != nil {
		return nil, err
	}
	for _, f := range fields {
		if err := inner.payloadField(f, r.fields[0].Name, typ); err != nil {
			return nil, err
		}
	}
	return inner.op, nil
}

func (c *compiler) payloadField(r collected, of, typ string) error {
	out := root{key: r.key, kind: rootPayload, fields: r.fields}
	f := &fetch{field: r.fields[0], parent: -1, path: of + "." + r.fields[0].Name}
	rows := typeResource // of any type
	switch r.fields[0].Name {
	case "resource":
		if f.kind, f.typ = fetchWritten, typ; typ != "" {
			rows = typ
		}
	case "information":
		f.kind, f.typ, rows = fetchInformation, typeOutcome, typeOutcome
	default:
		c.op.roots = append(c.op.roots, out)
		return nil
	}
	if _, err := c.add(f, r, rows, 2); err != nil {
		return err
	}
	out.kind, out.fetch = rootFetch, f.index
	c.op.roots = append(c.op.roots, out)
	return nil
}
