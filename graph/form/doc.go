// Package form gives the data of an answer the form that FHIR's GraphQL asks for (FHIR R4, 3.3.5): what is absent is left out, and
// @flatten, @first, @singleton and @slice change what is where. It works on JSON that was just written, in one pass, and knows neither
// GraphQL nor FHIR.
package form
