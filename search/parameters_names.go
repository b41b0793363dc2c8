package search

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxSuggestions is how many names an error message can offer before it stops being a help.
const maxSuggestions = 3

// maxSuggested is the length of a name up to which one near it is looked for: longer ones are none that was misspelt.
const maxSuggested = 80

// Suggest gives the codes of a resource type's parameters that are nearest to a misspelt one, best first: at most three,
// none that differs in more than a third of its letters unless one is the beginning of the other.
func (ps *Parameters) Suggest(resourceType, code string) []string {
	type candidate struct {
		code     string
		distance int
	}
	if len(code) > maxSuggested {
		return nil
	}
	var near []candidate
	lower := strings.ToLower(strings.ReplaceAll(code, "_", "-"))
	for _, p := range ps.Of(resourceType) {
		c := strings.ReplaceAll(p.Code, "_", "-")
		d := levenshtein.ComputeDistance(lower, c)
		related := len(lower) >= 3 && (strings.HasPrefix(c, lower) || strings.HasPrefix(lower, c))
		if d <= max(1, len(c)/3) || related {
			near = append(near, candidate{p.Code, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.distance - b.distance })
	out := make([]string, 0, maxSuggestions)
	for _, c := range near[:min(len(near), maxSuggestions)] {
		out = append(out, c.code)
	}
	return out
}

// Near is a question after the one of names that is nearest to a misspelt one, to be put behind a message: "; did you mean Patient?".
// It is empty where none differs in a third of its letters or less.
func Near(names []string, name string) string {
	if len(name) > maxSuggested {
		return ""
	}
	best, distance := "", len(name)
	for _, t := range names {
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(t))
		if d <= max(1, len(t)/3) && d < distance {
			best, distance = t, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// Chronological gives the date parameter by which a person would put the resources of a type in order; nil if the type
// has no date. Stores lay out their reference indexes by it. The rule, on the codes of the type's date parameters:
// "date" if there is one; else the first that is there of a list, from when a thing happened to when it was written down;
// else the first by code whose name does not speak of an end.
func (ps *Parameters) Chronological(resourceType string) *Param {
	if t := ps.types[resourceType]; t != nil {
		return t.chronological
	}
	return nil
}

func chronological(params []*Param) *Param {
	var best *Param
	rank := len(chronologicalCodes) + 1
	for _, p := range params {
		if p.Type != Date || strings.HasPrefix(p.Code, "_") {
			continue
		}
		r := slices.Index(chronologicalCodes[:], p.Code)
		switch {
		case r >= 0:
		case strings.Contains(p.Code, "death") || strings.Contains(p.Code, "expir") || strings.Contains(p.Code, "abatement"):
			continue
		default:
			r = len(chronologicalCodes)
		}
		if r < rank {
			best, rank = p, r
		}
	}
	return best
}

// chronologicalCodes are the names that date parameters have in FHIR, best first.
var chronologicalCodes = [...]string{
	"date", "effective", "effective-time", "onset-date", "occurrence", "when", "started", "start-date", "start", "collected", "event-date",
	"authoredon", "authored-on", "authored", "datewritten", "datetime", "created", "sent", "issued", "identified", "recorded", "timestamp",
	"whenhandedover", "period", "birthdate",
}
