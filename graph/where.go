package graph

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// The bounds of one where: conditions in it, and how deeply they nest. A variable may hold a megabyte.
const (
	maxConditions = 1000
	maxNesting    = 50
	// maxAllConditions are those of all typed wheres of a query: a variable may stand in many.
	maxAllConditions = 20 * maxConditions
)

// whereReader makes a condition of a typed where. Each value goes through the Reader, so that it is encoded as REST's are. It goes
// on after an error: all that is wrong is said at once, each with its path.
type whereReader struct {
	schema *Schema
	reader *search.Reader
	count  int
	errs   []error
	hidden int // errors beyond those that are told
}

// input is the value of an input object, coerced.
type input = map[string]any

// readWhere reads a typed where on a resource type.
func readWhere(schema *Schema, reader *search.Reader, typeName string, value input) (search.Expr, error) {
	w := constant(schema, reader, typeName, value)
	return w.expr, w.err
}

// constant reads a typed where as readWhere does.
func constant(schema *Schema, reader *search.Reader, typeName string, value input) *constantWhere {
	w := whereReader{schema: schema, reader: reader}
	e := w.object(typeName, value, "where", 0)
	return &constantWhere{value: value, expr: e, err: together(w.errs, w.hidden), count: w.count}
}

// together makes one error of several, and of some that are only counted: the code of the first, and all messages.
func together(errs []error, hidden int) error {
	if len(errs) == 0 {
		return nil
	}
	var messages []string
	for _, err := range errs {
		messages = append(messages, messageOf(err, codeOf(err)))
	}
	if hidden > 0 {
		messages = append(messages, "and "+strconv.Itoa(hidden)+" more")
	}
	return &fault.Error{Code: codeOf(errs[0]), Message: strings.Join(messages, "; ")}
}

func (w *whereReader) bad(at, format string, args ...any) search.Expr {
	return w.failed(at, fault.New(fault.BadUserInput, format, args...))
}

// failed notes an error at a path.
func (w *whereReader) failed(at string, err error) search.Expr {
	if len(w.errs) >= maxProblems {
		w.hidden++
		return search.False{}
	}
	w.errs = append(w.errs, fault.New(codeOf(err), "%s: %s", at, messageOf(err, codeOf(err))))
	return search.False{}
}

// all joins conditions that must all hold.
func all(parts []search.Expr) search.Expr {
	switch len(parts) {
	case 0:
		return search.True{}
	case 1:
		return parts[0]
	}
	return search.And(parts)
}

// object reads a where. Its members are taken by name, so that what is equal is read equal, whatever its order.
func (w *whereReader) object(typeName string, value input, at string, depth int) search.Expr {
	if depth > maxNesting {
		return w.failed(at, past(limitDepth, maxNesting, "it nests deeper than %d", maxNesting))
	}
	var parts []search.Expr
	for _, name := range slices.Sorted(maps.Keys(value)) {
		v, path := value[name], at+"."+name
		if v == nil {
			continue // as an argument that is null
		}
		switch name {
		case "and":
			parts = append(parts, search.And(w.objects(typeName, v, path, depth)))
		case "or":
			parts = append(parts, search.Or(w.objects(typeName, v, path, depth)))
		case "not":
			parts = append(parts, search.Not{X: w.object(typeName, asInput(v), path, depth+1)})
		case "_has":
			parts = append(parts, w.has(typeName, asInput(v), path, depth))
		default:
			parts = append(parts, w.parameter(typeName, name, v, path, depth))
		}
	}
	return all(parts)
}

func (w *whereReader) objects(typeName string, value any, at string, depth int) []search.Expr {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]search.Expr, 0, len(list))
	for i, v := range list {
		path := at + "[" + strconv.Itoa(i) + "]"
		if v == nil {
			out = append(out, w.bad(path, "a null in a list means nothing"))
			continue
		}
		out = append(out, w.object(typeName, asInput(v), path, depth+1))
	}
	return out
}

func asInput(v any) input {
	m, _ := v.(input)
	return m
}

// has reads _has: by the type of what refers here.
func (w *whereReader) has(typeName string, value input, at string, depth int) search.Expr {
	var parts []search.Expr
	for _, source := range slices.Sorted(maps.Keys(value)) {
		m := asInput(value[source])
		if m == nil {
			continue
		}
		path := at + "." + source
		by, _ := m["by"].(string)
		p := find(w.schema.reverse[source], by)
		if p == nil || !mayPointAt(p, typeName) {
			parts = append(parts, w.bad(path+".by", "%s of %s does not refer to %s", by, source, typeName))
			continue
		}
		where := search.Expr(search.True{})
		if inner := asInput(m["where"]); inner != nil {
			where = w.object(source, inner, path+".where", depth+1)
		}
		w.spend(path)
		parts = append(parts, search.Has{Param: p, Where: where})
	}
	return all(parts)
}

// spend counts a condition; the first too many is an error, the rest are silent.
func (w *whereReader) spend(at string) {
	if w.count++; w.count == maxConditions+1 {
		w.failed(at, past(limitConditions, maxConditions, "the condition has more than %d parts", maxConditions))
	}
}

// parameter reads the filter of one search parameter.
func (w *whereReader) parameter(typeName, name string, value any, at string, depth int) search.Expr {
	p := find(w.schema.arguments[typeName], name)
	if p == nil {
		return w.bad(at, "%s has no search parameter of that name", typeName)
	}
	switch p.Code {
	case search.ParamID, search.ParamList, search.ParamText, search.ParamContent:
		return w.clause(p, "", w.texts(value, at, escaped), at)
	}
	m := asInput(value)
	if missing, ok := m["missing"].(bool); ok {
		e := w.clause(p, "missing", []string{strconv.FormatBool(missing)}, at+".missing")
		if rest := w.filter(p, m, at, depth); len(rest) > 0 {
			return search.And(append([]search.Expr{e}, rest...))
		}
		return e
	}
	return all(w.filter(p, m, at, depth))
}

// filter reads the filter of a parameter by its type: conditions that must all hold.
func (w *whereReader) filter(p *search.Param, m input, at string, depth int) []search.Expr {
	switch p.Type {
	case search.String:
		return w.stringFilter(p, m, at)
	case search.Token:
		return w.tokenFilter(p, m, at)
	case search.Date, search.Number, search.Quantity:
		return w.orderedFilter(p, m, at)
	case search.URI:
		out := w.plainFilter(p, m, at, map[string]string{"eq": "", "above": "above", "below": "below"})
		return append(out, w.compared(p, m, at, "", escaped)...)
	case search.Reference:
		return w.referenceFilter(p, m, at, depth)
	case search.Composite:
		return w.compositeFilter(p, m, at)
	}
	return []search.Expr{w.bad(at, "it cannot be searched by")}
}
