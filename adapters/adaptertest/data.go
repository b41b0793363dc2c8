package adaptertest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// corners are hand-made resources, one or more for every rule of matching and ordering.
//
//go:embed corners.ndjson
var corners []byte

// base is the address of the FHIR endpoint that references are relative to.
const base = "http://here.example/fhir"

var parameters = sync.OnceValues(func() (*search.Parameters, error) {
	p, errs := search.NewParameters(fhir.R4())
	return p, errors.Join(errs...)
})

// Parameters are the search parameters of R4, the same ones at every call.
func Parameters(t testing.TB) *search.Parameters {
	t.Helper()
	p, err := parameters()
	if p == nil {
		t.Fatalf("the parameters of R4: %v", err)
	}
	return p
}

var indexer = sync.OnceValues(func() (*search.Indexer, error) {
	p, _ := parameters()
	return search.NewIndexer(p, search.Config{Base: base})
})

// Record is one version of a resource, ready to be written.
type Record struct {
	Ref         fhir.Ref
	Body        fhir.Body
	Values      *search.Values
	LastUpdated int64
}

// Index makes a record of a resource's JSON. Values that cannot be indexed are left out; what is no resource fails the test.
func Index(t testing.TB, raw []byte) Record {
	t.Helper()
	Parameters(t)
	x, err := indexer()
	if err != nil {
		t.Fatal(err)
	}
	body, meta, err := fhir.Strip(raw)
	if err != nil {
		t.Fatalf("not a resource: %v", err)
	}
	values, _, err := x.IndexBytes(body.JSON)
	if err != nil {
		t.Fatalf("indexing %s/%s: %v", meta.Type, meta.ID, err)
	}
	r := Record{Ref: values.Ref, Body: body, Values: values}
	if meta.LastUpdated != "" {
		if r.LastUpdated, _, err = fhir.ParseInstantRange(meta.LastUpdated, nil); err != nil {
			t.Fatalf("meta.lastUpdated of %s: %v", r.Ref, err)
		}
	}
	return r
}

// Put is the write of a record.
func (r Record) Put() adapters.Write {
	return adapters.Write{Ref: r.Ref, Body: r.Body, Values: r.Values, LastUpdated: r.LastUpdated}
}

// Data is what a store is filled with, and what values to search it by are taken from.
type Data struct {
	Params *search.Parameters
	// Records are in the order of writing; a resource may come again, changed.
	Records []Record

	current map[fhir.Ref]*search.Values
	types   []string
	items   map[*search.Param][]search.Item // distinct
	sources map[string][]*search.Param      // by target type: the reference parameters that point at it
}

// NewData makes a data set of the corner cases and a sample population.
func NewData(t testing.TB, patients int, seed uint64) *Data {
	t.Helper()
	var lines [][]byte
	for line := range bytes.Lines(corners) {
		lines = append(lines, line)
	}
	for r, err := range sample.Generate(sample.Config{Patients: patients, Seed: seed}) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, r.JSON)
	}
	records := make([]Record, len(lines))
	for i, line := range lines {
		records[i] = Index(t, line)
		if records[i].LastUpdated == 0 {
			// Seven to a second, so that there are ties.
			records[i].LastUpdated = 1_700_000_000_000_000 + int64(i/7)*1_000_000
		}
	}
	return DataOf(t, records)
}

// DataOf is a data set of these records.
func DataOf(t testing.TB, records []Record) *Data {
	t.Helper()
	d := &Data{
		Params: Parameters(t), Records: records, current: map[fhir.Ref]*search.Values{},
		items: map[*search.Param][]search.Item{}, sources: map[string][]*search.Param{},
	}
	for _, r := range records {
		v := *r.Values
		v.LastUpdated = r.LastUpdated
		d.current[r.Ref] = &v
	}
	refs := make([]fhir.Ref, 0, len(d.current))
	for ref := range d.current {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, fhir.Ref.Compare)
	seen := map[string]bool{}
	for _, ref := range refs {
		if !slices.Contains(d.types, ref.Type) {
			d.types = append(d.types, ref.Type)
		}
		d.collect(d.current[ref], seen)
	}
	return d
}

// collect takes the index values of a resource, each distinct one once.
func (d *Data) collect(v *search.Values, seen map[string]bool) {
	for _, pv := range v.Params {
		p := d.Params.Param(v.Ref.Type, pv.Code)
		if p == nil {
			continue
		}
		for _, item := range pv.Items {
			if key := fmt.Sprintf("%s.%s %#v", p.Resource, p.Code, item); !seen[key] {
				seen[key] = true
				d.items[p] = append(d.items[p], item)
			}
			if source := d.sources[item.Type]; p.Type == search.Reference && item.ID != "" && !slices.Contains(source, p) {
				d.sources[item.Type] = append(source, p)
			}
		}
	}
}

// searched are the parameters of a type that the data has values for, and _id and _lastUpdated.
func (d *Data) searched(resourceType string) []*search.Param {
	var out []*search.Param
	for _, p := range d.Params.Of(resourceType) {
		if len(d.items[p]) > 0 || p.Code == search.ParamLastUpdated {
			out = append(out, p)
		}
	}
	return out
}

// Current are the index values of every resource as it is after all records, by reference.
func (d *Data) Current() map[fhir.Ref]*search.Values { return d.current }
