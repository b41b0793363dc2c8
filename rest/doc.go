// Package rest answers FHIR's RESTful API: a façade that turns paths, headers and parameters into the operations of the planner and
// the commands of the composite layer, and writes Bundles from stored bytes. Nothing here decides where a query runs, or knows a
// store or GraphQL.
package rest
