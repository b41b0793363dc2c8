package composite

import (
	"context"

	"github.com/google/uuid"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Aim is what a command is about: the resource that it writes, and what must hold when it does.
type Aim struct {
	// Ref is the resource. Its ID is "" where there is nothing to delete, or many.
	Ref fhir.Ref
	// Assigned says that the id was made here, for a resource that is not there yet.
	Assigned bool
	// Idle says that there is nothing to write: Current is the answer, where there is one.
	Idle bool
	// Current is the version that was found; nil where none was looked for or none is there.
	Current *search.Resource
	// many are what a conditional delete removes.
	many []search.Hit
	must adapters.Precondition
}

// NewID makes an id for a new resource: a UUID that begins with the time, so that new ids stand together in an index.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

func (s *Storage) aim(ctx context.Context, caller search.Caller, c Command, look bool) (Aim, error) {
	switch {
	case c.Criteria != nil:
		return s.aimByCriteria(ctx, caller, c)
	case c.Method == Create:
		return created(c.Type, adapters.Precondition{Absent: true}), nil
	}
	a := Aim{Ref: fhir.Ref{Type: c.Type, ID: c.ID}, must: adapters.Precondition{Version: c.IfMatch, Absent: c.IfAbsent}}
	create := c.Method == Update && !s.cfg.NoUpdateCreate
	// What a caller with a policy writes to must be seen first.
	if look = look || caller.Policy != nil; !look && (create || c.Method == Delete) {
		return a, nil
	}
	found, _, err := s.primary.Read(ctx, caller, 0, []search.Key{{Ref: a.Ref}})
	if err != nil {
		return Aim{}, err
	}
	if err := a.settle(c, &found[0], create); err != nil || caller.Policy == nil {
		return a, err
	}
	return s.restricted(ctx, caller, c, a, &found[0])
}

// restricted holds a write to what a caller with a policy has seen: that version, or nothing.
func (s *Storage) restricted(ctx context.Context, caller search.Caller, c Command, a Aim, found *search.Resource) (Aim, error) {
	if a.Current != nil {
		a.must.Version = found.Version
		return a, nil
	}
	hidden, err := s.hidden(ctx, caller, a.Ref)
	switch {
	case err != nil:
		return a, err
	case c.Method == Delete:
		a.Idle = true
	case hidden:
		return a, fault.New(fault.Forbidden, "%s cannot be written by this caller", a.Ref)
	default:
		a.must.Absent = true
	}
	return a, nil
}

func created(resourceType string, must adapters.Precondition) Aim {
	return Aim{Ref: fhir.Ref{Type: resourceType, ID: NewID()}, Assigned: true, must: must}
}

// settle holds a command against the version that is there.
func (a *Aim) settle(c Command, found *search.Resource, create bool) error {
	there := found.Version != 0 && !found.Deleted
	switch {
	case c.IfAbsent && there:
		return fault.New(fault.PreconditionFailed, "%s is there already, at version %d", a.Ref, found.Version)
	case c.IfMatch != 0 && c.IfMatch != found.Version:
		return differs(a.Ref, found, c.IfMatch)
	case c.Method == Update && found.Version == 0 && !create:
		return fault.New(fault.NotFound, "%s is not there, and an update does not create here; create it without an id", a.Ref)
	case c.Method == Patch && found.Version == 0:
		return fault.New(fault.NotFound, "%s is not there", a.Ref)
	case c.Method == Patch && found.Deleted:
		return fault.New(fault.Gone, "%s is deleted", a.Ref)
	}
	if there {
		a.Current = found
	}
	if c.Method == Patch || c.Method == Update && !create {
		a.must.Version = found.Version
	}
	return nil
}

// differs says which version is there instead of the one that was demanded.
func differs(ref fhir.Ref, found *search.Resource, want int64) error {
	switch {
	case found.Version == 0:
		return fault.New(fault.Conflict, "%s is not there, so not at version %d", ref, want)
	case found.Deleted:
		return fault.New(fault.Conflict, "%s was deleted with version %d; version %d is not the current one", ref, found.Version, want)
	}
	return fault.New(fault.Conflict, "%s is at version %d, not %d", ref, found.Version, want)
}

// aimByCriteria finds what a condition is about (R4, 3.1.0.4.3, 3.1.0.7.1, 3.1.0.8.1).
func (s *Storage) aimByCriteria(ctx context.Context, caller search.Caller, c Command) (Aim, error) {
	q := *c.Criteria
	q.Caller, q.Sort = caller, nil
	limit := 2
	if c.Many {
		limit = s.cfg.Matches + 1
	}
	hits, err := s.matches(ctx, q, limit)
	if err != nil {
		return Aim{}, err
	}
	switch {
	case len(hits) == 0:
		return s.aimAtNone(ctx, caller, c, &q)
	case len(hits) == 1:
		return s.aimAtOne(ctx, caller, c, &q, hits[0])
	case !c.Many:
		return Aim{}, fault.New(fault.PreconditionFailed, "%s of %s: the condition has several matches; make it narrower", c.Method, c.Type)
	case len(hits) > s.cfg.Matches:
		return Aim{}, fault.Past(fault.Limit{Name: "matches", Most: int64(s.cfg.Matches)}, "delete of %s: the condition has more than %d matches; make it narrower", c.Type, s.cfg.Matches)
	}
	return Aim{Ref: fhir.Ref{Type: c.Type}, many: hits}, nil
}

func (s *Storage) aimAtNone(ctx context.Context, caller search.Caller, c Command, q *search.Query) (Aim, error) {
	switch {
	case c.IfMatch != 0:
		return Aim{}, fault.New(fault.Conflict, "%s of %s: the condition has no match, so none at version %d", c.Method, c.Type, c.IfMatch)
	case c.Method == Delete:
		return Aim{Ref: fhir.Ref{Type: c.Type}, Idle: true}, nil
	case c.Method == Patch:
		return Aim{}, fault.New(fault.NotFound, "patch of %s: the condition has no match", c.Type)
	case c.Method == Update && idOf(c.Resource) != "":
		return s.aimAtNew(ctx, caller, fhir.Ref{Type: c.Type, ID: idOf(c.Resource)}, q)
	}
	return created(c.Type, adapters.Precondition{Search: q, Matches: 0}), nil
}

// aimAtNew is a conditional update that creates under the id of its content.
func (s *Storage) aimAtNew(ctx context.Context, caller search.Caller, ref fhir.Ref, q *search.Query) (Aim, error) {
	if s.cfg.NoUpdateCreate {
		return Aim{}, fault.New(fault.NotFound, "update of %s: the condition has no match, and an update does not create here", ref.Type)
	}
	found, _, err := s.primary.Read(ctx, search.Caller{Tenant: caller.Tenant}, 0, []search.Key{{Ref: ref}})
	if err != nil {
		return Aim{}, err
	}
	if found[0].Version != 0 && !found[0].Deleted {
		return Aim{}, fault.New(fault.Conflict, "%s is there and does not match the condition of its update", ref)
	}
	return Aim{Ref: ref, must: adapters.Precondition{Search: q, Matches: 0, Absent: true}}, nil
}

func (s *Storage) aimAtOne(ctx context.Context, caller search.Caller, c Command, q *search.Query, hit search.Hit) (Aim, error) {
	a := Aim{Ref: hit.Ref, must: adapters.Precondition{Search: q, Matches: 1, Version: c.IfMatch}}
	if id := idOf(c.Resource); c.Method == Update && id != "" && id != a.Ref.ID {
		return Aim{}, fault.New(fault.BadUserInput, "update of %s: the condition finds a resource with another id than %s.id", c.Type, c.Type)
	}
	if c.Many {
		return Aim{Ref: fhir.Ref{Type: c.Type}, many: []search.Hit{hit}}, nil
	}
	found, _, err := s.primary.Read(ctx, caller, 0, []search.Key{{Ref: a.Ref}})
	if err != nil {
		return Aim{}, err
	}
	if found[0].Version == 0 || found[0].Deleted { // between the search and the read
		return s.aimAtNone(ctx, caller, c, q)
	}
	if a.Idle = c.Method == Create; a.Idle {
		a.Current = &found[0]
		return a, nil
	}
	return a, a.settle(c, &found[0], true)
}

// matches searches the primary: it alone can hold a write to what a condition finds.
func (s *Storage) matches(ctx context.Context, q search.Query, limit int) ([]search.Hit, error) {
	searcher, ok := s.primary.(adapters.Searcher)
	if !ok {
		return nil, fault.New(fault.Unsupported, "the primary store does not search, so nothing can be written on a condition")
	}
	if sets := search.CodeSets(search.Restrict(q)); len(sets) > 0 {
		// The store holds the condition while it commits, and the codes may be others by then.
		return nil, fault.New(fault.Unsupported, "a condition to write on cannot have :in, :not-in, :above or :below of codes (%s); name the codes", sets[0])
	}
	var hits []search.Hit
	for h, err := range searcher.Search(ctx, search.Request{Query: q, Limit: limit}).Rows {
		if err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// idOf is the id in a resource; "" if there is none, or no resource.
func idOf(raw []byte) string {
	_, meta, err := fhir.Strip(raw)
	if err != nil {
		return ""
	}
	return meta.ID
}
