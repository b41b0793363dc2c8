package projection

// Stitch appends to dst the part of the output doc that span says, with the values of its holes in place. holes are those inside
// span, as they stand in Run.Holes. fill appends the value of holes[i] to dst; it may call Stitch itself, so that a tree of
// answers is written in one pass. What fill appends must be valid JSON. If it appends nothing the value is null.
func Stitch(dst, doc []byte, span Span, holes []Place, fill func(dst []byte, i int) []byte) []byte {
	at := span.Start
	for i := range holes {
		dst = append(dst, doc[at:holes[i].At]...)
		at = holes[i].At
		before := len(dst)
		if dst = fill(dst, i); len(dst) == before {
			dst = append(dst, "null"...)
		}
	}
	return append(dst, doc[at:span.End]...)
}
