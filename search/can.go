package search

import (
	"slices"

	"github.com/heliograph/heliograph/internal/fault"
)

// Has says whether all of the features are claimed.
func (c Claims) Has(f Feature) bool { return c.Features&f == f }

// Can says whether a store with these claims answers the condition on a type fully: nil, or an error (Unsupported,
// ParameterBuilding) that names the part it cannot. It is pure.
func Can(c Claims, resourceType string, e Expr) error {
	switch e := e.(type) {
	case nil, True, False:
		return c.need(CanAll, "all")
	case And:
		return c.all(CanAnd, resourceType, e)
	case Or:
		return c.all(CanOr, resourceType, e)
	case Not:
		if err := c.need(CanNot, "NOT"); err != nil {
			return err
		}
		return Can(c, resourceType, e.X)
	case IDs:
		return c.need(CanIDs, ParamID)
	case Text:
		if e.Content {
			return c.need(CanContent, ParamContent)
		}
		return c.need(CanText, ParamText)
	case List:
		if err := c.need(CanList, ParamList); err != nil || e.Where == nil {
			return err
		}
		return Can(c, "List", e.Where)
	case Exists:
		return c.param(resourceType, e.Param, Plain)
	case Clause:
		return c.clause(resourceType, e)
	case Chain:
		if err := c.need(CanChain, "chain"); err != nil {
			return err
		}
		if err := c.param(resourceType, e.Param, Plain); err != nil {
			return err
		}
		return Can(c, e.Target, e.Where)
	case Has:
		if err := c.need(CanHas, "_has"); err != nil {
			return err
		}
		if err := c.param(e.Param.Resource, e.Param, Plain); err != nil {
			return err
		}
		return Can(c, e.Param.Resource, e.Where)
	case FHIRPath:
		return fault.New(fault.Unsupported, "fhirpath is decided on whole resources alone")
	default:
		return fault.New(fault.Unsupported, "condition %T", e)
	}
}

// clause says besides whether what a hierarchy leads through can be told.
func (c Claims) clause(resourceType string, e Clause) error {
	err := c.param(resourceType, e.Param, e.Modifier)
	if err != nil || e.Through == nil {
		return err
	}
	for _, target := range e.Param.Targets {
		if err := Can(c, target, e.Predicate(target)); err != nil {
			return err
		}
	}
	return nil
}

// CanSortBy says whether the order can be given: nil or Unsupported.
func CanSortBy(c Claims, resourceType string, keys []SortKey) error {
	if len(keys) == 0 {
		return nil
	}
	if Ranked(keys) {
		return c.need(CanScore, ParamScore)
	}
	if err := c.need(CanSort, "sort"); err != nil {
		return err
	}
	for _, k := range keys {
		if err := c.param(resourceType, k.Param, Plain); err != nil {
			return err
		}
	}
	return nil
}

func (c Claims) need(f Feature, what string) error {
	if c.Has(f) {
		return nil
	}
	return fault.New(fault.Unsupported, "%s is not claimed", what)
}

func (c Claims) all(f Feature, resourceType string, parts []Expr) error {
	if err := c.need(f, "AND or OR"); err != nil {
		return err
	}
	for _, p := range parts {
		if err := Can(c, resourceType, p); err != nil {
			return err
		}
	}
	return nil
}

func (c Claims) param(resourceType string, p *Param, m Modifier) error {
	name := resourceType + "." + p.Code
	if done, building := c.Building[name]; building {
		return fault.New(fault.ParameterBuilding, "the index of %s is being built (%.0f%% done)", name, done*100)
	}
	for _, claim := range c.Params {
		if claim.covers(resourceType, p, m) {
			return nil
		}
	}
	if m != Plain {
		name += ":" + m.String()
	}
	return fault.New(fault.Unsupported, "%s is not claimed", name)
}

func (pc ParamClaim) covers(resourceType string, p *Param, m Modifier) bool {
	if len(pc.Types) > 0 && !slices.Contains(pc.Types, resourceType) {
		return false
	}
	if pc.ParamType != 0 && pc.ParamType != p.Type {
		return false
	}
	if len(pc.Codes) > 0 && !slices.Contains(pc.Codes, p.Code) {
		return false
	}
	if pc.Modifiers == nil {
		return m == Plain
	}
	return slices.Contains(pc.Modifiers, m)
}
