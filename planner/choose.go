package planner

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// choice is what choose found for a condition: the store, nil if there is none, those that could take it too, and what keeps the
// others. Its texts are made only where they are wanted, for most choices are steps on the way.
type choice struct {
	store   *StoreState
	where   search.Expr
	able    []candidate
	refused []refused
	alone   bool
}

// candidate is a store that could answer, and what it would cost.
type candidate struct {
	store string
	ms    float64
}

type refused struct {
	store string
	err   error
}

// choose picks the store for a query as a whole: among those that claim it, the caller's predicates included, are healthy and
// have got far enough, the one of least cost; of equal cost the first of the snapshot. Window is how many rows suffice; 0 is
// all. It is false if there is none.
func (b *builder) choose(q search.Query, features search.Feature, window int) (choice, bool) {
	full := search.Restrict(q)
	c := choice{where: q.Where, alone: len(b.snapshot.Stores) == 1}
	var least float64
	for i := range b.snapshot.Stores {
		st := &b.snapshot.Stores[i]
		if err := b.eligible(st, q, full, features); err != nil {
			c.refused = append(c.refused, refused{st.ID, err})
			continue
		}
		ms := b.cost(st, q.Type, q.Where, window)
		c.able = append(c.able, candidate{st.ID, ms})
		if c.store == nil || ms < least {
			c.store, least = st, ms
		}
	}
	return c, c.store != nil
}

// why says why the store was taken; "" when it is the only one.
func (c *choice) why() string {
	switch {
	case c.alone:
		return ""
	case len(c.able) == 1:
		return "no other can"
	}
	i := slices.IndexFunc(c.able, func(a candidate) bool { return a.store == c.store.ID })
	return fmt.Sprintf("%.2f ms", c.able[i].ms)
}

// rejected says why each of the others was not.
func (c *choice) rejected() []string {
	var out []string
	for _, r := range c.refused {
		out = append(out, r.store+": "+message(r.err))
	}
	for _, a := range c.able {
		if a.store != c.store.ID {
			out = append(out, fmt.Sprintf("%s: would take %.2f ms", a.store, a.ms))
		}
	}
	return out
}

// passing are the codes of what another try may mend, the most telling first.
func passing() [3]fault.Code {
	return [...]fault.Code{fault.ParameterBuilding, fault.StoreLagging, fault.StoreUnavailable}
}

// code is that of a store which could answer but for now, else Unsupported.
func (c *choice) code() fault.Code {
	for _, code := range passing() {
		if slices.ContainsFunc(c.refused, func(r refused) bool { return fault.Of(r.err) == code }) {
			return code
		}
	}
	return fault.Unsupported
}

// refusal is the error when no store answers the condition; it says what each lacks.
func (c *choice) refusal(part *Part) error {
	text := part.Path + ": no store can answer [" + shape(c.where) + "]"
	for _, r := range c.rejected() {
		text += "; " + r
	}
	return &fault.Error{Code: c.code(), Message: text}
}

// eligible says what keeps a store from answering; what it does not claim at all comes before what it cannot do now, so
// that an error that invites another try is true.
func (b *builder) eligible(st *StoreState, q search.Query, full search.Expr, features search.Feature) error {
	if missing := features &^ st.Claims.Features; missing != 0 {
		return fault.New(fault.Unsupported, "%s is not claimed", missing)
	}
	if features&search.CanEach != 0 {
		if err := search.Can(st.Claims, q.Type, search.Exists{Param: b.part.Param}); err != nil {
			return err
		}
	}
	if err := search.Can(st.Claims, q.Type, full); err != nil {
		return err
	}
	if err := search.CanSortBy(st.Claims, q.Type, q.Sort); err != nil {
		return err
	}
	if !st.Healthy {
		return fault.New(fault.StoreUnavailable, "it is away%s", reason(st.Away))
	}
	if b.op.AtLeast > 0 && !st.Primary && st.Position < b.op.AtLeast {
		return fault.New(fault.StoreLagging, "it is at %d, %d is asked for", st.Position, b.op.AtLeast)
	}
	return nil
}

func reason(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

func (b *builder) reject(c choice) {
	for _, r := range c.rejected() {
		if !slices.Contains(b.rejected, r) {
			b.rejected = append(b.rejected, r)
		}
	}
}

// message is what an error says, without its code.
func message(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return cmp.Or(e.Message, string(e.Code))
	}
	return err.Error()
}
