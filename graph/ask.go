package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// ask is a fetch with the arguments of one request.
type ask struct {
	err  error
	part planner.Part
	// number is the part's in the plan; -1 when it is not in it.
	number int
	// key is what a read or a node names; fragment the id of what is contained in it.
	key      search.Key
	fragment string
	// optional and only are a reference's arguments.
	optional bool
	only     string
	window   window
	// from is when the _at of a history begins; 0 without.
	from int64
	// arguments are the conditions of the search arguments but where, typed that of where; either may be none.
	arguments []search.Expr
	typed     search.Expr
	// binding is that of its cursors, once one was written.
	binding *cursor.Binding
}

// asker reads the arguments of fetches.
type asker struct {
	schema   *Schema
	reader   *search.Reader
	compiler *fhirpath.Compiler
	meter    *fhirpath.Meter
	limits   *Limits
	caller   search.Caller
	vars     map[string]any
	key      []byte
	refs     *resolver
	// conditions are those of typed wheres so far.
	conditions int
	// instance is the resource that the endpoint is of.
	instance fhir.Ref
	// written is what the payload that is being written is of.
	written *written
}

func (k *asker) ask(f *fetch) ask {
	a := ask{part: planner.Part{
		Path: f.path, Parent: -1, Query: search.Query{Caller: k.caller, Type: f.typ, Where: search.True{}}, Rows: true, Cap: k.limits.Page,
	}}
	args := arguments{f.field, k.vars}
	switch f.kind {
	case fetchRead:
		a.part.Targets = []string{f.typ}
		a.err = k.read(&a, args, f.typ)
	case fetchInstance:
		a.part.Targets, a.key.Ref = []string{f.typ}, k.instance
	case fetchNode:
		t := k.refs.node(args.text("nodeId"))
		a.key, a.fragment = t.key, t.fragment
	case fetchWritten:
		if a.key = k.written.key; f.typ != "" {
			a.part.Targets = []string{f.typ}
		}
	case fetchInformation:
		a.part.Targets, a.key = []string{f.typ}, informationKey
	case fetchReference, fetchCanonical:
		a.optional, a.only = args.flag("optional"), args.text("type")
		if a.only != "" {
			a.part.Targets = []string{a.only}
		}
	case fetchHistory:
		a.err = k.history(&a, f, args)
	default:
		a.err = k.search(&a, f, args)
	}
	return a
}

func (k *asker) read(a *ask, args arguments, typeName string) error {
	id, other := args.text("id"), args.text("_id")
	switch {
	case args.has("id") && args.has("_id"):
		return fault.New(fault.BadUserInput, "give id or _id, not both")
	case args.has("_id"):
		id = other
	case !args.has("id"):
		return fault.New(fault.BadUserInput, "an id is required")
	}
	a.key.Ref = fhir.Ref{Type: typeName, ID: id}
	if !args.has("version") {
		return nil
	}
	version, ok := parseVersion(args.text("version"))
	if !ok {
		return fault.New(fault.NotFound, "there is no such version")
	}
	a.key.Version = version
	return nil
}

func parseVersion(s string) (version int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && s[0] != '+'
}

// search reads the condition, the sort and the page of a list or a connection.
func (k *asker) search(a *ask, f *fetch, args arguments) error {
	a.part.Kind = planner.Search
	if err := k.page(a, f, args); err != nil {
		return err
	}
	if f.kind == fetchReverseList || f.kind == fetchReverseConnection {
		a.part.Kind, a.part.Targets = planner.Each, []string{f.owner}
		if !args.has("_reference") {
			return fault.New(fault.BadUserInput, "_reference is required: by which parameter %s refers to %s", f.typ, f.owner)
		}
		a.part.Param = find(k.schema.reverse[f.typ], args.text("_reference"))
		if a.part.Param == nil || !mayPointAt(a.part.Param, f.owner) {
			return fault.New(fault.BadUserInput, "%s of %s does not refer to %s", args.text("_reference"), f.typ, f.owner)
		}
	}
	var err error
	if a.part.Query.Where, err = k.condition(a, f, args); err != nil {
		return err
	}
	if len(a.window.sort) > maxSort {
		return fault.New(fault.TooCostly, "_sort has at most %d keys", maxSort)
	}
	if len(a.window.sort) > 0 {
		if a.part.Query.Sort, err = k.reader.Sort(f.typ, a.window.sort); err != nil {
			return err
		}
	}
	return k.bind(a, f)
}

// searchValues are the search parameters, _filter and fhirpath among a field's arguments, in the order of their names' first use.
func (k *asker) searchValues(f *fetch, args arguments) ([]cursor.Value, error) {
	var out []cursor.Value
	for _, arg := range args.field.Arguments {
		if reserved(arg.Name) && arg.Name != argFilter && arg.Name != argFHIRPath {
			continue
		}
		values, err := args.texts(arg.Name)
		if err != nil {
			return nil, err
		}
		if values != nil {
			out = append(out, cursor.Value{Name: arg.Name, Values: values})
		}
	}
	return out, nil
}

// maxSort is how many keys a sort may have: a row's order key holds them all.
const maxSort = 16

// sortKeys are the keys of _sort, between commas, as in REST; none if it is absent or null.
func sortKeys(args arguments) []string {
	value, _ := args.lookup("_sort")
	text, given := value.(string)
	if !given {
		return nil
	}
	return strings.Split(text, ",")
}

// clause reads the values of an argument. They are alternatives, which FHIR writes with commas; a value that ends in a backslash
// would swallow one, and stays on its own.
func (k *asker) clause(typeName, code string, values []string) (search.Expr, error) {
	if len(values) == 0 {
		return search.False{}, nil // no alternative, no match: a list that happens to be empty must not find everything
	}
	if !slices.ContainsFunc(values, func(v string) bool { return strings.HasSuffix(v, `\`) || v == "" }) {
		return k.reader.Clause(typeName, code, []string{strings.Join(values, ",")})
	}
	var or search.Or
	for _, v := range values {
		e, err := k.reader.Clause(typeName, code, []string{v})
		if err != nil {
			return nil, err
		}
		or = append(or, e)
	}
	return or, nil
}
