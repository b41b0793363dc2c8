package composite

import (
	"cmp"
	"sync"
	"sync/atomic"

	"github.com/heliograph/heliograph/search"
)

// Model is what resources are indexed and searched by at a time: the search parameters, and what was made of them. It is immutable.
// A request, and the preparing of a write, asks for the current one once and keeps to it.
type Model struct {
	// Number grows with every model of a process; the first is 1.
	Number uint64
	// Parameters are all parameters that can be asked for. Those of FHIR's own definitions are the same pointers in every model.
	Parameters *search.Parameters
	Indexer    *search.Indexer
	Reader     *search.Reader
	// Tenant is the one whose SearchParameter resources are in effect, for all tenants.
	Tenant string
}

// ModelConfig is what models are made of.
type ModelConfig struct {
	// Parameters are those of FHIR's own definitions.
	Parameters *search.Parameters
	Index      search.Config
	Read       search.ReaderConfig
	// Tenant is the one whose SearchParameter resources are in effect, for all tenants; "main" if empty.
	Tenant string
}

// Models gives the current Model. It is safe for concurrent use, and asking costs nothing.
type Models struct {
	config  ModelConfig
	current atomic.Pointer[Model]

	mu          sync.Mutex
	subscribers []func(*Model)
}

// NewModels begins with a model of FHIR's own parameters. It fails as search.NewIndexer does.
func NewModels(cfg ModelConfig) (*Models, error) {
	cfg.Tenant = cmp.Or(cfg.Tenant, "main")
	m := &Models{config: cfg}
	first, err := m.make(1, cfg.Parameters)
	if err != nil {
		return nil, err
	}
	m.current.Store(first)
	return m, nil
}

func (m *Models) make(number uint64, params *search.Parameters) (*Model, error) {
	indexer, err := search.NewIndexer(params, m.config.Index)
	if err != nil {
		return nil, err
	}
	return &Model{Number: number, Parameters: params, Indexer: indexer, Reader: search.NewReader(params, m.config.Read), Tenant: m.config.Tenant}, nil
}

// Current is the model of now; never nil.
func (m *Models) Current() *Model { return m.current.Load() }

// Subscribe has f called after each new model has become the current one, in their order. Who publishes waits for it.
func (m *Models) Subscribe(f func(*Model)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subscribers = append(m.subscribers, f)
}

func (m *Models) announce(next *Model) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.subscribers {
		f(next)
	}
}
