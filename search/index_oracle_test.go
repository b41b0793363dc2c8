package search_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gofhir/fhirpath"
	"github.com/gofhir/fhirpath/types"
	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/search"
)

// byType resolves a reference to a resource that has nothing but the type and id that the reference names.
type byType struct{ contained map[string]string }

func (r byType) Resolve(_ context.Context, reference string) ([]byte, error) {
	if id, ok := strings.CutPrefix(reference, "#"); ok {
		return json.Marshal(map[string]string{"resourceType": r.contained[id], "id": id})
	}
	ref, err := fhir.ParseReference(reference, "")
	if err != nil || ref.Type == "" {
		return nil, fmt.Errorf("cannot be resolved")
	}
	return json.Marshal(map[string]string{"resourceType": ref.Type, "id": ref.ID})
}

// TestNodesAgainstFHIRPath evaluates the expression of every parameter on every official example with an independent
// implementation of FHIRPath, and compares the nodes.
func TestNodesAgainstFHIRPath(t *testing.T) {
	o := oracle{indexer: newIndexer(t), compiled: map[string]*fhirpath.Expression{}}
	work := make(chan []byte, 64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for raw := range work {
				o.check(t, raw)
			}
		})
	}
	there := shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) { work <- raw })
	close(work)
	workers.Wait()
	if !there {
		return
	}
	if o.checked < 13_000 || o.nodes < 7_000 || o.parts < 100 {
		t.Errorf("only %d expressions with %d nodes and %d parts were compared", o.checked, o.nodes, o.parts)
	}
	t.Logf("%d expressions, %d nodes, %d of them in parts", o.checked, o.nodes, o.parts)
}

type oracle struct {
	indexer *search.Indexer

	mu                    sync.Mutex
	compiled              map[string]*fhirpath.Expression
	checked, nodes, parts int
}

func (o *oracle) check(t *testing.T, raw []byte) {
	v, err := fastjson.ParseBytes(raw)
	if err != nil {
		t.Error(err)
		return
	}
	resource := string(v.GetStringBytes("resourceType"))
	resolver := byType{contained: map[string]string{}}
	for _, c := range v.GetArray("contained") {
		resolver.contained[string(c.GetStringBytes("id"))] = string(c.GetStringBytes("resourceType"))
	}
	for _, sp := range fhir.R4().SearchParameters(resource) {
		if sp.Expression == "" || sp.Code == search.ParamID || sp.Code == search.ParamLastUpdated || sp.Type == "special" {
			continue
		}
		nodes, _ := o.indexer.Nodes(sp.Code, v)
		want, err := o.evaluate(raw, sp.Expression, resolver)
		diff := ""
		if err != nil {
			diff = "error: " + err.Error()
		} else {
			diff = cmp.Diff(want, ours(nodes))
		}
		o.mu.Lock()
		o.checked++
		o.nodes += len(nodes)
		o.mu.Unlock()
		for i, component := range sp.Components {
			diff += o.part(sp, i, component, v, nodes, resolver)
		}
		if diff != "" {
			t.Errorf("%s/%s, %s: %s\n%s", resource, v.GetStringBytes("id"), sp.Code, sp.Expression, diff)
		}
	}
}

// part compares what a component of a composite finds in each of its nodes. Left out are components that begin at the
// resource (the other implementation takes the node for it), and R4's one composite whose components are exchanged.
func (o *oracle) part(sp *fhir.SearchParameter, i int, component fhir.Component, resource *fastjson.Value, nodes []*fastjson.Value, r byType) string {
	if strings.HasPrefix(component.Expression, "%") || sp.URL == "http://hl7.org/fhir/SearchParameter/DocumentReference-relationship" {
		return ""
	}
	diff := ""
	for _, node := range nodes {
		want, err := o.evaluate(node.MarshalTo(nil), component.Expression, r)
		if err != nil {
			return "error: " + err.Error()
		}
		parts := o.indexer.PartNodes(sp.Code, i, resource, node)
		diff += cmp.Diff(want, ours(parts))
		o.mu.Lock()
		o.nodes += len(parts)
		o.parts += len(parts)
		o.mu.Unlock()
	}
	return diff
}

func (o *oracle) evaluate(raw []byte, expression string, resolver byType) ([]string, error) {
	o.mu.Lock()
	e := o.compiled[expression]
	o.mu.Unlock()
	if e == nil {
		var err error
		if e, err = fhirpath.Compile(expression); err != nil {
			return nil, err
		}
		o.mu.Lock()
		o.compiled[expression] = e
		o.mu.Unlock()
	}
	found, err := e.EvaluateWithOptions(raw, fhirpath.WithResolver(resolver))
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(found))
	for _, v := range found {
		if o, ok := v.(*types.ObjectValue); ok {
			out = append(out, canonicalJSON(o.Data()))
		} else {
			out = append(out, canonicalText(v.String()))
		}
	}
	return distinct(out), nil
}

func ours(nodes []*fastjson.Value) []string {
	out := make([]string, 0, len(nodes))
	for _, v := range nodes {
		switch v.Type() {
		case fastjson.TypeObject:
			out = append(out, canonicalJSON(v.MarshalTo(nil)))
		case fastjson.TypeString:
			out = append(out, canonicalText(string(v.GetStringBytes())))
		default:
			out = append(out, canonicalText(v.String()))
		}
	}
	return distinct(out)
}

// distinct sorts and removes repetitions: a union has neither order nor repetitions.
func distinct(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

func canonicalJSON(b []byte) string {
	var x any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&x); err != nil {
		return "not JSON: " + err.Error()
	}
	out, err := json.Marshal(x)
	if err != nil {
		return "not JSON: " + err.Error()
	}
	return string(out)
}

// canonicalText writes the zone of an instant in one way: the other implementation prints Z for +00:00.
func canonicalText(s string) string { return strings.Replace(s, "+00:00", "Z", 1) }

func newIndexer(t testing.TB) *search.Indexer {
	t.Helper()
	params, errs := search.NewParameters(fhir.R4())
	for _, err := range errs {
		t.Error(err)
	}
	x, err := search.NewIndexer(params, search.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}
