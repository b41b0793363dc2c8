package sqlite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// The columns of a version, in the order that readVersion expects. History has the same ones.
const versionColumns = "rid, version, updated, deleted, splice, body"

func readVersion(row []value, ref fhir.Ref) (search.Resource, error) {
	r := search.Resource{Ref: ref, Position: search.Position(asInt(row[0])), Version: asInt(row[1]), LastUpdated: asInt(row[2]),
		Deleted: asInt(row[3]) != 0}
	if r.Deleted {
		return r, nil
	}
	return r, readBody(&r, row[4], row[5])
}

func readBody(r *search.Resource, splice, body value) (err error) {
	if r.Body, err = fhir.StoredBody(asBytes(body), int(asInt(splice))); err != nil {
		return corrupt(r.Ref.String(), err)
	}
	return nil
}

// Read implements adapters.Reader.
func (s *Store) Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error) {
	at, err := s.reached(atLeast)
	if err != nil {
		return nil, at, fault.At(s.cfg.ID, "read", err)
	}
	out := make([]search.Resource, len(keys))
	err = s.read(ctx, "read", func(c *conn) error {
		if len(keys) == 1 && caller.Policy == nil {
			out[0], err = s.readKey(ctx, c, caller, keys[0])
			return err
		}
		return c.snapshot(ctx, func() error {
			for i, k := range keys {
				if ctx.Err() != nil {
					return ended(ctx)
				}
				if out[i], err = s.readKey(ctx, c, caller, k); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, at, err
	}
	return out, at, nil
}

func (s *Store) readKey(ctx context.Context, c *conn, caller search.Caller, k adapters.Key) (search.Resource, error) {
	out := search.Resource{Ref: k.Ref}
	t := s.names.typeOf(caller.Tenant, k.Type)
	if t == nil {
		return out, nil
	}
	text, args := "SELECT "+versionColumns+" FROM resource WHERE tid=? AND id=?", []value{t.id, k.ID}
	if k.Version != 0 {
		text, args = readOld, []value{t.id, k.ID, k.Version}
	}
	found, err := c.one(context.WithoutCancel(ctx), text, func(row []value) (err error) {
		out, err = readVersion(row, k.Ref)
		return err
	}, args...)
	if err != nil || !found {
		return search.Resource{Ref: k.Ref}, err
	}
	if hidden, err := s.hidden(ctx, c, caller, t, out); err != nil || hidden {
		return search.Resource{Ref: k.Ref}, err
	}
	return out, nil
}

const readOld = "SELECT " + versionColumns + " FROM resource WHERE tid=?1 AND id=?2 AND version=?3 UNION ALL " +
	"SELECT " + versionColumns + " FROM history WHERE tid=?1 AND id=?2 AND version=?3"

// hidden says whether the caller's predicate hides a version, by its own values. A tombstone has none: it is hidden if the version
// before it is.
func (s *Store) hidden(ctx context.Context, c *conn, caller search.Caller, t *typeName, r search.Resource) (bool, error) {
	predicate := search.Simplify(caller.Predicate(r.Ref.Type))
	if _, all := predicate.(search.True); all {
		return false, nil
	}
	v, err := s.valuesAt(ctx, c, t, r)
	if err != nil || v == nil {
		return true, err
	}
	w := &world{ctx: ctx, store: s, conn: c, tenant: caller.Tenant}
	ok, err := search.Match(predicate, v, w)
	if w.err != nil {
		err = w.err
	}
	return !ok, err
}

// valuesAt gives the values of a version, or of the last one with a body before it; nil if there is none.
func (s *Store) valuesAt(ctx context.Context, c *conn, t *typeName, r search.Resource) (v *search.Values, err error) {
	const text = "SELECT vals FROM resource WHERE tid=?1 AND id=?2 AND version<=?3 AND deleted=0 UNION ALL " +
		"SELECT vals FROM (SELECT vals FROM history WHERE tid=?1 AND id=?2 AND version<=?3 AND deleted=0 ORDER BY version DESC LIMIT 1) LIMIT 1"
	_, err = c.one(ctx, text, func(row []value) error {
		v, err = search.DecodeValues(asBytes(row[0]))
		if err != nil {
			return corrupt(r.Ref.String(), err)
		}
		return nil
	}, t.id, r.Ref.ID, r.Version)
	return v, err
}
