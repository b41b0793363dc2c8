package projection

// writeObject writes the object of a block from the tape.
func (r *Run) writeObject(dst []byte, p *Plan, block int) []byte {
	if variant := r.tape[block+1].b; variant > 0 {
		p = p.variants[variant-1]
	}
	slots := r.tape[block+header : block+header+len(p.slots)]
	dst = append(dst, '{')
	open := len(dst)
	for k := range p.fields {
		if r.Most > 0 && len(dst) > r.Most {
			r.full = true
			return dst
		}
		f := &p.fields[k]
		var e entry
		if f.slot >= 0 {
			e = slots[f.slot]
		}
		if f.pick > 0 && r.Picks[f.pick-1].Err != nil {
			e = r.refuse(f.pick, r.Picks[f.pick-1].Err)
		}
		head := f.head
		if len(dst) == open {
			head = head[1:]
		}
		dst = append(dst, head...)
		switch f.kind {
		case Constant:
			dst = append(dst, f.value...)
		case Hole:
			r.hole(f, e, r.tape[block], len(dst))
		default:
			dst = r.writeValue(dst, f, e)
		}
	}
	return append(dst, '}')
}

func (r *Run) hole(f *field, value, object entry, at int) {
	place := Place{Hole: f.hole, At: at, Object: Span{int(object.a), int(object.b)}}
	if value.a > 0 {
		place.Value = Span{int(value.a), int(value.b)}
	}
	r.Holes = append(r.Holes, place)
}

func (r *Run) writeValue(dst []byte, f *field, e entry) []byte {
	switch {
	case e.a == isRefused:
		refused := &r.refused[e.b-1]
		r.Faults = append(r.Faults, Fault{At: len(dst), Err: refused.err, Pick: int(refused.pick)})
		return append(dst, "null"...)
	case e.a == isFault && f.list:
		return r.writeFault(dst, "list", e)
	case e.a <= 0:
		return r.writeSingle(dst, f, e)
	case f.list && f.kind == Object:
		return r.writeObjects(dst, f, e)
	case f.list:
		return r.writeScalars(dst, f, e)
	}
	return r.writeSingle(dst, f, e)
}

func (r *Run) writeSingle(dst []byte, f *field, e entry) []byte {
	switch {
	case e.a == isFault:
		return r.writeFault(dst, f.want(), e)
	case e.a <= 0:
		return append(dst, "null"...)
	case f.kind == Object:
		return r.writeObject(dst, f.sub, int(e.a))
	}
	return append(dst, r.src[e.a:e.b]...)
}

func (r *Run) writeScalars(dst []byte, f *field, e entry) []byte {
	dst = append(dst, '[')
	for k, element := range r.tape[e.a : e.a+e.b] {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = r.writeSingle(dst, f, element)
	}
	return append(dst, ']')
}

func (r *Run) writeObjects(dst []byte, f *field, e entry) []byte {
	dst = append(dst, '[')
	block := int(e.a)
	for k := range e.b {
		if k > 0 {
			dst = append(dst, ',')
		}
		if head := r.tape[block]; head.a < 0 {
			dst = r.writeSingle(dst, f, head)
		} else {
			dst = r.writeObject(dst, f.sub, block)
		}
		block = int(r.tape[block+1].a)
	}
	return append(dst, ']')
}

func (r *Run) writeFault(dst []byte, want string, e entry) []byte {
	r.Faults = append(r.Faults, Fault{At: len(dst), Offset: int(e.b), Want: want, Found: shapeOf(r.src[e.b])})
	return append(dst, "null"...)
}

func (f *field) want() string {
	if f.kind == Object {
		return "object"
	}
	return [...]string{AnyScalar: "scalar", String: "string", Number: "number", Integer: "integer", Boolean: "boolean"}[f.typ]
}

// shapeOf names a value by its first byte.
func shapeOf(c byte) string {
	switch c {
	case '{':
		return "object"
	case '[':
		return "list"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	}
	return "number"
}
