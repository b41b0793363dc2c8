package composite

import (
	"context"

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

// Notify implements adapters.Notifier, where the store does; else nothing is told.
func (r *Registry) Notify(c chan<- struct{}) (stop func()) {
	if n, ok := r.ParameterStore.(adapters.Notifier); ok {
		return n.Notify(c)
	}
	return func() {}
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
