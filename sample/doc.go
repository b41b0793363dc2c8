// Package sample writes a synthetic population in FHIR R4: invented people, and what a small hospital network
// would know of them. Equal Config gives equal bytes, on every machine and in every version of Go: one seeded
// generator a patient, whole numbers instead of floating point, no clock and no map order.
//
// The stream begins with what all patients share (organizations, places, practitioners, medications,
// terminology, a questionnaire) and goes on patient by patient; after every tenth and every 250th patient comes
// a Group of those before. Patient k is the same whatever the number of patients, so the stream for n patients is
// a prefix of the stream for more. The reference graph is closed: a literal reference is relative, or absolute
// below Base, and names a resource of the stream, nearly always an earlier one. Ids are unique within a type
// only: Encounter/p7-1 and Observation/p7-1 are two resources.
//
// Some resources come twice or more, with changed content. A later one of the same type and id is a later version,
// in the stream as in an NDJSON file, and replaces the earlier. All versions of such a resource carry
// meta.lastUpdated, ascending, so that a loader that meets them again can tell an old version from a change.
// Versioned references count from 1 in that order.
package sample
