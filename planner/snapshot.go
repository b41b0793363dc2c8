package planner

import "github.com/heliograph/heliograph/search"

// Snapshot is what the planner knows of the world: an immutable, numbered value. composite publishes a new one when
// something changed that may change a plan.
type Snapshot struct {
	Number uint64
	// Stores are in the order of preference: the primary first, then by priority and id.
	Stores []StoreState
	// Terminology is the id of what expands code sets; "" if there is none.
	Terminology string
	// Off names rules that are switched off.
	Off map[string]bool
}

// StoreState is what is known of one store.
type StoreState struct {
	ID, Kind string
	Primary  bool
	Claims   search.Claims
	// Healthy is false while the store cannot be asked: it is then no candidate. Away says why, in words.
	Healthy bool
	Away    string
	// Position is a lower bound of what it has reached.
	Position search.Position
	// FixedMS and PerRowUS are its costs: milliseconds a call, microseconds a row.
	FixedMS, PerRowUS float64
	// Statistics may be zero: then those of the first store that has some stand in.
	Statistics search.Statistics
}

func (s *Snapshot) primary() *StoreState {
	for i := range s.Stores {
		if s.Stores[i].Primary {
			return &s.Stores[i]
		}
	}
	return nil
}

func (s *Snapshot) store(id string) *StoreState {
	for i := range s.Stores {
		if s.Stores[i].ID == id {
			return &s.Stores[i]
		}
	}
	return nil
}

func (s *Snapshot) claims(store string, f search.Feature) bool {
	st := s.store(store)
	return st != nil && st.Claims.Has(f)
}

// sorts says whether a store gives the order of a query.
func (s *Snapshot) sorts(store string, q search.Query) bool {
	st := s.store(store)
	return st != nil && search.CanSortBy(st.Claims, q.Type, q.Sort) == nil
}
