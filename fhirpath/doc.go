// Package fhirpath evaluates FHIRPath 2.0 expressions on R4 resources within a budget: no expression takes more steps or makes more
// output than its Config allows.
//
// It does no I/O: what a resource refers to is not loaded, nothing is logged, terminology is not asked; functions that would are
// refused when the expression is compiled. Why it is our own: ADR 12.
package fhirpath
