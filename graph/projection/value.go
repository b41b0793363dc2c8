package projection

// value scans the member's value that starts at src[i].
func (r *Run) value(s *slot, i int) (e entry, end int) {
	if s.list && r.src[i] == '[' {
		switch {
		case s.pick > 0:
			return r.picked(s, i)
		case s.kind == Object:
			return r.objects(s, i)
		}
		return r.scalars(s, i)
	}
	if s.list && r.src[i] != 'n' {
		return r.fault(i)
	}
	return r.single(s, i)
}

// single scans a value that is no list by the schema.
func (r *Run) single(s *slot, i int) (e entry, end int) {
	c := r.src[i]
	switch {
	case c == 'n':
		return entry{isNull, int32(i)}, r.checkLiteral(i, "null")
	case s.kind == Object && c == '{':
		block, end := r.object(s.sub, i)
		return entry{int32(block), 0}, end
	case s.kind == Raw:
		end = r.check(i)
		return entry{int32(i), int32(end)}, end
	case s.kind == Object || c == '{' || c == '[':
		return r.fault(i)
	}
	end, types := r.checkScalar(i)
	if end >= 0 && types>>s.typ&1 == 0 {
		return entry{isFault, int32(i)}, end
	}
	return entry{int32(i), int32(end)}, end
}

// fault notes a value of a shape that the schema does not have there; even so it must be JSON.
func (r *Run) fault(i int) (entry, int) { return entry{isFault, int32(i)}, r.check(i) }

// scalars scans a list of scalars into entries in a row.
func (r *Run) scalars(s *slot, i int) (e entry, end int) {
	first := len(r.tape)
	i, more := r.open(i)
	for more {
		var e entry
		if e, i = r.single(s, i); i < 0 {
			return e, stop
		}
		at := r.reserve(1, i)
		if at < 0 {
			return e, stop
		}
		r.tape[at] = e
		i, more = r.next(i)
	}
	return entry{int32(first), int32(len(r.tape) - first)}, i
}

// objects scans a list of objects into a chain of blocks.
func (r *Run) objects(s *slot, i int) (e entry, end int) {
	var list chain
	i, more := r.open(i)
	for more {
		var block int
		if block, i = r.element(s, i); i < 0 {
			return e, stop
		}
		r.link(&list, block)
		i, more = r.next(i)
	}
	return list.entry(), i
}

// chain is a list of blocks while it is made.
type chain struct{ first, last, count int32 }

func (r *Run) link(l *chain, block int) {
	if l.count++; l.count == 1 {
		l.first = int32(block)
	} else {
		r.tape[l.last+1].a = int32(block)
	}
	l.last = int32(block)
}

func (l *chain) entry() entry {
	if l.count == 0 {
		return entry{1, 0}
	}
	return entry{l.first, l.count}
}

// element scans an element of a list of objects into a block.
func (r *Run) element(s *slot, i int) (block, end int) {
	if r.src[i] == '{' {
		return r.object(s.sub, i)
	}
	e, end := r.single(s, i)
	if end < 0 {
		return 0, stop
	}
	if block = r.reserve(header, i); block < 0 {
		return 0, stop
	}
	r.tape[block] = e
	return block, end
}

// open goes from a list's bracket to its first element; without one, to the list's end.
func (r *Run) open(i int) (at int, more bool) {
	if r.depth >= MaxDepth {
		return r.fail(TooDeep, i), false
	}
	r.depth++
	if i = space(r.src, i+1); i >= len(r.src) {
		return r.fail(Truncated, i), false
	}
	if r.src[i] == ']' {
		r.depth--
		return i + 1, false
	}
	return i, true
}

// next goes from an element's end to the next element; without one, to the list's end.
func (r *Run) next(i int) (at int, more bool) {
	if i = space(r.src, i); i >= len(r.src) {
		return r.fail(Truncated, i), false
	}
	switch r.src[i] {
	case ']':
		r.depth--
		return i + 1, false
	case ',':
		if i = space(r.src, i+1); i >= len(r.src) {
			return r.fail(Truncated, i), false
		}
		return i, true
	}
	return r.fail(Syntax, i), false
}
