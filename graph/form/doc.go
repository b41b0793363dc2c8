// Package form gives the data of an answer the form that FHIR's GraphQL asks for (FHIR R4, 3.3.5): what is absent is left out, and
// @flatten, @first, @singleton and @slice change what is where. It works on JSON that was just written and knows neither GraphQL nor
// FHIR.
//
// How it works. The data are copied, member by member. Only an object in which values of several members may come under one name, because
// of @flatten or of a repeated field, is gone through twice: first it is noted where in the data what belongs to each name is, then that
// is written. Nothing is decoded. Time is linear in the data, times the depth to which such objects nest.
package form
