// Package search is the semantics of FHIR search: what a query is (Query, an AST with a pure Simplify), how it is
// read from FHIR's argument syntax (Reader), which values of a resource it looks at (Index), when a resource
// matches (Match), in which order it comes (OrderKey), and what a store may be asked and may claim (Request,
// Claims, Can).
//
// Every store compares exactly the encoded values that this package makes, so the sets are equal everywhere;
// Match over them is the law that all stores are tested against. The package does no I/O.
package search
