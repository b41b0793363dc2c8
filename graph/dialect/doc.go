// Package dialect rewrites a document of FHIR's GraphQL (FHIR R4, 3.3) into one that a schema validates: literals, variables, fields of
// resources without a fragment, fields that are repeated. It also says, by a [form.Object], what form the answer is to have. It works
// on the parsed document; it knows FHIR only by what [Facts] tells.
package dialect
