// Package patch changes resources by JSON Patch (RFC 6902) and FHIRPath Patch (R4 fhirpatch.html).
//
// What a patch does not touch stays as it is written: the digits of numbers, the escapes of strings, the order of members.
package patch
