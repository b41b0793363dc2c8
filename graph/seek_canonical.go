package graph

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// maxCanonicals is how many distinct canonicals of a type a level may have: together they are one search.
const maxCanonicals = 1_000

// soughtCanonical is a hole that waits for the resource of a canonical.
type soughtCanonical struct {
	fill         int // in fills
	fetch        *fetch
	url, version string
}

// typedURL is a canonical without its version, as a resource of a type may have it.
type typedURL struct{ typ, url string }

// defined are the resources of a type that have a canonical URL.
type defined struct {
	all []definition
	err error
}

type definition struct {
	ref     fhir.Ref
	version string // the business version
}

// seekCanonicals finds what the canonicals that wait name, by a search a type, and asks for it on the level that comes.
func (x *request) seekCanonicals(ctx context.Context) {
	s := x.seeker
	now := s.canonicals
	if s.canonicals = nil; len(now) == 0 {
		return
	}
	fresh := map[string]map[string]bool{}
	for _, w := range now {
		for _, t := range x.schema.canonicalTypes(w.fetch.targets) {
			if _, known := s.defined[typedURL{t, w.url}]; !known {
				if fresh[t] == nil {
					fresh[t] = map[string]bool{}
				}
				fresh[t][w.url] = true
			}
		}
	}
	x.searchCanonicals(ctx, fresh)
	for _, w := range now {
		a := &x.asks[w.fetch.index]
		ref, err := x.defined(w)
		switch {
		case err != nil && fault.Of(err) == fault.NotFound && a.optional:
		case err != nil:
			x.fills[w.fill] = fill{kind: fillError, fetch: w.fetch, err: err}
		case a.only == "" || a.only == ref.Type:
			x.want(w.fill, w.fetch, search.Key{Ref: ref})
		}
	}
}

// canonicalTypes are those of the targets of a canonical, or of all types if there are none, that are served and have canonicals.
func (s *Schema) canonicalTypes(targets []string) []string {
	if len(targets) == 0 {
		return s.canonicals
	}
	return slices.DeleteFunc(slices.Clone(targets), func(t string) bool { return !slices.Contains(s.canonicals, t) })
}

// hasCanonicals says whether resources of a type have canonicals: a url with a version.
func hasCanonicals(params *search.Parameters, resourceType string) bool {
	return params.Param(resourceType, "url") != nil && params.Param(resourceType, "version") != nil
}

// searchCanonicals finds the resources that have URLs, of each type by one search, all at once. What was found needs no reading.
func (x *request) searchCanonicals(ctx context.Context, fresh map[string]map[string]bool) {
	s := x.seeker
	if s.defined == nil {
		s.defined = map[typedURL]defined{}
	}
	op := planner.Operation{Caller: s.caller, AtLeast: s.atLeast}
	var calls []composite.Call
	var err error
	types := slices.Sorted(maps.Keys(fresh))
	for _, t := range types {
		clause := search.Clause{Param: x.schema.params.Param(t, "url")}
		for _, url := range slices.Sorted(maps.Keys(fresh[t])) {
			clause.Values = append(clause.Values, search.Value{Text: url})
		}
		if len(clause.Values) > maxCanonicals {
			err = fault.New(fault.TooCostly, "more than %d canonicals would have to be searched for at once", maxCanonicals)
		}
		calls = append(calls, composite.Call{Part: len(op.Parts)})
		op.Parts = append(op.Parts, planner.Part{
			Kind: planner.Search, Path: "canonical", Parent: -1, Rows: true, Cap: x.limits.Page, Query: search.Query{Caller: s.caller, Type: t, Where: clause},
		})
	}
	results := make([]composite.Result, len(types))
	if err == nil && len(types) > 0 {
		results, err = s.search(ctx, op, calls)
	}
	for i, t := range types {
		for url := range fresh[t] {
			s.defined[typedURL{t, url}] = defined{err: err}
		}
		if err == nil {
			x.define(t, &results[i], fresh[t])
		}
	}
}

// search plans an operation and runs all of it.
func (s *seeker) search(ctx context.Context, op planner.Operation, calls []composite.Call) ([]composite.Result, error) {
	plan, err := s.engine.Plan(op)
	if err != nil {
		return nil, err
	}
	exec := s.engine.Start(plan)
	results := exec.Run(ctx, calls)
	s.reports = append(s.reports, exec.Report())
	return results, nil
}

// define notes what a search for URLs of a type found.
func (x *request) define(typeName string, r *composite.Result, urls map[string]bool) {
	err := r.Err
	if err == nil && len(r.Pages) == 1 {
		err = r.Pages[0].Err
	} else if err == nil {
		err = fault.New(fault.Internal, "a search gave %d pages", len(r.Pages))
	}
	var parser fastjson.Parser
	for i := 0; err == nil && i < len(r.Pages[0].Rows); i++ {
		row := &r.Pages[0].Rows[i].Resource
		v, broken := parser.ParseBytes(row.Body.JSON)
		if broken != nil {
			err = corrupt(row.Ref, broken)
			break
		}
		key := typedURL{typeName, string(v.GetStringBytes("url"))}
		d := x.seeker.defined[key]
		d.all = append(d.all, definition{row.Ref, string(v.GetStringBytes("version"))})
		x.seeker.defined[key] = d
		x.load.know(search.Key{Ref: row.Ref}, *row)
	}
	if err == nil {
		return
	}
	for url := range urls {
		x.seeker.defined[typedURL{typeName, url}] = defined{err: err}
	}
}

// defined is the one resource that a canonical names: that of its version, else of the newest.
func (x *request) defined(w soughtCanonical) (fhir.Ref, error) {
	var all []definition
	for _, t := range x.schema.canonicalTypes(w.fetch.targets) {
		d := x.seeker.defined[typedURL{t, w.url}]
		if d.err != nil {
			return fhir.Ref{}, d.err
		}
		all = append(all, d.all...)
	}
	found := len(all)
	if w.version != "" {
		all = slices.DeleteFunc(all, func(d definition) bool { return d.version != w.version })
	}
	slices.SortStableFunc(all, func(a, b definition) int {
		return cmp.Or(fhir.CompareVersions(b.version, a.version), a.ref.Compare(b.ref))
	})
	switch {
	case len(all) == 0 && found > 0:
		return fhir.Ref{}, fault.New(fault.NotFound, "what the canonical names is here in other versions only")
	case len(all) == 0:
		return fhir.Ref{}, fault.New(fault.NotFound, "no resource here has the canonical")
	case len(all) > 1 && all[0].version == all[1].version:
		return fhir.Ref{}, fault.New(fault.Conflict, "several resources have the canonical, in one version")
	}
	return all[0].ref, nil
}
