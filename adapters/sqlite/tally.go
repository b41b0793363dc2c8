package sqlite

import (
	"context"
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// tally counts the rows of a name, and estimates how many different values they have, by a HyperLogLog of 64 registers (±13 %). The
// writer alone changes it; what is deleted stays in the estimate. It is stored now and then: see group.saveRows.
type tally struct {
	rows     atomic.Int64
	distinct atomic.Int64
	// The writer's own.
	sketch [64]byte
	dirty  bool
}

func (t *tally) load(rows int64, sketch []byte) {
	t.rows.Store(rows)
	copy(t.sketch[:], sketch)
	t.estimate()
}

// see adds a value.
func (t *tally) see(hash uint64) {
	i := hash >> 58
	t.sketch[i] = max(t.sketch[i], byte(bits.LeadingZeros64(hash<<6|1<<5)+1))
}

// estimate publishes the number of values (Flajolet et al. 2007, with linear counting below 160).
func (t *tally) estimate() {
	const m = 64
	sum, empty := 0.0, 0
	for _, r := range t.sketch {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	n := 0.709 * m * m / sum
	if n < 2.5*m && empty > 0 {
		n = m * math.Log(m/float64(empty))
	}
	t.distinct.Store(min(int64(n+0.5), t.rows.Load()))
}

// count is about how many rows there are.
func (t *tally) count() float64 { return float64(t.rows.Load()) }

// frequency is about how many rows a value has.
func (t *tally) frequency() float64 { return t.count() / math.Max(1, float64(t.distinct.Load())) }

// hash mixes what a row is looked up by; it is stored, so it must not change.
func (r *indexRow) hash() uint64 {
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for _, s := range [2]string{r.text, r.nlo} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * prime
		}
	}
	if r.table == dateTable {
		h ^= uint64(r.lo) * prime
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// values is about how many different values a parameter has, over its systems and targets.
func (p *paramName) values() int64 {
	n := p.distinct.Load()
	for _, s := range p.subs {
		n += s.distinct.Load()
	}
	return max(1, min(n, p.rows.Load()))
}

// saveEvery is how often row counts are stored: they are estimates, and may be that old after a crash.
const saveEvery = 5 * time.Second

// saveRows stores row counts, in the running transaction.
func (g *group) saveRows(ctx context.Context, all bool) error {
	if !all && time.Since(g.saved) < saveEvery {
		return nil
	}
	g.saved = time.Now()
	save := func(id int64, t *tally) error {
		if !t.dirty {
			return nil
		}
		g.saving = append(g.saving, t)
		_, err := g.conn.exec(ctx, "UPDATE names SET rows=?, sketch=? WHERE id=?", t.rows.Load(), t.sketch[:], id)
		return err
	}
	for _, t := range g.names.types {
		for _, p := range t.params {
			if err := save(p.id, &p.tally); err != nil {
				return err
			}
			for _, s := range p.subs {
				if err := save(s.id, &s.tally); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
