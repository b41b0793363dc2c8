package composite

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"slices"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// stateKey is the key in the primary's Meta under which is kept what its index has of custom parameters.
const stateKey = "index/parameters"

// indexState is what the index has of custom parameters, by tenant and resource type.
type indexState map[string]map[string]*typeIndex

// typeIndex is the index of one type. Where there is none, no custom parameter was ever indexed for it.
type typeIndex struct {
	// Target is what the index has, or is on its way to: see fingerprint.
	Target string `json:"target"`
	// Right are the parameters whose values every resource has, by code, with their epochs.
	Right map[string]string `json:"right,omitempty"`
	// Work says that a pass over the type is not done; After is the id of the last resource that it has behind it.
	Work  bool   `json:"work,omitempty"`
	After string `json:"after,omitempty"`
	// Settings are those that the rows are brought to, Was those that they may still be of, as fingerprints.
	Settings string          `json:"settings,omitempty"`
	Was      map[string]bool `json:"was,omitempty"`

	rows, of int64 // of the pass, since it began or went on here
}

// wantedEpochs are the epochs that the custom parameters of a model have in the index, by type and code.
type wantedEpochs map[string]map[string]string

func wanted(m *Model) wantedEpochs {
	out := wantedEpochs{}
	for _, p := range m.Parameters.CustomParams() {
		if out[p.Resource] == nil {
			out[p.Resource] = map[string]string{}
		}
		out[p.Resource][p.Code] = fmt.Sprintf("%016x", m.Indexer.Epoch(p))
	}
	return out
}

// fingerprint tells one set of parameters of a type from another.
func fingerprint(epochs map[string]string) string {
	h := fnv.New64a()
	for _, code := range slices.Sorted(maps.Keys(epochs)) {
		fmt.Fprintf(h, "%s\x00%s\x00", code, epochs[code])
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

func (r *Registry) loadState(ctx context.Context) error {
	values, err := r.Load(ctx, stateKey)
	if err != nil {
		return err
	}
	r.raw, r.state = values[0], indexState{}
	if r.raw == nil {
		return nil
	}
	if err := json.Unmarshal(r.raw, &r.state); err != nil {
		return &fault.Error{Code: fault.StoreCorrupt, Store: r.ID(), Message: "the key " + stateKey + " is damaged", Err: err}
	}
	return nil
}

// save keeps the state in the primary.
func (r *Registry) save(ctx context.Context) error {
	raw, err := json.Marshal(r.state)
	if err != nil {
		return err
	}
	if err := r.Swap(ctx, adapters.Swap{Key: stateKey, Old: r.raw, New: raw}); err != nil {
		return err
	}
	r.raw = raw
	return nil
}

// aimAt makes the state that of an index on its way to what is wanted, and keeps it.
func (r *Registry) aimAt(ctx context.Context, want wantedEpochs) error {
	for try := 1; r.aim(want); try++ {
		err := r.save(ctx)
		if err == nil {
			return nil
		}
		if e := r.loadState(ctx); e != nil {
			return e
		}
		if fault.Of(err) != fault.Conflict || try == 3 { // a conflict is with another process, whose state it is then
			return err
		}
	}
	return nil
}

// aim changes the state; false if it is what it should be. A parameter stays right that is wanted as it is; a type of which anything
// else is wanted gets a pass from its beginning.
func (r *Registry) aim(want wantedEpochs) (changed bool) {
	for _, tenant := range r.tenants() {
		types := r.state[tenant]
		if types == nil {
			types = map[string]*typeIndex{}
		}
		for _, name := range slices.Compact(slices.Sorted(concat(maps.Keys(want), maps.Keys(types)))) {
			target, old := fingerprint(want[name]), types[name]
			if old != nil && old.Target == target {
				continue
			}
			next := &typeIndex{Target: target, Work: true, Right: map[string]string{}, Settings: want[name][everything], Was: r.was(old)}
			for code, epoch := range want[name] {
				if old != nil && old.Right[code] == epoch {
					next.Right[code] = epoch
				}
			}
			types[name], changed = next, true
		}
		if len(types) > 0 {
			r.state[tenant] = types
		}
	}
	return changed
}

// tenants are those that are configured, and those that the index has.
func (r *Registry) tenants() []string {
	all := append([]string{r.models.config.Tenant}, r.cfg.Tenants...)
	return slices.Compact(slices.Sorted(concat(slices.Values(all), maps.Keys(r.state))))
}

// progress tells all who ask what is being built, and how far it is. Watchers are called when that is something else than before.
func (r *Registry) progress(ctx context.Context) {
	building := map[string]float64{}
	for name, epochs := range r.want {
		for code, epoch := range epochs {
			done, is := r.pending(ctx, name, code, epoch)
			if !is {
				continue
			}
			for _, p := range r.unfinished(name, code) {
				building[name+"."+p.Code] = done
				if p.Canonical != nil {
					building[name+"."+p.Canonical.Code] = done
				}
			}
		}
	}
	before := r.Building()
	if len(building) == 0 {
		r.building.Store(nil)
	} else {
		r.building.Store(&building)
	}
	if !maps.EqualFunc(before, building, func(float64, float64) bool { return true }) {
		for _, f := range r.watchers {
			f()
		}
	}
}

// unfinished are the parameters that a code stands for.
func (r *Registry) unfinished(name, code string) []*search.Param {
	if code != everything {
		return []*search.Param{r.params.Param(name, code)}
	}
	var out []*search.Param
	for _, types := range r.state {
		if t := types[name]; t != nil && t.Work {
			params, _ := r.concerns(name, t)
			out = append(out, params...)
		}
	}
	return out
}

// pending says whether a tenant's index does not have a parameter yet, and how much of all of them is done.
func (r *Registry) pending(ctx context.Context, name, code, epoch string) (done float64, is bool) {
	var rows, of int64
	for tenant, types := range r.state {
		t := types[name]
		if t == nil || t.Right[code] == epoch {
			continue
		}
		is = true
		if t.of == 0 {
			if s, err := r.Statistics(ctx, tenant); err == nil { // it is a guess for people
				t.of = max(s.Rows[name], 1)
			}
		}
		rows, of = rows+min(t.rows, t.of), of+t.of
	}
	if of == 0 {
		return 0, is
	}
	return min(float64(rows)/float64(of), 0.99), is
}

func concat(all ...iter.Seq[string]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, one := range all {
			for s := range one {
				if !yield(s) {
					return
				}
			}
		}
	}
}
