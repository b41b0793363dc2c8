package sqlite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Scan implements adapters.Scanner. A type of "" is refused: the rows are by type. A limit of 0 is no limit; the rows are then read
// a page at a time, each page of its own state at or above the answer's position.
func (s *Store) Scan(ctx context.Context, tenant, resourceType, after string, limit int) adapters.Answer[adapters.Scanned] {
	var at search.Position
	return adapters.Answer[adapters.Scanned]{
		At: func() search.Position { return at },
		Rows: func(yield func(adapters.Scanned, error) bool) {
			at = s.head.Load().Position
			if err := s.scan(ctx, tenant, resourceType, after, limit, yield); err != nil {
				yield(adapters.Scanned{}, err)
			}
		},
	}
}

func (s *Store) scan(ctx context.Context, tenant, resourceType, after string, limit int, yield func(adapters.Scanned, error) bool) error {
	t := s.names.typeOf(tenant, resourceType)
	if t == nil {
		return nil
	}
	left := limit
	for {
		n := historyPage
		if limit > 0 {
			n = min(n, left)
		}
		part, err := s.scanPage(ctx, t, after, n)
		if err != nil {
			return err
		}
		for _, r := range part {
			if !yield(r, nil) {
				return nil
			}
		}
		left -= len(part)
		if len(part) < n || limit > 0 && left == 0 {
			return nil
		}
		after = part[len(part)-1].Ref.ID
	}
}

func (s *Store) scanPage(ctx context.Context, t *typeName, after string, n int) (out []adapters.Scanned, err error) {
	err = s.read(ctx, "scan", func(c *conn) error {
		return c.each(ctx, "SELECT "+versionColumns+", id, vals FROM resource WHERE tid=? AND id > ? ORDER BY id LIMIT ?",
			[]value{t.id, after, int64(n)}, func(row []value) (bool, error) {
				r, err := readVersion(row, fhir.Ref{Type: t.key.typ, ID: asText(row[6])})
				if err != nil {
					return false, err
				}
				one := adapters.Scanned{Resource: r}
				if !r.Deleted {
					if one.Values, err = search.DecodeValues(asBytes(row[7])); err != nil {
						return false, corrupt(r.Ref.String(), err)
					}
				}
				out = append(out, one)
				return true, nil
			})
	})
	return out, err
}

// Digests implements adapters.Digester. There is one form of the values here, so that quick and deep are the same.
func (s *Store) Digests(ctx context.Context, requests []adapters.DigestRequest) ([]adapters.Digest, search.Position, error) {
	at := s.head.Load().Position
	out := make([]adapters.Digest, len(requests))
	err := s.read(ctx, "digests", func(c *conn) error {
		return c.snapshot(ctx, func() error {
			for i, r := range requests {
				if err := s.digest(ctx, c, r, &out[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return out, at, err
}

func (s *Store) digest(ctx context.Context, c *conn, r adapters.DigestRequest, d *adapters.Digest) error {
	t := s.names.typeOf(r.Tenant, r.Type)
	if t == nil {
		return nil
	}
	var w writer
	w.text("SELECT max(rid, indexed), id, vals FROM resource WHERE tid = ").arg(t.id).text(" AND deleted = 0 AND id >= ").arg(r.From)
	if r.To != "" {
		w.text(" AND id < ").arg(r.To)
	}
	return c.each(ctx, w.String(), w.args, func(row []value) (bool, error) {
		if ctx.Err() != nil {
			return false, ended(ctx)
		}
		v, err := search.DecodeValues(asBytes(row[2]))
		if err != nil {
			return false, corrupt(fhir.Ref{Type: r.Type, ID: asText(row[1])}.String(), err)
		}
		d.Rows++
		d.Sum += search.Digest(v, search.Position(asInt(row[0])))
		return true, nil
	})
}

// Statistics implements adapters.Store: from memory.
func (s *Store) Statistics(ctx context.Context, tenant string) (search.Statistics, error) {
	if ctx.Err() != nil {
		return search.Statistics{}, fault.At(s.cfg.ID, "statistics", ended(ctx))
	}
	out := search.Statistics{Rows: map[string]int64{}, Params: map[string]map[string]search.ParamStatistics{}}
	types := s.names.typesOf(tenant)
	s.names.mu.RLock()
	defer s.names.mu.RUnlock()
	for _, t := range types {
		if n := t.live.Load(); n > 0 {
			out.Rows[t.key.typ] = n
		}
		params := map[string]search.ParamStatistics{}
		for code, p := range t.params {
			if rows := p.rows.Load(); rows > 0 {
				params[code] = search.ParamStatistics{Rows: rows, Distinct: p.values()}
			}
		}
		if len(params) > 0 {
			out.Params[t.key.typ] = params
		}
	}
	return out, nil
}
