// Package graph answers GraphQL over FHIR: it holds the schema, compiles operations, asks the engine level by level, and
// writes the response from the stored bytes.
//
// The FHIR schema is not generated Go: it is built at start from the definitions (Schema), and a selection compiles to a
// projection over raw JSON. The gateway's own fields (schema.graphqls) are gqlgen's, and are delegated to its generated code,
// which gets the merged schema. Nothing here decides where a query runs, or knows a store.
package graph
