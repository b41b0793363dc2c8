package composite_test

import (
	"context"
	"iter"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tenant is the one that generated searches are of.
const tenant = "main"

// rig is an engine over stores none of which claims everything, beside an oracle that does and holds the same data.
type rig struct {
	data        *adaptertest.Data
	oracle      *memory.Store
	primary     *memory.Store
	secondaries []*memory.Store
	engine      *composite.Engine
	terms       *given
}

// given is a terminology that expands what the request at hand brought.
type given struct {
	codes map[search.CodeSet]iter.Seq[fhir.Code]
	asked atomic.Int64
}

func (*given) ID() string { return "given" }

func (g *given) Expand(_ context.Context, _ search.Caller, _ search.Position, set search.CodeSet) adapters.Answer[fhir.Code] {
	return adapters.Answer[fhir.Code]{
		At: func() search.Position { return 1 << 40 },
		Rows: func(yield func(fhir.Code, error) bool) {
			g.asked.Add(1)
			list, ok := g.codes[set]
			if !ok {
				yield(fhir.Code{}, fault.New(fault.BadUserInput, "%s is not there", set))
				return
			}
			for c := range list {
				if !yield(c, nil) {
					return
				}
			}
		},
	}
}

// word, graph and table are what the three stores of a rig claim.
var (
	table = search.Claims{
		Features: search.CanAll | search.CanAnd | search.CanOr | search.CanNot | search.CanIDs | search.CanSort | search.CanCount |
			search.CanWithin | search.CanBodies,
		Params: []search.ParamClaim{
			{ParamType: search.Token, Modifiers: []search.Modifier{search.Plain, search.OfType, search.Compared}},
			{ParamType: search.Date}, {ParamType: search.Number}, {ParamType: search.Quantity},
		},
	}
	word = search.Claims{
		Features: search.CanAnd | search.CanOr | search.CanText | search.CanContent | search.CanWithin | search.CanAll,
		Params: []search.ParamClaim{
			{ParamType: search.String, Modifiers: []search.Modifier{search.Plain, search.Exact, search.Contains, search.Equals, search.EndsWith, search.Compared}},
			{ParamType: search.Token, Modifiers: []search.Modifier{search.TextOf, search.In, search.Above}},
		},
	}
	graph = search.Claims{
		Features: search.CanAll | search.CanAnd | search.CanOr | search.CanNot | search.CanChain | search.CanHas | search.CanList |
			search.CanSort | search.CanEach | search.CanCount,
		Params: []search.ParamClaim{
			{ParamType: search.Reference, Modifiers: []search.Modifier{search.Plain, search.Identifier, search.Above, search.Below}},
			{ParamType: search.Token, Modifiers: []search.Modifier{search.Plain, search.Compared}},
			{ParamType: search.String, Modifiers: []search.Modifier{search.Plain, search.Compared}},
		},
	}
)

// newRig fills an oracle and a primary with a population and brings the secondaries up to date.
func newRig(t testing.TB, patients int, budget composite.Budget) *rig {
	t.Helper()
	r := &rig{data: adaptertest.NewData(t, patients, 1), oracle: memory.Open(memory.Config{ID: "oracle"})}
	r.primary = memory.Open(memory.Config{ID: "table", Claims: &table})
	for _, rec := range r.data.Records {
		r.write(t, rec.Put())
	}
	r.secondaries = []*memory.Store{
		newSecondary(t, r.primary, "word", word), newSecondary(t, r.primary, "graph", graph),
	}
	r.terms = &given{}
	r.engine = openWith(t, composite.Config{Terminology: r.terms}, r.primary, budget, r.secondaries[0], r.secondaries[1])
	r.sync(t, 0)
	return r
}

func open(t testing.TB, primary adapters.Primary, budget composite.Budget, secondaries ...adapters.Store) *composite.Engine {
	t.Helper()
	return openWith(t, composite.Config{}, primary, budget, secondaries...)
}

func openWith(t testing.TB, cfg composite.Config, primary adapters.Primary, budget composite.Budget, secondaries ...adapters.Store) *composite.Engine {
	t.Helper()
	cfg.Primary, cfg.Secondaries, cfg.Models, cfg.Budget = primary, secondaries, models(t), budget
	e, err := composite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func models(t testing.TB) *composite.Models {
	t.Helper()
	const base = "http://here.example/fhir"
	m, err := composite.NewModels(composite.ModelConfig{
		Parameters: adaptertest.Parameters(t), Index: search.Config{Base: base}, Read: search.ReaderConfig{Base: base},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newSecondary(t testing.TB, primary *memory.Store, id string, claims search.Claims) *memory.Store {
	t.Helper()
	s := memory.Open(memory.Config{ID: id, Claims: &claims})
	head, err := primary.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Begin(t.Context(), head.Epoch)
	if err == nil {
		err = s.Switch(t.Context(), g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write writes to the primary and the oracle.
func (r *rig) write(t testing.TB, w adapters.Write) {
	t.Helper()
	put(t, r.primary, w)
	put(t, r.oracle, w)
}

func put(t testing.TB, s *memory.Store, w adapters.Write) {
	t.Helper()
	out, err := s.Write(t.Context(), []adapters.Member{{Tenant: tenant, Writes: []adapters.Write{w}}})
	if err != nil || out[0].Err != nil {
		t.Fatalf("%v %v", err, out)
	}
}

// sync brings the secondaries up to a position of the primary, 0 for its head, and the engine's snapshot up to date.
func (r *rig) sync(t testing.TB, upTo search.Position) {
	t.Helper()
	for _, s := range r.secondaries {
		catchUp(t, r.primary, s, upTo)
	}
	if err := r.engine.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func catchUp(t testing.TB, primary, s *memory.Store, upTo search.Position) {
	t.Helper()
	m, err := s.Marker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if upTo == 0 {
		head, err := primary.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		upTo = head.Position
	}
	batch := adapters.Batch{Epoch: m.Epoch, Generation: m.Generation, UpTo: upTo}
	for c, err := range primary.Changes(t.Context(), m.Applied, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Position > upTo {
			break
		}
		batch.Items = append(batch.Items, item(t, primary, c))
	}
	out, err := s.Apply(t.Context(), batch)
	for _, o := range out {
		if o.Err != nil {
			err = o.Err
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// item is a change with what the version that it made says.
func item(t testing.TB, primary *memory.Store, c adapters.Change) adapters.Item {
	t.Helper()
	if c.Kind != adapters.ChangePut {
		return adapters.Item{Change: c}
	}
	res, _, err := primary.Read(t.Context(), search.Caller{Tenant: c.Tenant}, 0, []search.Key{{Ref: c.Ref, Version: c.Version}})
	if err != nil || res[0].Version != c.Version {
		t.Fatalf("%s version %d: %v", c.Ref, c.Version, err)
	}
	rec := adaptertest.Index(t, res[0].Body.JSON)
	rec.Values.LastUpdated = res[0].LastUpdated
	return adapters.Item{Change: c, Values: rec.Values, Body: rec.Body}
}

// record makes a resource of JSON.
func record(t testing.TB, json string) adaptertest.Record {
	t.Helper()
	return adaptertest.Index(t, []byte(json))
}

// queries are random searches, without the semi-joins that a client cannot ask for.
func (r *rig) queries(seed uint64) iter.Seq[search.Request] {
	return func(yield func(search.Request) bool) {
		for req := range adaptertest.Queries(r.data, seed) {
			req.Within = nil
			if r.terms.codes = req.Codes; !yield(req) {
				return
			}
		}
	}
}
