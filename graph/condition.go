package graph

import (
	"bytes"
	"encoding/json"

	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// The arguments that are whole conditions; the link of a page has them by these names, too.
const (
	argWhere    = "where"
	argFilter   = "_filter"
	argFHIRPath = "fhirpath"
)

// condition reads what a list or connection is of: all of its search arguments, or those of the link that it follows.
func (k *asker) condition(a *ask, f *fetch, args arguments) (search.Expr, error) {
	var parts []search.Expr
	where := f.where
	for _, v := range a.window.values {
		if v.Name == argWhere {
			value, err := whereOf(v)
			if err != nil {
				return nil, err
			}
			where = k.typed(f.typ, value)
			continue
		}
		e, err := k.argument(f.typ, v)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if value, ok := args.lookup(argWhere); where == nil && ok && value != nil {
		where = k.typed(f.typ, asInput(value))
	}
	a.arguments = parts
	if where == nil {
		return all(parts), nil
	}
	if k.conditions += where.count; k.conditions > maxAllConditions {
		return nil, past(limitConditions, maxAllConditions, "the conditions of the query have more than %d parts in all", maxAllConditions)
	}
	a.window.where, a.typed = where.value, where.expr
	return all(append(parts[:len(parts):len(parts)], where.expr)), where.err
}

func (k *asker) typed(typeName string, value input) *constantWhere {
	return constant(k.schema, k.reader, typeName, value)
}

// argument reads one argument that is no where.
func (k *asker) argument(typeName string, v cursor.Value) (search.Expr, error) {
	if v.Name == argFilter || v.Name == argFHIRPath {
		return k.expression(typeName, v)
	}
	p := find(k.schema.arguments[typeName], v.Name)
	if p == nil {
		return nil, cursor.Bad("is of another query")
	}
	return k.clause(typeName, p.Code, v.Values)
}

// expression reads a condition that is written in a language of its own.
func (k *asker) expression(typeName string, v cursor.Value) (search.Expr, error) {
	if len(v.Values) != 1 {
		return nil, cursor.Bad("is malformed")
	}
	source := v.Values[0]
	if v.Name == argFilter {
		return k.reader.Filter(typeName, source)
	}
	program, err := k.compiler.Compile(source)
	if err != nil {
		return nil, err
	}
	return search.FHIRPath{Source: source, Program: program.Under(k.meter)}, nil
}

// whereOf reads the where of a link, which is JSON there.
func whereOf(v cursor.Value) (input, error) {
	var value input
	if len(v.Values) != 1 {
		return nil, cursor.Bad("is malformed")
	}
	d := json.NewDecoder(bytes.NewReader([]byte(v.Values[0])))
	if err := d.Decode(&value); err != nil {
		return nil, cursor.Bad("is malformed")
	}
	return value, nil
}

// linked is the query that a page's link carries, which stands alone at the root: the arguments, what a nested page has of its
// parent, and the where. It is nil if that is too long for a link.
func (p *page) linked() *cursor.Link {
	w, part := &p.ask.window, &p.ask.part
	values := w.values[:len(w.values):len(w.values)]
	if part.Param != nil {
		values = append(values, cursor.Value{Name: argumentName(part.Param.Code), Values: []string{p.parent.String()}})
	}
	if w.where != nil {
		if w.whereText == "" {
			w.whereText = string(appendJSON(nil, w.where)) // texts, truth values and null can all be written
		}
		values = append(values, cursor.Value{Name: argWhere, Values: []string{w.whereText}})
	}
	size := 0
	for _, v := range values {
		for _, text := range v.Values {
			size += len(text)
		}
	}
	if size > cursor.Max {
		return nil
	}
	return &cursor.Link{Size: w.size, Sort: w.sort, Values: values}
}

// linkedBinding is that of the root's query which linked stands for.
func (p *page) linkedBinding() cursor.Binding {
	part := p.ask.part
	if part.Param == nil {
		return bindingOf(part.Query.Caller, &part)
	}
	conditions := append(p.ask.arguments[:len(p.ask.arguments):len(p.ask.arguments)], refersTo(part.Param, p.parent))
	if p.ask.typed != nil {
		conditions = append(conditions, p.ask.typed)
	}
	part.Query.Where, part.Param = all(conditions), nil
	return bindingOf(part.Query.Caller, &part)
}

// refersTo is what the argument of a reference parameter means.
func refersTo(p *search.Param, ref fhir.Ref) search.Expr {
	return search.Clause{Param: p, Values: []search.Value{{Raw: ref.String(), Type: ref.Type, Code: ref.ID}}}
}
