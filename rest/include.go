package rest

import (
	"context"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// inclusion is what a search adds to its matches (R4, 3.1.1.5.4).
type inclusion struct {
	forward []forwardInclude
	reverse []reverseInclude
}

// forwardInclude follows references of a type: those of one parameter, or all when param is nil.
type forwardInclude struct {
	source  string // "" for any
	param   *search.Param
	target  string // "" for any
	iterate bool
}

// reverseInclude finds what refers to a resource by a parameter.
type reverseInclude struct {
	param   *search.Param
	target  string
	iterate bool
}

// maxIncludes is how many parameters _revinclude may come to: each is a call a level, and 242 may refer to a Patient.
const maxIncludes = 400

// inclusion reads _include and _revinclude.
func (h *Handler) inclusion(q *request, s *searching, types []string) error {
	for _, a := range q.args {
		name, modifier, _ := strings.Cut(a.name, ":")
		if name != "_include" && name != "_revinclude" {
			continue
		}
		iterate := modifier == "iterate" || modifier == "recurse"
		if modifier != "" && !iterate {
			return fault.New(fault.BadUserInput, "%s has the modifier :iterate and no other", name)
		}
		var err error
		if name == "_include" {
			err = h.forward(q, s, a.value, iterate)
		} else {
			err = h.reverse(q, s, types, a.value, iterate)
		}
		if err != nil && q.lenient && fault.Of(err) == fault.BadUserInput {
			s.ignored = append(s.ignored, a.name)
		} else if err != nil {
			return err
		}
	}
	if len(s.include.reverse) > maxIncludes {
		return fault.New(fault.TooCostly, "_revinclude comes to %d parameters, of at most %d; name them, or iterate over fewer types", len(s.include.reverse), maxIncludes)
	}
	return nil
}

func (h *Handler) forward(q *request, s *searching, value string, iterate bool) error {
	if value == "*" {
		s.include.forward = append(s.include.forward, forwardInclude{iterate: iterate})
		return nil
	}
	params, target, err := h.includeParams(q, "_include", value)
	if err != nil {
		return err
	}
	for _, p := range params {
		s.include.forward = append(s.include.forward, forwardInclude{source: p.Resource, param: p, target: target, iterate: iterate})
	}
	return nil
}

func (h *Handler) reverse(q *request, s *searching, types []string, value string, iterate bool) error {
	sources := []string{value}
	if value == "*" {
		sources = sources[:0]
		for _, t := range h.types {
			sources = append(sources, t+":*")
		}
	}
	for _, source := range sources {
		params, target, err := h.includeParams(q, "_revinclude", source)
		if err != nil {
			return err
		}
		for _, p := range params {
			// Of a wildcard only what can lead to a match counts.
			if strings.HasSuffix(source, ":*") && !iterate && !slices.ContainsFunc(types, func(t string) bool { return mayPointAt(p, t) }) {
				continue
			}
			s.include.reverse = append(s.include.reverse, reverseInclude{param: p, target: target, iterate: iterate})
		}
	}
	return nil
}

func mayPointAt(p *search.Param, typeName string) bool {
	return len(p.Targets) == 0 || slices.Contains(p.Targets, typeName)
}

// includeParams reads Type:parameter and Type:parameter:Target; the parameter may be *.
func (h *Handler) includeParams(q *request, name, value string) (params []*search.Param, target string, err error) {
	parts := strings.Split(value, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return nil, "", fault.New(fault.BadUserInput, "%s: write Type:parameter, Type:parameter:Target, Type:* or *", name)
	}
	if !h.served[parts[0]] {
		return nil, "", fault.New(fault.BadUserInput, "%s: %s is not a resource type that is served%s", name, printable(parts[0]), h.likeType(parts[0]))
	}
	if len(parts) == 3 {
		if target = parts[2]; !h.served[target] {
			return nil, "", fault.New(fault.BadUserInput, "%s: %s is not a resource type that is served%s", name, printable(target), h.likeType(target))
		}
	}
	if parts[1] == "*" {
		for _, p := range q.model.Parameters.Of(parts[0]) {
			if p.Type == search.Reference && (target == "" || mayPointAt(p, target)) {
				params = append(params, p)
			}
		}
		return params, target, nil
	}
	p := q.model.Parameters.Param(parts[0], parts[1])
	switch {
	case p == nil:
		text := ""
		if near := q.model.Parameters.Suggest(parts[0], parts[1]); len(near) > 0 && !h.mute {
			text = "; did you mean " + strings.Join(near, ", ") + "?"
		}
		return nil, "", fault.New(fault.BadUserInput, "%s: %s has no search parameter %s%s", name, parts[0], printable(parts[1]), text)
	case p.Type != search.Reference:
		return nil, "", fault.New(fault.BadUserInput, "%s: %s.%s is of type %s, not a reference", name, parts[0], p.Code, p.Type)
	case target != "" && !mayPointAt(p, target):
		return nil, "", fault.New(fault.BadUserInput, "%s: %s.%s does not refer to %s", name, parts[0], p.Code, target)
	}
	return []*search.Param{p}, target, nil
}

// parts are those of the plan: one that reads what references name, one for each parameter of _revinclude.
func (in *inclusion) parts(h *Handler) []planner.Part {
	if len(in.forward)+len(in.reverse) == 0 {
		return nil
	}
	out := []planner.Part{{Kind: planner.Get, Path: "_include", Parent: 0, Rows: true}}
	for _, r := range in.reverse {
		out = append(out, planner.Part{
			Kind: planner.Each, Path: "_revinclude=" + r.param.Resource + ":" + r.param.Code, Parent: 0, Param: r.param, Targets: r.param.Targets,
			Query: search.Query{Type: r.param.Resource, Where: search.True{}}, Rows: true, Cap: h.limits.Included,
		})
	}
	return out
}

// include adds to a page what is asked for besides its matches: each resource once, a level at a time, one run of the engine a level.
func (x *searchRun) include(ctx context.Context, p *page) error {
	in := &x.s.include
	if len(in.forward)+len(in.reverse) == 0 || len(p.rows) == 0 {
		return nil
	}
	seen := make(map[fhir.Ref]bool, 2*len(p.rows))
	frontier := make([]search.Resource, len(p.rows))
	for i := range p.rows {
		frontier[i], seen[p.rows[i].Ref] = p.rows[i].Resource, true
	}
	for level := 0; len(frontier) > 0; level++ {
		calls, err := x.includeCalls(frontier, level > 0, seen)
		if err != nil {
			return err
		}
		if len(calls) == 0 {
			return nil
		}
		next := len(p.included)
		for i, r := range x.exec.Run(ctx, calls) {
			if err := x.take(p, &r, calls[i].Part, seen); err != nil {
				return err
			}
		}
		frontier = p.included[next:]
	}
	return nil
}

// includeCalls are the calls of a level; iterated says that only what iterates goes on.
func (x *searchRun) includeCalls(frontier []search.Resource, iterated bool, seen map[fhir.Ref]bool) ([]composite.Call, error) {
	var calls []composite.Call
	keys, err := x.targets(frontier, iterated, seen)
	if err != nil {
		return nil, err
	}
	if len(keys) > 0 {
		calls = append(calls, composite.Call{Part: x.reads, Keys: keys})
	}
	for i, r := range x.s.include.reverse {
		if iterated && !r.iterate {
			continue
		}
		var parents []fhir.Ref
		for _, ref := range refs(frontier) {
			if mayPointAt(r.param, ref.Type) && (r.target == "" || r.target == ref.Type) {
				parents = append(parents, ref)
			}
		}
		if len(parents) > 0 {
			calls = append(calls, composite.Call{Part: x.reverse + i, Parents: parents})
		}
	}
	return calls, nil
}

// targets are what the references of a level name and is not there yet.
func (x *searchRun) targets(frontier []search.Resource, iterated bool, seen map[fhir.Ref]bool) ([]search.Key, error) {
	var keys []search.Key
	wanted := map[fhir.Ref]bool{}
	for i := range frontier {
		var values *search.Values
		for _, f := range x.s.include.forward {
			if iterated && !f.iterate || f.source != "" && f.source != frontier[i].Ref.Type {
				continue
			}
			if values == nil {
				var err error
				if values, _, err = x.q.model.Indexer.IndexBytes(frontier[i].Body.JSON); err != nil {
					return nil, fault.At("", "index "+frontier[i].Ref.String(), err)
				}
			}
			for _, ref := range references(values, f) {
				if !seen[ref] && !wanted[ref] && x.h.served[ref.Type] {
					wanted[ref] = true
					keys = append(keys, search.Key{Ref: ref})
				}
			}
		}
	}
	return keys, nil
}

// references are the resources here that a parameter's values name, or those of all reference parameters.
func references(values *search.Values, f forwardInclude) []fhir.Ref {
	var out []fhir.Ref
	add := func(items []search.Item) {
		for _, item := range items {
			if item.ID != "" && item.Type != "" && item.URL == "" && (f.target == "" || f.target == item.Type) {
				out = append(out, fhir.Ref{Type: item.Type, ID: item.ID})
			}
		}
	}
	if f.param != nil {
		add(values.Of(f.param.Code))
		return out
	}
	for _, p := range values.Params {
		if p.Type == search.Reference {
			add(p.Items)
		}
	}
	return out
}

// take adds what a call gave.
func (x *searchRun) take(p *page, r *composite.Result, part int, seen map[fhir.Ref]bool) error {
	if r.Err != nil {
		return r.Err
	}
	add := func(r *search.Resource) {
		if r.Version > 0 && !r.Deleted && !seen[r.Ref] {
			seen[r.Ref] = true
			p.included = append(p.included, *r)
		}
	}
	for i := range r.Resources {
		add(&r.Resources[i])
	}
	for i := range r.Pages {
		if r.Pages[i].Err != nil {
			return r.Pages[i].Err
		}
		for j := range r.Pages[i].Rows {
			add(&r.Pages[i].Rows[j].Resource)
		}
	}
	if len(p.included) > x.h.limits.Included {
		return fault.New(fault.TooCostly, "_include and _revinclude add more than %d resources to the page; ask for smaller pages", x.h.limits.Included)
	}
	return nil
}
