// Package terminology is the embedded terminology: it expands code sets from the CodeSystem and ValueSet resources that a primary
// holds, and from those of FHIR's base definitions where none of that URL is stored. A value set follows its compose (FHIR R4,
// ValueSet, "Value Set Expansion"); a ready-made expansion is used where the compose cannot be. It does not guess: what is not
// stored, not whole or not understood is an error.
package terminology
