package search

import (
	"slices"

	"github.com/heliograph/heliograph/fhir"
)

// hierarchical are the codes of the parameters that say what a resource is a part of: :above and :below follow them to resources of
// the same type (R4, 3.1.1.4.12: Location and Organization by partof, others by part-of).
var hierarchical = [...]string{"partof", "part-of"}

// Hierarchical gives the parameters of a type by which its resources are parts of others of the type.
func Hierarchical(resourceType string) []*Param {
	out := make([]*Param, len(hierarchical))
	for i, code := range hierarchical {
		out[i] = &Param{Resource: resourceType, Code: code, Type: Reference, Targets: []string{resourceType}}
	}
	return out
}

// Predicate is what a resource of a type has to satisfy for the hierarchy to lead through it.
func (e Clause) Predicate(resourceType string) Expr {
	return Caller{Policy: e.Through}.Predicate(resourceType)
}

func (e Clause) climbs() bool {
	return e.Param.Type == Reference && (e.Modifier == Above || e.Modifier == Below)
}

// matchHierarchy: the reference is to the resource asked for or to a part of it (Below), or to one that it is a part of (Above), over
// any number of levels.
func matchHierarchy(e Clause, i *Item, q *Value, w World) (bool, error) {
	switch {
	case i.ID == "":
		return matchReference(i, q), nil
	case e.Modifier == Below:
		return e.climb(fhir.Ref{Type: i.Type, ID: i.ID}, w, func(at fhir.Ref) bool {
			return matchReference(&Item{Type: at.Type, ID: at.ID}, q)
		})
	case q.Code == "" || q.Type != "" && q.Type != i.Type:
		return matchReference(i, q), nil
	}
	return e.climb(fhir.Ref{Type: i.Type, ID: q.Code}, w, func(at fhir.Ref) bool { return at.ID == i.ID })
}

// climb goes from a resource up its hierarchy until one is found, through what satisfies the predicates alone. Circles end it.
func (e Clause) climb(start fhir.Ref, w World, found func(fhir.Ref) bool) (bool, error) {
	seen := map[fhir.Ref]bool{start: true}
	for queue := []fhir.Ref{start}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if found(at) {
			return true, nil
		}
		v, there := w.Values(at)
		if !there {
			continue
		}
		if ok, err := match(e.Predicate(at.Type), v, w); err != nil {
			return false, err
		} else if !ok {
			continue
		}
		for _, up := range slices.Concat(v.Of(hierarchical[0]), v.Of(hierarchical[1])) {
			ref := fhir.Ref{Type: up.Type, ID: up.ID}
			if up.Type == start.Type && up.ID != "" && !seen[ref] {
				seen[ref] = true
				queue = append(queue, ref)
			}
		}
	}
	return false, nil
}
