package graph

import (
	"bytes"
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// maxSought is how many distinct conditional references a level may have: each is a search.
const maxSought = 100

// seeker finds what conditional references ("Patient?identifier=s|1") are to (FHIR R4, 3.1.0.11.4), and what canonicals name. Servers
// resolve such references on writing; a store that was loaded may have some all the same.
type seeker struct {
	engine  Engine
	reader  *search.Reader
	caller  search.Caller
	atLeast search.Position

	waiting []sought
	found   map[string]seeking
	// canonicals wait, too; defined is what was found for them.
	canonicals []soughtCanonical
	defined    map[typedURL]defined
	// reports are those of its searches.
	reports []composite.Report
}

// sought is a hole that waits for the resource of a condition.
type sought struct {
	fill      int // in fills
	fetch     *fetch
	condition string
}

// seeking is a condition with what was found for it.
type seeking struct {
	key search.Key
	err error
}

// conditional splits "Type?arguments"; "" if a text is none.
func (r *resolver) conditional(text []byte) (typeName, arguments string) {
	at := bytes.IndexByte(text, '?')
	if at < 0 || at == len(text)-1 {
		return "", ""
	}
	return r.types[string(text[:at])], string(text[at+1:])
}

// seek finds the resources of the conditions and of the canonicals that wait, each once, and asks for them on the level that comes.
func (x *request) seek(ctx context.Context) {
	s := x.seeker
	if s == nil {
		return
	}
	x.seekCanonicals(ctx)
	if len(s.waiting) == 0 {
		return
	}
	now := s.waiting
	s.waiting = nil
	fresh := map[string]bool{}
	for _, w := range now {
		if _, known := s.found[w.condition]; !known {
			fresh[w.condition] = true
		}
	}
	s.run(ctx, x.refs, slices.Sorted(maps.Keys(fresh)))
	for _, w := range now {
		f, a := s.found[w.condition], &x.asks[w.fetch.index]
		switch {
		case f.err == nil:
			x.want(w.fill, w.fetch, f.key)
		case fault.Of(f.err) == fault.NotFound && a.optional:
		default:
			x.fills[w.fill] = fill{kind: fillError, fetch: w.fetch, err: f.err}
		}
	}
}

// run searches for conditions, all at once.
func (s *seeker) run(ctx context.Context, refs *resolver, conditions []string) {
	if s.found == nil {
		s.found = map[string]seeking{}
	}
	op := planner.Operation{Caller: s.caller, AtLeast: s.atLeast}
	var asked []string
	for i, condition := range conditions {
		q, err := s.query(refs, condition)
		if i >= maxSought {
			err = fault.New(fault.TooCostly, "more than %d conditional references would have to be searched for at once", maxSought)
		}
		if err != nil {
			s.found[condition] = seeking{err: err}
			continue
		}
		asked = append(asked, condition)
		op.Parts = append(op.Parts, planner.Part{Kind: planner.Search, Path: "conditional reference", Parent: -1, Query: q, Rows: true, Limit: 2})
	}
	if len(asked) == 0 {
		return
	}
	calls := make([]composite.Call, len(asked))
	for i := range calls {
		calls[i].Part = i
	}
	results, err := s.search(ctx, op, calls)
	for i, condition := range asked {
		if err != nil {
			s.found[condition] = seeking{err: err}
			continue
		}
		s.found[condition] = only(&results[i])
	}
}

// report adds what became of the searches to that of the request which they are of.
func (s *seeker) report(r composite.Report) composite.Report {
	for _, own := range s.reports {
		r.Position, r.AtHead, r.Calls = min(r.Position, own.Position), r.AtHead && own.AtHead, r.Calls+own.Calls
		for _, what := range own.Degraded {
			if !slices.Contains(r.Degraded, what) {
				r.Degraded = append(r.Degraded[:len(r.Degraded):len(r.Degraded)], what)
			}
		}
	}
	return r
}

// only is the one row that a condition may find.
func only(r *composite.Result) seeking {
	switch {
	case r.Err != nil:
		return seeking{err: r.Err}
	case len(r.Pages) != 1:
		return seeking{err: fault.New(fault.Internal, "a search gave %d pages", len(r.Pages))}
	case r.Pages[0].Err != nil:
		return seeking{err: r.Pages[0].Err}
	}
	switch rows := r.Pages[0].Rows; len(rows) {
	case 0:
		return seeking{err: fault.New(fault.NotFound, "no resource matches the condition of the reference")}
	case 1:
		return seeking{key: search.Key{Ref: rows[0].Ref}}
	}
	return seeking{err: fault.New(fault.Conflict, "several resources match the condition of the reference")}
}

// query reads the arguments of a condition. What is wrong with them is wrong with the data, not with the request.
func (s *seeker) query(refs *resolver, condition string) (search.Query, error) {
	typeName, arguments := refs.conditional([]byte(condition))
	q := search.Query{Caller: s.caller, Type: typeName}
	values, err := url.ParseQuery(arguments)
	var parts []search.Expr
	for _, name := range slices.Sorted(maps.Keys(values)) {
		e, wrong := s.reader.Clause(typeName, name, values[name])
		if wrong != nil {
			err = wrong
		}
		parts = append(parts, e)
	}
	if err != nil || len(parts) == 0 {
		return q, fault.New(fault.NotFound, "the reference names a resource by a condition that is not one of search")
	}
	q.Where = all(parts)
	return q, nil
}
