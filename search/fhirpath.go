package search

import "github.com/heliograph/heliograph/internal/fault"

// FHIRPath holds if an expression is true of the whole resource. No index value shows that, so no store claims it and Match
// refuses it: a plan filters hydrated resources by it (MatchResource). Two with one Source are equal.
type FHIRPath struct {
	// Source is the expression as it was written.
	Source string
	// Program is the compiled expression; without one the condition can be printed and planned, but not decided.
	Program Program
}

// Program is a compiled expression that is true or false of a resource. It is immutable and safe for concurrent use.
type Program interface {
	// Holds says whether the expression is true of a resource, given as the JSON that is served. It is bounded: an expression
	// that takes too long is fault.TooCostly.
	Holds(resource []byte) (bool, error)
}

func (FHIRPath) expr() {}

// String prints fhirpath(source).
func (e FHIRPath) String() string { return "fhirpath(" + e.Source + ")" }

// MatchResource is Match for a resource as a whole: without a World besides the expansions, but with FHIRPath. resource gives the JSON
// that is served; it is called only where an expression has to be decided.
func MatchResource(e Expr, v *Values, known Expansions, resource func() ([]byte, error)) (bool, error) {
	if err := alone(e, known, true); err != nil {
		return false, err
	}
	return match(e, v, whole{World: known, resource: resource})
}

// CanFilter says whether MatchResource decides a condition, given the expansions of its code sets: nil, or the error
// (fault.Unsupported) that it gives for some resource.
func CanFilter(e Expr) error {
	known := Expansions{}
	for _, s := range CodeSets(e) {
		known[s] = nil
	}
	if err := alone(e, known, true); err != nil {
		return err
	}
	return compares(e)
}

// whole is the World of MatchResource. It answers nothing about other resources, which alone has refused.
type whole struct {
	World
	resource func() ([]byte, error)
}

func matchFHIRPath(e FHIRPath, w World) (bool, error) {
	r, ok := w.(whole)
	if !ok || e.Program == nil {
		return false, needsResource()
	}
	served, err := r.resource()
	if err != nil {
		return false, err
	}
	return e.Program.Holds(served)
}

func needsResource() error {
	return fault.New(fault.Unsupported, "fhirpath cannot be decided from index values, only from a whole resource")
}

// compares fails with the first clause whose values cannot be compared.
func compares(e Expr) error {
	switch e := e.(type) {
	case And:
		return firstError(e, compares)
	case Or:
		return firstError(e, compares)
	case Not:
		return compares(e.X)
	case Clause:
		_, err := comparison(e.Param, e.Modifier)
		return err
	}
	return nil
}

func firstError(parts []Expr, check func(Expr) error) error {
	for _, p := range parts {
		if err := check(p); err != nil {
			return err
		}
	}
	return nil
}
