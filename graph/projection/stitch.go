package projection

// Stitch appends to dst the part of the output doc that span says, with the values of its holes in place. holes are those inside
// span, as they stand in Run.Holes. fill appends the value of holes[i] to dst; it may call Stitch itself, so that a tree of
// answers is written in one pass. What fill appends must be valid JSON. If it appends nothing the value is null or, in a
// selection with OmitAbsent, the member is left out.
func Stitch(dst, doc []byte, span Span, holes []Place, fill func(dst []byte, i int) []byte) []byte {
	at := span.Start
	for i := range holes {
		h := &holes[i]
		dst = append(dst, doc[at:max(at, h.from)]...)
		at = max(at, h.from)
		bare := len(dst)
		dst = append(dst, doc[at:h.At]...)
		at = h.At
		before := len(dst)
		if dst = fill(dst, i); len(dst) > before {
			continue
		}
		if !h.omit {
			dst = append(dst, "null"...)
			continue
		}
		dst = dst[:bare]
		if bare > 0 && dst[bare-1] == '{' && at < span.End && doc[at] == ',' {
			at++ // the next member is the first now
		}
	}
	return append(dst, doc[at:span.End]...)
}
