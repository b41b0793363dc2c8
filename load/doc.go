// Package load brings files of FHIR resources into the primary: NDJSON and Bundles, plain or compressed.
//
// Lines are read in order and taken in (parsed, validated, indexed) side by side, then written in order, a batch at a time, so
// that memory is bounded whatever the input and a later line of the same resource becomes its later version. A bad line
// is reported and never stops the rest. How far a file has been read is kept in the primary, in the transaction of what
// was read, so that an interrupted load goes on where it was and a finished one is not doubled.
package load
