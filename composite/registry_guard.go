package composite

import (
	"context"
	"fmt"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Write implements adapters.Writer. Values that an older model made are made anew, in the members themselves; conditions that ask for
// a parameter whose index is being built fail their member.
func (r *Registry) Write(ctx context.Context, members []adapters.Member) ([]adapters.Outcome, error) {
	out, err := r.write(ctx, members)
	if at := r.touched(members, out); at > 0 {
		// The write is durable, whatever becomes of this: Run tries again what fails.
		if err := r.follow(context.WithoutCancel(ctx), at); err != nil {
			r.log.Error("a search parameter is stored and not yet in effect", "error", err)
		}
	}
	return out, err
}

func (r *Registry) write(ctx context.Context, members []adapters.Member) ([]adapters.Outcome, error) {
	r.gate.RLock()
	defer r.gate.RUnlock()
	model := r.models.Current()
	failed := map[int]adapters.Outcome{}
	sent := members
	for i := range members {
		if at, err := r.ready(model, &members[i]); err != nil {
			if len(failed) == 0 {
				sent = append([]adapters.Member(nil), members...)
			}
			failed[i] = adapters.Outcome{Err: fault.At(r.ID(), "write", err), Failed: at}
			sent[i] = adapters.Member{Tenant: members[i].Tenant}
		}
	}
	out, err := r.ParameterStore.Write(ctx, sent)
	if err != nil {
		return out, err
	}
	for i, o := range failed {
		out[i] = o
	}
	return out, nil
}

// ready makes the values of a member those of the model, and refuses its conditions where they cannot be checked.
func (r *Registry) ready(model *Model, m *adapters.Member) (failed int, err error) {
	for i := range m.Writes {
		w := &m.Writes[i]
		if w.If.Search != nil {
			if err := r.built(*w.If.Search); err != nil {
				return i, err
			}
		}
		if w.Action != adapters.Put || w.Model == model.Number || w.Values == nil && w.Ready == nil {
			continue
		}
		values, _, err := model.Indexer.IndexBytes(w.Body.JSON)
		if err != nil {
			return i, err
		}
		w.Values, w.Ready, w.Model = values, nil, model.Number
	}
	return 0, nil
}

// Prepare implements adapters.Preparer, where the store does; else the write stays as it is.
func (r *Registry) Prepare(ctx context.Context, tenant string, w *adapters.Write) error {
	if p, ok := r.ParameterStore.(adapters.Preparer); ok {
		return p.Prepare(ctx, tenant, w)
	}
	return nil
}

// touched is the highest position at which a SearchParameter resource of the tenant whose are in effect was written; 0 for none.
func (r *Registry) touched(members []adapters.Member, out []adapters.Outcome) (at search.Position) {
	for i := range out {
		if members[i].Tenant != r.models.config.Tenant {
			continue
		}
		for _, res := range out[i].Results {
			if res.Ref.Type == searchParameter && res.Effect != adapters.Unchanged {
				at = max(at, res.Position)
			}
		}
	}
	return at
}

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
	for _, p := range params {
		if done, is := (*building)[p.Resource+"."+p.Code]; is {
			return &fault.Error{Code: fault.ParameterBuilding, Store: r.ID(), Op: "search",
				Message: fmt.Sprintf("the index of %s.%s is being built (%.0f%% done)", p.Resource, p.Code, done*100)}
		}
	}
	return nil
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
