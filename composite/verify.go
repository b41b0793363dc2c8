package composite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// verification is what hydrated rows have to satisfy: the query with where, and besides what also says of each row.
type verification struct {
	node  planner.Node
	query search.Query
	where search.Expr
	also  func(i int) search.Expr
}

// verifiedRow is a row that is there and matches, with its index in the batch.
type verifiedRow struct {
	Row
	index int
}

// verified reads the resources of a batch and gives the rows that are there and match, in order. Rows that have not changed since
// all stores answered do; others are matched anew: by their own values where these decide, else by the primary.
func (x *Execution) verified(ctx context.Context, v verification, batch []Row) ([]verifiedRow, error) {
	seen := x.lowest()
	keys := make([]search.Key, len(batch))
	for i, r := range batch {
		keys[i] = search.Key{Ref: r.Ref}
	}
	resources, err := x.read(ctx, v.node, v.query.Caller, keys)
	if err != nil {
		return nil, err
	}
	kept := make([]verifiedRow, 0, len(batch))
	var asked []string
	for i, res := range resources {
		if res.Version == 0 || res.Deleted {
			continue
		}
		if res.Position > seen {
			ok, decided, err := x.still(v, i, res)
			if err != nil {
				return nil, err
			}
			if !decided {
				asked = append(asked, res.Ref.ID)
			} else if !ok {
				continue
			}
		}
		kept = append(kept, verifiedRow{Row{Resource: res, Order: batch[i].Order, Score: batch[i].Score}, i})
	}
	if len(asked) == 0 {
		return kept, nil
	}
	return x.confirmed(ctx, v, asked, kept)
}

// still matches a resource by its own values; not decided if where is about other resources.
func (x *Execution) still(v verification, i int, res search.Resource) (ok, decided bool, err error) {
	values, err := x.values(res)
	if err != nil {
		return false, false, err
	}
	known := x.known(v.where)
	if v.also != nil {
		if ok, err = search.Match(v.also(i), values, nil); err != nil || !ok {
			return false, true, err
		}
	}
	ok, err = search.Match(v.where, values, known)
	if fault.Of(err) == fault.Unsupported {
		return false, false, nil
	}
	return ok, true, err
}

// confirmed asks the primary for those rows that their own values did not decide. A row that has changed again meanwhile is
// dropped, and so are all of them where the primary does not answer the condition: what changed after the answer's position may
// be left out, but what is returned must match.
func (x *Execution) confirmed(ctx context.Context, v verification, asked []string, kept []verifiedRow) ([]verifiedRow, error) {
	versions, err := x.matching(ctx, v, asked)
	if err != nil && fault.Of(err) != fault.Unsupported {
		return nil, err
	}
	return slices.DeleteFunc(kept, func(r verifiedRow) bool {
		return slices.Contains(asked, r.Ref.ID) && versions[r.Ref.ID] != r.Version
	}), nil
}

// matching gives the versions of those resources that match in the primary now.
func (x *Execution) matching(ctx context.Context, v verification, asked []string) (map[string]int64, error) {
	s, err := x.searcher(x.engine.primary.ID())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	req := search.Request{Query: v.query, AtLeast: x.plan.AtLeast}
	req.Query.Where, req.Query.Sort = v.where, nil
	if x.engine.primary.Describe().Has(search.CanWithin) {
		req.Within = slices.Values(asked)
	} else {
		req.Query.Where = search.And{search.IDs{IDs: asked}, v.where}
	}
	out := map[string]int64{}
	for hit, err := range s.Search(ctx, x.coded(req)).Rows {
		if err != nil {
			return nil, err
		}
		out[hit.Ref.ID] = hit.Version
	}
	x.called(v.node, len(out), began)
	return out, nil
}

// values are the index values of a stored resource.
func (x *Execution) values(res search.Resource) (*search.Values, error) {
	v, _, err := x.model.Indexer.IndexBytes(res.Body.JSON) // what lenient data skips was skipped when it was written, too
	if err != nil {
		return nil, &fault.Error{
			Code: fault.StoreCorrupt, Store: x.engine.primary.ID(), Op: "index", Err: err,
			Message: fmt.Sprintf("the stored bytes of %s are no resource", res.Ref),
		}
	}
	if v.Ref != res.Ref {
		return nil, &fault.Error{
			Code: fault.StoreCorrupt, Store: x.engine.primary.ID(), Op: "index",
			Message: fmt.Sprintf("the stored bytes of %s are another resource", res.Ref),
		}
	}
	v.LastUpdated = res.LastUpdated
	return v, nil
}

// refersTo is the condition that a resource refers to another through a parameter.
func refersTo(p *search.Param, ref fhir.Ref) search.Expr {
	return search.Clause{Param: p, Values: []search.Value{{Type: ref.Type, Code: ref.ID}}}
}
