package composite

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// ProgramSetting is the setting that is no setting but the program's own way of indexing: where it differs all values may, and the
// words of texts.
const ProgramSetting = "the program's indexer"

// historyKey is the key in the primary's Meta under which are kept all settings that rows may have been indexed under, by fingerprint;
// nothing as long as they have never changed.
const historyKey = "index/history"

// everything stands among the epochs of a type for the settings that all values were made under.
const everything = "*"

// ChangeIndex makes these settings those of the primary's index, and gives in words what differs from those that it has. A Registry
// with these Settings then indexes anew what that concerns. Where nothing differs it is as CheckIndex.
func ChangeIndex(ctx context.Context, primary adapters.Primary, settings map[string]string) (differs []string, err error) {
	old, raw, err := indexed(ctx, primary)
	if err != nil || maps.Equal(old, settings) {
		return nil, err
	}
	head, err := primary.Head(ctx)
	if err != nil {
		return nil, err
	}
	if raw == nil || head.Position == 0 {
		return nil, CheckIndex(ctx, primary, settings)
	}
	history, kept, err := settingsHistory(ctx, primary)
	if err != nil {
		return nil, err
	}
	history[fingerprint(old)], history[fingerprint(settings)] = old, settings
	next, err := json.Marshal(history)
	if err != nil {
		return nil, err
	}
	now, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	return differences(old, settings), primary.Swap(ctx, adapters.Swap{Key: indexedKey, Old: raw, New: now}, adapters.Swap{Key: historyKey, Old: kept, New: next})
}

func settingsHistory(ctx context.Context, primary adapters.Primary) (history map[string]map[string]string, raw []byte, err error) {
	history = map[string]map[string]string{}
	values, err := primary.Load(ctx, historyKey)
	if err != nil || values[0] == nil {
		return history, nil, err
	}
	if err := json.Unmarshal(values[0], &history); err != nil {
		return nil, nil, &fault.Error{Code: fault.StoreCorrupt, Store: primary.ID(), Message: "the key " + historyKey + " is damaged", Err: err}
	}
	return history, values[0], nil
}

// settled adds to what is wanted that all types are of the settings of now, if they have ever been others.
func (r *Registry) settled(want wantedEpochs) wantedEpochs {
	if len(r.history) == 0 {
		return want
	}
	now := fingerprint(r.cfg.Settings)
	for _, name := range r.models.Current().Parameters.Definitions().Resources() {
		if want[name] == nil {
			want[name] = map[string]string{}
		}
		want[name][everything] = now
	}
	return want
}

// was are the settings that rows of a type may be of besides those of now.
func (r *Registry) was(old *typeIndex) map[string]bool {
	out := map[string]bool{}
	if len(r.history) == 0 {
		return nil
	}
	if old == nil || old.Settings == "" { // it is not known which
		for s := range r.history {
			out[s] = true
		}
	} else {
		maps.Copy(out, old.Was)
		out[old.Settings] = true
	}
	delete(out, fingerprint(r.cfg.Settings))
	return out
}

// concerns are the parameters of a type whose values differ between the settings of now and those that its rows may be of; words says
// that the tokens of texts do.
func (r *Registry) concerns(name string, t *typeIndex) (params []*search.Param, words bool) {
	for s := range t.Was {
		old := r.older(s)
		for _, p := range r.params.Of(name) {
			switch {
			case p.Code == search.ParamID || p.Code == search.ParamLastUpdated:
			case p.Type == search.Special:
				if words = words || old == nil; old == nil {
					params = append(params, p)
				}
			case old == nil || old.Epoch(p) != r.indexer.Epoch(p):
				params = append(params, p)
			}
		}
	}
	return params, words
}

// older is the indexer of other settings; nil if it was another program's, or they are not known.
func (r *Registry) older(s string) *search.Indexer {
	old, known := r.history[s]
	if !known || old[ProgramSetting] != r.cfg.Settings[ProgramSetting] || r.cfg.Indexer == nil {
		return nil
	}
	x, err := r.cfg.Indexer(old, r.params)
	if err != nil {
		r.log.Warn("settings of the index are not understood: all is indexed anew", "error", err)
		return nil
	}
	return x
}
