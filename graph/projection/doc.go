// Package projection applies a compiled GraphQL selection to a stored resource: raw JSON bytes in, the JSON of the answer out. It
// reads the source once, copies bytes and allocates nothing in steady state. It does not find references, search or coerce: such
// values are holes that the graph fills, level by level, and [Stitch] splices in.
//
// How it works. The source is scanned once, and where each selected value begins and ends is noted on a tape: a block of entries
// an object, one entry a slot. The output is then written from the tape in the order of the selection, so the order of the source
// does not matter and no value is scanned twice, unless it is selected under several keys with different sub-selections. Only
// an object whose plan depends on its resourceType, when that is not its first member, is skimmed for it beforehand. Time is
// linear in the source plus the output.
//
// How strictly the source is checked. What is selected is checked fully (RFC 8259 grammar, escapes, paired surrogates, UTF-8).
// What is not selected, or not picked from its list, is only skipped: its brackets must match and its strings must end, nothing
// else about it is looked at.
// Member names may be written with escapes. A selected member that occurs twice is an error; others are not compared.
package projection
