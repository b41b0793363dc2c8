package sqlite

import (
	"context"
	"iter"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// world shows other resources to search.Match, on the snapshot of a connection. Match cannot take errors from it: the first is kept.
type world struct {
	ctx    context.Context
	store  *Store
	conn   *conn
	tenant string
	err    error
}

// Values implements search.World.
func (w *world) Values(ref fhir.Ref) (v *search.Values, there bool) {
	t := w.store.names.typeOf(w.tenant, ref.Type)
	if t == nil {
		return nil, false
	}
	_, err := w.conn.one(w.ctx, "SELECT vals FROM resource WHERE tid=? AND id=? AND deleted=0", func(row []value) (err error) {
		if v, err = search.DecodeValues(asBytes(row[0])); err != nil {
			return corrupt(ref.String(), err)
		}
		return nil
	}, t.id, ref.ID)
	w.fail(err)
	return v, v != nil && err == nil
}

func (w *world) fail(err error) {
	if w.err == nil && err != nil {
		w.err = err
	}
}

// Referrers implements search.World.
func (w *world) Referrers(ref fhir.Ref, param *search.Param) iter.Seq[*search.Values] {
	return func(yield func(*search.Values) bool) {
		p := w.store.names.param(w.tenant, param)
		if p == nil {
			return
		}
		sub := w.store.names.sub(p, subTarget+ref.Type)
		if sub == nil {
			return
		}
		var ids []string
		err := w.conn.each(w.ctx, "SELECT DISTINCT id FROM rx WHERE sid=? AND target=?", []value{sub.id, boundKey(ref.ID)},
			func(row []value) (bool, error) {
				ids = append(ids, asText(row[0]))
				return true, nil
			})
		w.fail(err)
		for _, id := range ids {
			if v, ok := w.Values(fhir.Ref{Type: param.Resource, ID: id}); ok && !yield(v) {
				return
			}
		}
	}
}

// Contains implements search.World: a writer is given no expansions.
func (w *world) Contains(set search.CodeSet, _ fhir.Code) (bool, error) {
	return false, fault.New(fault.Unsupported, "%s has not been expanded", set)
}
