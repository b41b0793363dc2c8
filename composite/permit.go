package composite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// permitted refuses a write whose result the caller could not see. A predicate that is about other resources cannot be decided before the
// write is done, so it does not allow.
func permitted(caller search.Caller, w *adapters.Write) error {
	if caller.Policy == nil || w.Values == nil {
		return nil
	}
	ok, err := search.Match(caller.Predicate(w.Ref.Type), w.Values, nil)
	if err != nil && fault.Of(err) != fault.Unsupported {
		return err
	}
	if err != nil || !ok {
		return fault.New(fault.Forbidden, "%s would be outside of what the caller may see", w.Ref)
	}
	return nil
}

// hidden says whether a resource that the caller does not see is there all the same.
func (s *Storage) hidden(ctx context.Context, caller search.Caller, ref fhir.Ref) (bool, error) {
	if caller.Policy == nil {
		return false, nil
	}
	found, _, err := s.primary.Read(ctx, search.Caller{Tenant: caller.Tenant}, 0, []search.Key{{Ref: ref}})
	return err == nil && found[0].Version != 0 && !found[0].Deleted, err
}
