package projection

// brackets remembers which of the open brackets are arrays, a bit each.
type brackets struct {
	bits  [MaxDepth / 64]uint64
	depth int
}

func (b *brackets) push(c byte) {
	bit := uint64(1) << (b.depth & 63)
	if c == '[' {
		b.bits[b.depth>>6] |= bit
	} else {
		b.bits[b.depth>>6] &^= bit
	}
	b.depth++
}

// list says whether the innermost open bracket is an array.
func (b *brackets) list() bool {
	d := b.depth - 1
	return b.bits[d>>6]>>(d&63)&1 == 1
}

// skip returns the offset after the value that starts at src[i], looking at brackets and the ends of strings only.
func (r *Run) skip(i int) int {
	src := r.src
	if i >= len(src) {
		return r.fail(Truncated, i)
	}
	switch c := src[i]; c {
	case '"':
		if i = skipString(src, i); i == 0 {
			return r.fail(Truncated, len(src))
		}
		return i
	case '{', '[':
		return r.skipNested(i)
	}
	start := i
	for i < len(src) && src[i] > ' ' && src[i] != ',' && src[i] != '}' && src[i] != ']' {
		i++
	}
	if i == start {
		return r.fail(Syntax, i)
	}
	return i
}

func (r *Run) skipNested(i int) int {
	src := r.src
	var open brackets
	for i < len(src) {
		switch c := src[i]; c {
		case '"':
			if i = skipString(src, i); i == 0 {
				return r.fail(Truncated, len(src))
			}
			continue
		case '{', '[':
			if r.depth+open.depth >= MaxDepth {
				return r.fail(TooDeep, i)
			}
			open.push(c)
		case '}', ']':
			if open.list() != (c == ']') {
				return r.fail(Syntax, i)
			}
			if open.depth--; open.depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return r.fail(Truncated, len(src))
}
