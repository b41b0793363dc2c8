package fhirpath

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// suggest is "; did you mean …?" with the nearest known name, or "" if none is near.
func (c *Config) suggest(name string, known []string) string {
	if c.Quiet {
		return ""
	}
	best, distance := "", len(name)/3+2
	for _, k := range known {
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k))
		if d < distance || d == distance && best != "" && k < best {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
