package composite

import (
	"context"
	"fmt"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// built fails with PARAMETER_BUILDING if the query asks for a parameter whose index is not complete.
func (r *Registry) built(q search.Query, also ...*search.Param) error {
	building := r.building.Load()
	if building == nil {
		return nil
	}
	params := asked(q.Type, search.Restrict(q), also)
	for _, k := range q.Sort {
		params = append(params, k.Param)
	}
	return r.complete(*building, params)
}

func (r *Registry) complete(building map[string]float64, params []*search.Param) error {
	for _, p := range params {
		if done, is := building[p.Resource+"."+p.Code]; is {
			return &fault.Error{Code: fault.ParameterBuilding, Store: r.ID(), Op: "search",
				Message: fmt.Sprintf("the index of %s.%s is being built (%.0f%% done)", p.Resource, p.Code, done*100)}
		}
	}
	return nil
}

// visible fails with PARAMETER_BUILDING if what the caller may see of a type depends on such a parameter.
func (r *Registry) visible(caller search.Caller, types ...string) error {
	building := r.building.Load()
	if building == nil || caller.Policy == nil {
		return nil
	}
	for _, name := range types {
		if err := r.complete(*building, asked(name, caller.Predicate(name), nil)); err != nil {
			return err
		}
	}
	return nil
}

// Read implements adapters.Reader.
func (r *Registry) Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error) {
	if r.building.Load() != nil {
		for _, k := range keys {
			if err := r.visible(caller, k.Type); err != nil {
				return nil, 0, err
			}
		}
	}
	return r.ParameterStore.Read(ctx, caller, atLeast, keys)
}

// History implements adapters.Reader.
func (r *Registry) History(ctx context.Context, req adapters.HistoryRequest) adapters.Answer[search.Resource] {
	types := []string{req.Type}
	if req.Type == "" {
		types = r.models.Current().Parameters.Definitions().Resources()
	}
	if err := r.visible(req.Caller, types...); err != nil {
		return refused[search.Resource](err)
	}
	return r.ParameterStore.History(ctx, req)
}

// asked appends the parameters that a condition on a type asks for.
func asked(name string, e search.Expr, params []*search.Param) []*search.Param {
	switch e := e.(type) {
	case search.And:
		for _, x := range e {
			params = asked(name, x, params)
		}
	case search.Or:
		for _, x := range e {
			params = asked(name, x, params)
		}
	case search.Not:
		return asked(name, e.X, params)
	case search.Exists:
		return append(params, e.Param)
	case search.Clause:
		return append(params, e.Param)
	case search.Text:
		if e.Content {
			return append(params, &search.Param{Resource: name, Code: search.ParamContent})
		}
		return append(params, &search.Param{Resource: name, Code: search.ParamText})
	case search.Chain:
		return asked(e.Target, e.Where, append(params, e.Param))
	case search.Has:
		return asked(e.Param.Resource, e.Where, append(params, e.Param))
	case search.List:
		return asked("List", e.Where, params)
	}
	return params
}

// Search implements adapters.Searcher.
func (r *Registry) Search(ctx context.Context, req search.Request) adapters.Answer[search.Hit] {
	if err := r.built(req.Query); err != nil {
		return refused[search.Hit](err)
	}
	return r.ParameterStore.Search(ctx, req)
}

// Count implements adapters.Searcher.
func (r *Registry) Count(ctx context.Context, req search.Request) (int64, search.Position, error) {
	if err := r.built(req.Query); err != nil {
		return 0, 0, err
	}
	return r.ParameterStore.Count(ctx, req)
}

// SearchEach implements adapters.EachSearcher.
func (r *Registry) SearchEach(ctx context.Context, req search.EachRequest) adapters.Answer[search.EachHit] {
	if err := r.builtEach(req); err != nil {
		return refused[search.EachHit](err)
	}
	return r.ParameterStore.SearchEach(ctx, req)
}

// CountEach implements adapters.EachSearcher.
func (r *Registry) CountEach(ctx context.Context, req search.EachRequest) ([]int64, search.Position, error) {
	if err := r.builtEach(req); err != nil {
		return nil, 0, err
	}
	return r.ParameterStore.CountEach(ctx, req)
}

func (r *Registry) builtEach(req search.EachRequest) error {
	if req.Param == nil {
		return r.built(req.Query)
	}
	return r.built(req.Query, req.Param)
}

func refused[T any](err error) adapters.Answer[T] {
	return adapters.Answer[T]{
		At:   func() search.Position { return 0 },
		Rows: func(yield func(T, error) bool) { var none T; yield(none, err) },
	}
}
