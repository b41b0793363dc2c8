package composite

import (
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// routes lead from a change to the views that it may concern. They are of one moment, and used by one goroutine.
type routes struct {
	tenants map[string]*tenantRoutes
	serial  uint64
}

// tenantRoutes are those of a tenant; tables are made when a change of their type comes.
type tenantRoutes struct {
	sights []*sight
	tables map[string]*table
}

// sight is a view that changes are held against, and what has come of it.
type sight struct {
	*view
	// watch is whose view it is; nil where one follower catches up.
	watch  *watch
	events []*Event
	err    error
}

// entry is a sight in the table of a type.
type entry struct {
	*sight
	where search.Expr
	seen  uint64 // the serial of the change that it was given last
}

// table has the views of a type. Those whose condition demands one of some values of a parameter are found by these values, so that many
// conditions of one shape cost little more than one.
type table struct {
	all    []*entry
	rest   []*entry
	probes map[string]map[string][]*entry // by parameter code and value
	narrow map[*Model]*search.Narrow
	model  *Model // that narrow has for views that are of no model
}

func newRoutes(sights ...*sight) *routes {
	r := &routes{tenants: map[string]*tenantRoutes{}}
	for _, s := range sights {
		t := r.tenants[s.caller.Tenant]
		if t == nil {
			t = &tenantRoutes{tables: map[string]*table{}}
			r.tenants[s.caller.Tenant] = t
		}
		t.sights = append(t.sights, s)
	}
	return r
}

// table gives the views of a tenant and type; nil if there are none.
func (r *routes) table(tenant, resourceType string) *table {
	of := r.tenants[tenant]
	if of == nil {
		return nil
	}
	t, made := of.tables[resourceType]
	if !made {
		t = newTable(resourceType, of.sights)
		of.tables[resourceType] = t
	}
	return t
}

func newTable(resourceType string, sights []*sight) *table {
	t := &table{probes: map[string]map[string][]*entry{}}
	for _, s := range sights {
		where, ok := s.condition(resourceType)
		if !ok {
			continue
		}
		e := &entry{sight: s, where: where}
		t.all = append(t.all, e)
		code, values := probe(where)
		if values == nil || s.model != nil { // of another model the values may be others
			t.rest = append(t.rest, e)
			continue
		}
		if t.probes[code] == nil {
			t.probes[code] = map[string][]*entry{}
		}
		for _, v := range values {
			t.probes[code][v] = append(t.probes[code][v], e)
		}
	}
	if len(t.all) == 0 {
		return nil
	}
	return t
}

// probe gives a parameter and values of which a resource must have one to satisfy the condition; none if it demands no such thing.
func probe(where search.Expr) (code string, values []string) {
	switch e := where.(type) {
	case search.IDs:
		return search.ParamID, e.IDs
	case search.Clause:
		if e.Modifier != search.Plain || e.Param.Type != search.Token && e.Param.Type != search.Reference {
			return "", nil
		}
		for _, v := range e.Values {
			if v.Code == "" || v.Text != "" {
				return "", nil
			}
			values = append(values, v.Code)
		}
		return e.Param.Code, values
	case search.And:
		// A reference or an id leaves fewer than a code does.
		for _, part := range e {
			c, v := probe(part)
			if values == nil {
				code, values = c, v
			}
			if clause, is := part.(search.Clause); v != nil && (!is || clause.Param.Type == search.Reference) {
				return c, v
			}
		}
	}
	return code, values
}

// candidates calls f once with each entry that a resource with one of these values may concern.
func (r *routes) candidates(t *table, ref fhir.Ref, values []*search.Values, f func(*entry)) {
	r.serial++
	give := func(list []*entry) {
		for _, e := range list {
			if e.seen != r.serial {
				e.seen = r.serial
				f(e)
			}
		}
	}
	give(t.rest)
	for code, byValue := range t.probes {
		if code == search.ParamID {
			give(byValue[ref.ID])
			continue
		}
		for _, v := range values {
			for _, item := range v.Of(code) {
				give(byValue[item.Code])
				if item.ID != "" {
					give(byValue[item.ID])
				}
			}
		}
	}
}

// indexer makes what the views of a model compare.
func (t *table) indexer(resourceType string, model, current *Model) *search.Narrow {
	if t.narrow == nil || t.model != current {
		t.narrow, t.model = map[*Model]*search.Narrow{}, current
	}
	n := t.narrow[model]
	if n == nil {
		var conditions []search.Expr
		for _, e := range t.all {
			if e.model == model {
				conditions = append(conditions, e.where)
			}
		}
		of := model
		if of == nil {
			of = current
		}
		n = of.Indexer.Narrow(resourceType, conditions...)
		t.narrow[model] = n
	}
	return n
}
