// Package outcome says in FHIR's words what happened: the OperationOutcome (R4, operationoutcome.html) of an error, of what is
// wrong with a resource, and of what was accepted all the same.
package outcome
