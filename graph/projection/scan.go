package projection

// entry is two numbers on the tape. A block starts with two entries, {start, end} of the object in the source and {next block of
// the list, variant of the plan}, followed by one a slot:
//
//	absent            {0, 0}
//	null              {isNull, offset}
//	a fault           {isFault, offset}
//	a failed pick     {isRefused, 1 + index in refused}
//	a scalar or raw   {start, end}
//	an object         {block, 0}
//	a list            {first block or entry, count}; of an empty one the first is any but 0
//
// A null or a fault in a list of objects is a block of two entries whose first is as above. The elements of a list of scalars
// are entries in a row. Neither a value nor a block in a slot can have the number 0: there the outermost object is.
type entry struct{ a, b int32 }

const (
	isNull  = -1
	isFault = -2
	// isRefused is of a list whose pick failed.
	isRefused = -3
	header    = 2
	maxTape   = 1 << 27
)

func (r *Run) root(p *Plan) (block, end int) {
	i := space(r.src, 0)
	if i >= len(r.src) {
		return 0, r.fail(Truncated, i)
	}
	if r.src[i] != '{' {
		return 0, r.fail(NotAnObject, i)
	}
	if block, end = r.object(p, i); end < 0 {
		return block, stop
	}
	if i = space(r.src, end); i < len(r.src) {
		return block, r.fail(Syntax, i)
	}
	return block, end
}

// reserve adds n empty entries to the tape; stop if it is full.
func (r *Run) reserve(n, at int) int {
	block := len(r.tape)
	if block+n > maxTape {
		return r.fail(TooLarge, at)
	}
	if block+n > cap(r.tape) {
		r.tape = append(r.tape, make([]entry, n)...)
		return block
	}
	r.tape = r.tape[:block+n]
	clear(r.tape[block:])
	return block
}

// object scans the object that starts at src[i] into a block.
func (r *Run) object(p *Plan, i int) (block, end int) {
	if r.depth >= MaxDepth {
		return 0, r.fail(TooDeep, i)
	}
	r.depth++
	variant := 0
	if p.byType != nil {
		if variant = r.variant(p, i); variant < 0 {
			return 0, stop
		}
		if variant > 0 {
			p = p.variants[variant-1]
		}
	}
	if block = r.reserve(header+len(p.slots), i); block < 0 {
		return 0, stop
	}
	r.tape[block+1].b = int32(variant)
	end = r.members(p, block, i)
	r.tape[block] = entry{int32(i), int32(end)}
	r.depth--
	return block, end
}

func (r *Run) members(p *Plan, block, i int) int {
	src := r.src
	if i = space(src, i+1); i < len(src) && src[i] == '}' {
		return i + 1
	}
	for {
		var raw []byte
		if raw, i = r.name(i); i < 0 {
			return stop
		}
		if n := p.names.find(raw); n == nil {
			i = r.skip(i)
		} else {
			i = r.selected(p, block, n, i)
		}
		if i < 0 {
			return stop
		}
		if i = space(src, i); i >= len(src) {
			return r.fail(Truncated, i)
		}
		if src[i] == '}' {
			return i + 1
		}
		if src[i] != ',' {
			return r.fail(Syntax, i)
		}
		i = space(src, i+1)
	}
}

// name reads a member's name at src[i], as it is written, and goes to the member's value.
func (r *Run) name(i int) (raw []byte, value int) {
	src := r.src
	if i >= len(src) || src[i] != '"' {
		return nil, r.unexpected(i)
	}
	end := skipString(src, i)
	if end == 0 {
		return nil, r.fail(Truncated, len(src))
	}
	raw = src[i+1 : end-1]
	if i = r.colon(end); i < 0 {
		return nil, stop
	}
	if i = space(src, i); i >= len(src) {
		return nil, r.fail(Truncated, i)
	}
	return raw, i
}

func (r *Run) selected(p *Plan, block int, n *name, i int) (end int) {
	for k := n.slot; k < n.slot+n.slots; k++ {
		at := block + header + int(k)
		if r.tape[at] != (entry{}) {
			return r.fail(Duplicate, i)
		}
		var e entry
		if e, end = r.value(&p.slots[k], i); end < 0 {
			return stop
		}
		if k > n.slot {
			if r.again += end - i; r.Again > 0 && r.again > r.Again {
				return r.fail(TooOften, i)
			}
		}
		r.tape[at] = e
	}
	return end
}

// variant finds the plan for the object at src[i] by its resourceType: 0 for the plan's own fields.
func (r *Run) variant(p *Plan, i int) int {
	src := r.src
	if i = space(src, i+1); i < len(src) && src[i] == '}' {
		return 0
	}
	for {
		raw, at := r.name(i)
		if at < 0 {
			return stop
		}
		if i = r.skip(at); i < 0 {
			return stop
		}
		if isResourceType(raw) {
			return p.variantOf(src[at:i])
		}
		i = space(src, i)
		if i < len(src) && src[i] == '}' {
			return 0
		}
		if i >= len(src) || src[i] != ',' {
			return r.unexpected(i)
		}
		i = space(src, i+1)
	}
}
