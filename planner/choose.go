package planner

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// choice is the store for a condition, why it was taken, and what was not.
type choice struct {
	store    *StoreState
	why      string
	rejected []string
}

// choose picks the store for a query as a whole: among those that claim it, the caller's predicates included, are healthy and
// have got far enough, the one of least cost; of equal cost the first of the snapshot. Window is how many rows suffice; 0 is
// all. The error says what each store lacks.
func (b *builder) choose(q search.Query, features search.Feature, window int) (choice, error) {
	full := search.Restrict(q)
	var c choice
	var least float64
	var refusals []error
	var able []candidate
	for i := range b.snapshot.Stores {
		st := &b.snapshot.Stores[i]
		if err := b.eligible(st, q, full, features); err != nil {
			refusals = append(refusals, err)
			c.rejected = append(c.rejected, st.ID+": "+message(err))
			continue
		}
		ms := b.cost(st, q.Type, q.Where, window)
		able = append(able, candidate{st.ID, ms})
		if c.store == nil || ms < least {
			c.store, least = st, ms
		}
	}
	if c.store == nil {
		return c, refusal(b.part, q.Where, c.rejected, refusals)
	}
	if len(able) > 1 {
		c.why = fmt.Sprintf("%.2f ms", least)
	} else if len(b.snapshot.Stores) > 1 {
		c.why = "no other can"
	}
	for _, a := range able {
		if a.store != c.store.ID {
			c.rejected = append(c.rejected, fmt.Sprintf("%s: would take %.2f ms", a.store, a.ms))
		}
	}
	return c, nil
}

// candidate is a store that could answer, and what it would cost.
type candidate struct {
	store string
	ms    float64
}

// eligible says what keeps a store from answering; what it does not claim at all comes before what it cannot do now, so
// that an error that invites another try is true.
func (b *builder) eligible(st *StoreState, q search.Query, full search.Expr, features search.Feature) error {
	if missing := features &^ st.Claims.Features; missing != 0 {
		return fault.New(fault.Unsupported, "%s is not claimed", missing)
	}
	if b.part.Kind == Each {
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

func (b *builder) reject(reasons []string) {
	for _, r := range reasons {
		if !slices.Contains(b.rejected, r) {
			b.rejected = append(b.rejected, r)
		}
	}
}

// passing are the codes of what another try may mend, the most telling first.
var passing = []fault.Code{fault.ParameterBuilding, fault.StoreLagging, fault.StoreUnavailable}

// refusal is the error when no store answers a condition. Its code is that of a store which could but for now, else Unsupported.
func refusal(part *Part, where search.Expr, reasons []string, errs []error) error {
	code := fault.Unsupported
	for _, c := range slices.Backward(passing) {
		if slices.ContainsFunc(errs, func(err error) bool { return fault.Of(err) == c }) {
			code = c
		}
	}
	text := part.Path + ": no store can answer [" + shape(where) + "]"
	for _, r := range reasons {
		text += "; " + r
	}
	return &fault.Error{Code: code, Message: text}
}

// message is what an error says, without its code.
func message(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return cmp.Or(e.Message, string(e.Code))
	}
	return err.Error()
}
