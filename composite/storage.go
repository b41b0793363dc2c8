package composite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// StorageConfig is what a Storage is made of.
type StorageConfig struct {
	// Primary and Intake are required.
	Primary adapters.Primary
	Intake  *Intake
	// Base is the address of our own FHIR endpoint: references below it are to resources here.
	Base string
	// NoUpdateCreate refuses an Update of an id that was never there (R4, 3.1.0.4.1).
	NoUpdateCreate bool
	// Matches is how many resources a conditional Delete of Many may remove; 0 is 1,000.
	Matches int
	// References is how many different conditional references one Linking searches for; 0 is 25,000.
	References int
	// Attempts is how often a command is tried whose resource, or whose condition's matches, others change meanwhile; 0 is 100.
	Attempts int
}

// Storage is the way in for all writes of clients: it finds what a command is about, takes the content in, and commits to the primary.
// What must hold when the write is done is checked by the primary in the same transaction, so that no two commands can both
// win. It is safe for concurrent use.
type Storage struct {
	cfg     StorageConfig
	primary adapters.Primary
	intake  *Intake
	defs    *fhir.Definitions
}

// NewStorage makes a storage over an opened primary.
func NewStorage(cfg StorageConfig) (*Storage, error) {
	if cfg.Primary == nil || cfg.Intake == nil {
		return nil, fault.New(fault.Internal, "composite: a primary and an intake are required")
	}
	if cfg.Matches == 0 {
		cfg.Matches = 1000
	}
	if cfg.References == 0 {
		cfg.References = 25_000
	}
	if cfg.Attempts == 0 {
		cfg.Attempts = 100
	}
	return &Storage{cfg: cfg, primary: cfg.Primary, intake: cfg.Intake, defs: cfg.Intake.defs}, nil
}

// Do runs one command as a transaction of its own. It returns when the outcome is durable.
//
// Its errors are *InvalidError with everything that is wrong with the content, or a *fault.Error: BadUserInput (the command means
// nothing), NotFound and Gone (nothing to patch; for an Update NotFound says that it may not create), Conflict (the version is
// not IfMatch, which the message names; a test of a patch failed), PreconditionFailed (IfAbsent does not hold, the condition
// has several matches), TooCostly, Unsupported (a condition that the primary cannot check), Forbidden, and those of stores.
func (s *Storage) Do(ctx context.Context, caller search.Caller, c Command) (Done, error) {
	if err := c.check(s.defs); err != nil {
		return Done{}, err
	}
	for try := 1; ; try++ {
		// The first try of a plain write relies on its precondition alone. When that has failed, looking says what is there.
		aim, err := s.aim(ctx, caller, c, try > 1)
		if err != nil {
			return Done{}, err
		}
		change, err := s.Change(ctx, caller, c, aim)
		if err != nil {
			return Done{}, err
		}
		done, _, err := s.Commit(ctx, caller, change)
		if err == nil {
			return done[0], nil
		}
		if fault.Of(err) != fault.Conflict {
			return Done{}, err
		}
		if try >= s.cfg.Attempts {
			return Done{}, &fault.Error{Code: fault.Conflict, Err: err, Message: "others change the same all the time; try again later"}
		}
	}
}

// Aim finds what a command is about, as things are now; Commit demands that they still are. It looks at the content for an id, and not at
// the patch. With look the resource is read also where a precondition alone would do, so that what does not hold is said in full.
func (s *Storage) Aim(ctx context.Context, caller search.Caller, c Command, look bool) (Aim, error) {
	if err := c.check(s.defs); err != nil {
		return Aim{}, err
	}
	return s.aim(ctx, caller, c, look)
}
