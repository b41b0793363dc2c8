package rest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// searching is a search as it is asked for: by type where it is over several.
type searching struct {
	queries []search.Query // one a type, in the order of the answer
	// size is the page's; rows says that there is one.
	size   int
	offset int
	rows   bool
	total  planner.Total
	view   view
	// cursor is where the page begins; include what is added to it.
	cursor  string
	include inclusion
	// used are the parameters that were used, for links; ignored those that were not, and why.
	used    args
	ignored []string
	// clamped says that _count asked for more than a page has.
	clamped bool
}

// scope is what a path says of a search: types, and a condition on each.
type scope struct {
	types []string
	where func(typeName string) (search.Expr, error)
}

// control are the parameters that are no conditions (R4, 3.1.1.5). The value says that they may be repeated.
func control(name string) bool {
	switch name {
	case "_sort", "_count", "_offset", "_total", "_summary", "_elements", "_format", "_pretty", "_type", cursorArg, "_contained", "_containedType",
		"_include", "_revinclude", "_score", "_query":
		return true
	}
	return strings.HasPrefix(name, "_include:") || strings.HasPrefix(name, "_revinclude:")
}

// cursorArg is the parameter that links carry: the place of a page.
const cursorArg = "_cursor"

// searching reads the parameters of a search. Its error has all that is wrong with them; of several types, those of the first that
// something is wrong for.
func (h *Handler) searching(q *request, in scope) (*searching, error) {
	s := &searching{size: h.limits.DefaultPage, rows: true}
	var wrong mistakes
	var err error
	if s.view, err = h.view(q, in.types); !wrong.took(err) {
		return nil, err
	}
	if err = h.controls(q, s); !wrong.took(err) {
		return nil, err
	}
	for _, typeName := range in.types {
		query, err := h.query(q, s, in, typeName)
		if !wrong.took(err) {
			return nil, err
		}
		if err != nil {
			break
		}
		s.queries = append(s.queries, query)
	}
	if err = h.inclusion(q, s, in.types); !wrong.took(err) {
		return nil, err
	}
	s.keep(q)
	return s, wrong.err()
}

// query is what is asked of one type.
func (h *Handler) query(q *request, s *searching, in scope, typeName string) (search.Query, error) {
	query := search.Query{Caller: q.caller, Type: typeName}
	where := search.And{}
	if in.where != nil {
		e, err := in.where(typeName)
		if err != nil {
			return query, err
		}
		where = append(where, e)
	}
	var wrong mistakes
	var err error
	if query.Where, err = h.conditions(q, s, typeName, where); !wrong.took(err) {
		return query, err
	}
	if query.Sort, err = h.sort(q, typeName); !wrong.took(err) {
		return query, err
	}
	return query, wrong.err()
}

// keep notes which parameters were used.
func (s *searching) keep(q *request) {
	for _, a := range q.args {
		if slices.Contains(s.ignored, a.name) || a.name == cursorArg {
			continue
		}
		if a.name == "_count" && s.clamped {
			a.value = strconv.Itoa(s.size)
		}
		s.used = append(s.used, a)
	}
}

