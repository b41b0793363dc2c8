// Package fhir knows FHIR: its types, elements, bindings and search parameters as data, references, partial
// dates, resource validation, and the form in which a resource body is stored.
//
// It is a leaf: it does no I/O, and nothing in it is specific to a store, to GraphQL or to one resource type.
package fhir
