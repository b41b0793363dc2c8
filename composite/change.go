package composite

import (
	"context"
	"errors"
	"fmt"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Change is a command made ready: nothing is left to do but to commit it.
type Change struct {
	// Ref is the resource that it is about.
	Ref    fhir.Ref
	writes []adapters.Write
	done   Done
}

// Change takes in what a command writes. Its errors are those of Do that are about the content.
func (s *Storage) Change(ctx context.Context, caller search.Caller, c Command, a Aim) (Change, error) {
	out := Change{Ref: a.Ref, done: Done{Ref: a.Ref}}
	switch {
	case a.Idle:
		out.done.found(a.Current)
		return out, nil
	case c.Method == Delete && a.many != nil:
		for _, h := range a.many {
			must := adapters.Precondition{Version: h.Version}
			out.writes = append(out.writes, adapters.Write{Action: adapters.Delete, Ref: h.Ref, If: must})
		}
		return out, nil
	case c.Method == Delete:
		out.writes = []adapters.Write{{Action: adapters.Delete, Ref: a.Ref, If: a.must}}
		return out, nil
	}
	p, err := s.taken(ctx, caller, c, &a)
	if err != nil {
		return Change{}, a.nameless(err)
	}
	p.Write.If = a.must
	p.Write.If.Changed = true
	if prepares, ok := s.primary.(adapters.Preparer); ok {
		if err := prepares.Prepare(ctx, caller.Tenant, &p.Write); err != nil {
			return Change{}, err
		}
	}
	out.writes = []adapters.Write{p.Write}
	out.done.Forgiven, out.done.Skipped, out.done.Remarks = p.Forgiven, p.Skipped, p.Remarks
	return out, nil
}

// taken takes in the content of a command, patched and with its references resolved.
func (s *Storage) taken(ctx context.Context, caller search.Caller, c Command, a *Aim) (Prepared, error) {
	raw := c.Resource
	if c.Method == Patch {
		if c.Patch == nil {
			return Prepared{}, fault.New(fault.BadUserInput, "patch of %s: there is no patch", c.Type)
		}
		var err error
		if raw, err = c.Patch.Apply(served(a.Current)); err != nil {
			return Prepared{}, err
		}
	}
	raw, issues, err := s.Linking(caller).Apply(ctx, c.Type, raw, nil)
	if err != nil {
		return Prepared{}, err
	}
	if len(issues) > 0 {
		return Prepared{}, &InvalidError{Ref: a.Ref, Issues: issues, Code: fault.PreconditionFailed}
	}
	p, err := s.intake.Prepare(raw, Admission{
		Tenant: caller.Tenant, Lenient: c.Lenient, Restamp: true, Type: c.Type, ID: a.Ref.ID,
		Assign: a.Assigned || c.Method == Update && c.Criteria != nil,
	})
	if err != nil {
		return Prepared{}, err
	}
	return p, permitted(caller, &p.Write)
}

// nameless leaves an id that was made here out of an error: nothing has it.
func (a *Aim) nameless(err error) error {
	var invalid *InvalidError
	if a.Assigned && errors.As(err, &invalid) {
		invalid.Ref.ID = ""
	}
	return err
}

// served is a resource as clients see it.
func served(r *search.Resource) []byte {
	return r.Body.Append(nil, fmt.Sprint(r.Version), fhir.FormatInstant(r.LastUpdated))
}

// found says that the resource is there as it is.
func (d *Done) found(r *search.Resource) {
	if r == nil {
		return
	}
	d.Version, d.LastUpdated, d.Position, d.Resource = r.Version, r.LastUpdated, r.Position, r
}

// Commit writes changes in one transaction, all or none, and says what became of each. What conditions demand is checked against the
// state before all of them. When one is refused, its index comes with the error; -1 if the error is of the whole.
func (s *Storage) Commit(ctx context.Context, caller search.Caller, changes ...Change) (done []Done, failed int, err error) {
	head, err := s.primary.Head(ctx)
	if err != nil {
		return nil, -1, err
	}
	member, of := memberOf(caller.Tenant, changes)
	results := []adapters.Result{}
	if len(member.Writes) > 0 {
		outcomes, err := s.primary.Write(ctx, []adapters.Member{member})
		if err != nil {
			return nil, -1, err
		}
		if err := outcomes[0].Err; err != nil {
			return nil, of[outcomes[0].Failed], err
		}
		results = outcomes[0].Results
	}
	done = make([]Done, len(changes))
	for i := range changes {
		done[i] = changes[i].done
		done[i].Epoch = head.Epoch
	}
	for i, r := range results {
		done[of[i]].add(&member.Writes[i], r)
	}
	return done, -1, nil
}

// memberOf makes one member of the changes; of is the change that each of its writes belongs to. Of several changes the conditions that
// search come before all writes.
func memberOf(tenant string, changes []Change) (m adapters.Member, of []int) {
	m.Tenant = tenant
	if len(changes) > 1 {
		for i := range changes {
			for _, w := range changes[i].writes {
				if w.If.Search != nil {
					must := adapters.Precondition{Search: w.If.Search, Matches: w.If.Matches}
					m.Writes = append(m.Writes, adapters.Write{Action: adapters.Require, Ref: w.Ref, If: must})
					of = append(of, i)
				}
			}
		}
	}
	for i := range changes {
		for _, w := range changes[i].writes {
			if len(changes) > 1 {
				w.If.Search, w.If.Matches = nil, 0
			}
			m.Writes = append(m.Writes, w)
			of = append(of, i)
		}
	}
	return m, of
}

// add takes in the result of one write.
func (d *Done) add(w *adapters.Write, r adapters.Result) {
	if w.Action == adapters.Require {
		return
	}
	d.Effect, d.Position = r.Effect, r.Position
	if w.Ref != d.Ref { // one of many
		d.Deleted = append(d.Deleted, w.Ref)
		return
	}
	d.Version, d.LastUpdated = r.Version, r.LastUpdated
	if w.Action == adapters.Put {
		d.Resource = &search.Resource{Ref: w.Ref, Version: r.Version, Position: r.Position, LastUpdated: r.LastUpdated, Body: w.Body}
	}
}