// conditions reads what must hold for a type. What is not known is an error, or with lenient handling left out and noted.
func (h *Handler) conditions(q *request, s *searching, typeName string, where search.And) (search.Expr, error) {
	var wrong mistakes
	for _, a := range q.args {
		if control(a.name) {
			continue
		}
		if a.value == "" {
			continue // R4, 3.1.1.4.1: an empty parameter is as none
		}
		e, err := h.condition(q, typeName, a)
		switch {
		case err == nil:
			where = append(where, e)
		case q.lenient && (fault.Of(err) == fault.Unsupported || !h.known(q, typeName, a.name)):
			if !slices.Contains(s.ignored, a.name) {
				s.ignored = append(s.ignored, a.name)
			}
		case !wrong.took(err):
			return nil, err
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	switch len(where) {
	case 0:
		return search.True{}, nil
	case 1:
		return where[0], nil
	}
	return where, nil
}

func (h *Handler) condition(q *request, typeName string, a arg) (search.Expr, error) {
	if a.name == "_filter" {
		return q.model.Reader.Filter(typeName, a.value)
	}
	return q.model.Reader.Clause(typeName, a.name, []string{a.value})
}

// known says whether the parameter itself is one of the type.
func (h *Handler) known(q *request, typeName, name string) bool {
	if strings.HasPrefix(name, "_has:") || name == "_filter" {
		return true
	}
	if i := strings.IndexAny(name, ":."); i >= 0 {
		name = name[:i]
	}
	return q.model.Parameters.Param(typeName, name) != nil
}

func (h *Handler) sort(q *request, typeName string) ([]search.SortKey, error) {
	var keys []string
	for _, a := range q.args {
		if a.name == "_sort" && a.value != "" {
			keys = append(keys, a.value)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	out, err := q.model.Reader.Sort(typeName, keys)
	if err == nil && len(out) > maxSort {
		err = fault.New(fault.TooCostly, "_sort has at most %d keys", maxSort)
	}
	return out, err
}

// maxSort is how many keys a sort may have: a row's order key holds them all.
const maxSort = 16

// controls reads the parameters of the page.
func (h *Handler) controls(q *request, s *searching) (err error) {
	if err := q.args.once("_count", "_offset", "_total", cursorArg); err != nil {
		return err
	}
	for _, a := range q.args {
		switch a.name {
		case "_count":
			s.size, err = number(a)
			s.rows = s.size > 0
			s.clamped = s.clamped || s.size > h.limits.Page
			s.size = min(s.size, h.limits.Page)
		case "_offset":
			s.offset, err = number(a)
		case "_total":
			err = s.totals(a.value)
		case cursorArg:
			s.cursor = a.value
		case "_contained":
			if a.value != "false" {
				err = fault.New(fault.Unsupported, "_contained is false: contained resources are found by way of what contains them")
			}
		case "_containedType", "_query", "_score":
			err = fault.New(fault.Unsupported, "%s is not supported", a.name)
		}
		if err != nil && !(q.lenient && fault.Of(err) == fault.Unsupported) {
			return err
		} else if err != nil {
			s.ignored, err = append(s.ignored, a.name), nil
		}
	}
	if form, _ := q.args.first("_summary"); form == "count" {
		s.rows = false
	}
	if !s.rows && s.total == planner.NoTotal {
		s.total = planner.Accurate
	}
	return nil
}

func (s *searching) totals(value string) error {
	switch value {
	case "none":
	case "estimate":
		s.total = planner.Estimate
	case "accurate":
		s.total = planner.Accurate
	default:
		return fault.New(fault.BadUserInput, "_total is none, estimate or accurate")
	}
	return nil
}

func number(a arg) (int, error) {
	n, err := strconv.Atoi(a.value)
	if err != nil || n < 0 {
		return 0, fault.New(fault.BadUserInput, "%s is a number from 0", a.name)
	}
	return n, nil
}

// searchTypes are the types of a search over several: those of _type, else all that are served.
func (h *Handler) searchTypes(q *request, all []string) ([]string, error) {
	list, ok := q.args.list("_type")
	if !ok {
		return all, nil
	}
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if err := h.serves(name); err != nil {
			return nil, fault.New(fault.BadUserInput, "_type: %s is not a resource type that is served%s", printable(name), h.likeType(name))
		}
		if slices.Contains(all, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// within makes the condition of a compartment.
func (h *Handler) within(q *request, c *fhir.Compartment, ref fhir.Ref) func(string) (search.Expr, error) {
	return func(typeName string) (search.Expr, error) {
		var any search.Or
		if typeName == ref.Type {
			any = append(any, search.IDs{IDs: []string{ref.ID}}) // it is in its own compartment
		}
		for _, code := range c.Params(typeName) {
			if code == fhir.CompartmentSelf {
				continue
			}
			e, err := q.model.Reader.Clause(typeName, code, []string{ref.String()})
			if err != nil {
				return nil, err
			}
			any = append(any, e)
		}
		if len(any) == 1 {
			return any[0], nil
		}
		return any, nil
	}
}
