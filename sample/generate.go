package sample

import (
	"fmt"
	"iter"
	"time"
)

// Config says which population to make. Its zero value is the shared resources alone, with no patient.
type Config struct {
	// Patients is the number of patients; each has some fifty resources, a few have hundreds.
	Patients int
	// Seed chooses among populations of the same kind.
	Seed uint64
	// Start is the day from which visits are on record, for five years; its time of day is ignored. The zero time
	// is 2019-01-01. Its year must be between 1200 and 9900.
	Start time.Time
}

// Resource is one version of a resource.
type Resource struct {
	Type, ID string
	// Version counts from 1; a higher one comes later in the stream and replaces the lower.
	Version int
	// JSON is the resource as one line of compact JSON without a line end. It belongs to the caller.
	JSON []byte
}

// Generate makes the population as a stream, one patient in memory at a time. The only error is a Config outside
// its limits; it comes first and alone.
func Generate(cfg Config) iter.Seq2[Resource, error] {
	return func(yield func(Resource, error) bool) {
		cfg, err := cfg.checked()
		if err != nil {
			yield(Resource{}, err)
			return
		}
		w := newWorld(cfg)
		if !yieldAll(yield, w.foundation()) {
			return
		}
		for k := 1; k <= cfg.Patients; k++ {
			if !yieldAll(yield, w.patient(k)) || !yieldAll(yield, w.groups(k)) {
				return
			}
		}
	}
}

func yieldAll(yield func(Resource, error) bool, rs []Resource) bool {
	for _, r := range rs {
		if !yield(r, nil) {
			return false
		}
	}
	return true
}

func (cfg Config) checked() (Config, error) {
	if cfg.Patients < 0 {
		return cfg, fmt.Errorf("sample: %d patients: must not be negative", cfg.Patients)
	}
	if cfg.Start.IsZero() {
		cfg.Start = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	y, m, d := cfg.Start.Date()
	if y < 1200 || y > 9900 {
		return cfg, fmt.Errorf("sample: start in the year %d: must be between 1200 and 9900", y)
	}
	cfg.Start = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return cfg, nil
}
