package composite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// view is an interest made ready: what followers of equal interest see of a change. It is immutable.
type view struct {
	key    string
	caller search.Caller
	// types are the conditions, the caller's predicate included, by resource type; nil stands for all types without a condition.
	types map[string]search.Expr
	// limited are the types of which the caller does not see everything.
	limited map[string]bool
	// model is that of the time when it began, nil for the current one: where it asks for parameters that models differ in.
	model *Model
}

// newView checks an interest.
func newView(i Interest, model *Model) (*view, error) {
	types := slices.Compact(slices.Sorted(slices.Values(i.Types)))
	where := search.Simplify(i.Where)
	if err := checkInterest(types, where, model); err != nil {
		return nil, err
	}
	v := &view{caller: i.Caller, key: viewKey(i.Caller, types, where)}
	if len(types) == 0 && i.Caller.Policy == nil {
		return v, nil
	}
	if len(types) == 0 {
		types = model.Parameters.Definitions().Resources()
	}
	v.types, v.limited = make(map[string]search.Expr, len(types)), map[string]bool{}
	for _, name := range types {
		predicate := search.Simplify(i.Caller.Predicate(name))
		v.limited[name] = !search.Equal(predicate, search.True{})
		v.types[name] = search.Simplify(search.And{predicate, where})
		if usesCustom(name, v.types[name], model) {
			v.model = model
		}
	}
	if v.model != nil {
		v.key += fmt.Sprintf("model %d", v.model.Number)
	}
	return v, v.decidable()
}

func checkInterest(types []string, where search.Expr, model *Model) error {
	defs := model.Parameters.Definitions()
	for _, name := range types {
		if !defs.IsResource(name) {
			return fault.New(fault.BadUserInput, "%q is no resource type of FHIR %s", name, defs.Version)
		}
	}
	if len(types) != 1 && !search.Equal(where, search.True{}) {
		return fault.New(fault.BadUserInput, "a condition is one on resources of one type")
	}
	return search.Alone(where)
}

// decidable refuses predicates that one resource alone does not decide. (The condition has been looked at before.)
func (v *view) decidable() error {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(v.types)) {
		var f *fault.Error
		if err := search.Alone(v.caller.Predicate(name)); errors.As(err, &f) {
			problems = append(problems, fmt.Sprintf("what the caller may see of %s: %s", name, f.Message))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	const most = 5
	if n := len(problems); n > most {
		problems = append(problems[:most], fmt.Sprintf("and of %d more types", n-most))
	}
	return fault.New(fault.Unsupported, "%s", strings.Join(problems, "; "))
}

// usesCustom says whether a condition asks for a parameter that is none of FHIR's own: its definition may change.
func usesCustom(resourceType string, where search.Expr, model *Model) bool {
	for _, p := range asked(resourceType, where, nil) {
		if model.Parameters.IsCustom(p) {
			return true
		}
	}
	return false
}

// viewKey has all that counts of an interest: two have it in common only if they are equal.
func viewKey(c search.Caller, types []string, where search.Expr) string {
	b := appendText(nil, c.Tenant)
	b = binary.AppendUvarint(b, uint64(len(c.Policy)))
	for _, name := range slices.Sorted(maps.Keys(c.Policy)) {
		b = search.AppendKey(appendText(b, name), search.Simplify(c.Policy[name]))
	}
	if c.Policy == nil {
		b = append(b, 'n')
	}
	b = binary.AppendUvarint(b, uint64(len(types)))
	for _, name := range types {
		b = appendText(b, name)
	}
	return string(search.AppendKey(b, where))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// condition is what a resource of a type has to satisfy; false if the view is not of the type.
func (v *view) condition(resourceType string) (search.Expr, bool) {
	if v.types == nil {
		return search.True{}, true
	}
	e, ok := v.types[resourceType]
	return e, ok && !search.Equal(e, search.False{})
}

// purged says what a view is told of a resource of which nothing is left: that it is deleted, if the caller may see all of its type, whether
// it has matched or not; else nothing, unless it may have been seen: that cannot be told without telling what was not to be seen.
func (v *view) purged(ref fhir.Ref, where search.Expr) (tell bool, err error) {
	if !possible(where, ref) {
		return false, nil
	}
	if v.limited[ref.Type] {
		return false, fault.New(fault.ResumeExpired,
			"a resource of type %s was purged, and it is no longer known whether it could be seen; search again", ref.Type)
	}
	return true, nil
}

// possible is false if the name of a resource alone shows that it does not match.
func possible(where search.Expr, ref fhir.Ref) bool {
	switch e := where.(type) {
	case search.IDs:
		return slices.Contains(e.IDs, ref.ID)
	case search.And:
		return !slices.ContainsFunc(e, func(part search.Expr) bool { return !possible(part, ref) })
	}
	return true
}
