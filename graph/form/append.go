package form

import "errors"

// ErrTooLong says that the answer is longer than it may be: in the form that its directives ask for it can be longer than the data.
var ErrTooLong = errors.New("form: the answer is too long")

// Append appends data, which is an object of valid JSON or null, in its form. report is told of each *ManyError, with its path in the
// answer; the member is left out. The error is ErrTooLong, once more than most bytes are appended (0 is no limit); dst is then as it
// was.
func (o *Object) Append(dst, data []byte, most int, report func(path []any, err error)) ([]byte, error) {
	w := writer{src: data, most: most, report: report, base: len(dst)}
	before := len(dst)
	dst, _ = w.element(dst, space(data, 0), o, nil, "")
	if w.over {
		return dst[:before], ErrTooLong
	}
	return dst, nil
}

type writer struct {
	src    []byte
	most   int
	base   int
	held   int // bytes of the names in collections
	over   bool
	steps  []step
	report func(path []any, err error)
	spare  []*collection
}

// full says whether there is no room for more bytes.
func (w *writer) full(dst []byte, more int) bool {
	w.over = w.over || w.most > 0 && len(dst)-w.base+more > w.most
	return w.over
}

// element writes the value at src[i], which is no list, and gives the offset behind it. It is of the field f; the names of its
// members end in suffix.
func (w *writer) element(dst []byte, i int, o *Object, f *Field, suffix string) ([]byte, int) {
	switch {
	case w.over || w.src[i] != '{' || o == nil && (f == nil || f.Slice == ""):
		end := valueEnd(w.src, i)
		if w.full(dst, end-i) {
			return dst, end
		}
		return append(dst, w.src[i:end]...), end
	case o != nil && o.meets:
		return w.collated(dst, i, o, f, suffix)
	}
	return w.object(dst, i, o, f, suffix)
}

// object writes an object no two of whose members meet under one name.
func (w *writer) object(dst []byte, i int, o *Object, f *Field, suffix string) ([]byte, int) {
	dst = append(dst, '{')
	open := len(dst)
	m := w.members(i, f)
	for m.next() {
		field := o.find(m.key)
		if absent(w.src, m.at) {
			m.end = valueEnd(w.src, m.at)
			continue
		}
		n := named{name: name{m.key, field, suffix}, singleton: field != nil && field.Singleton}
		n.list = w.src[m.at] == '[' && (field == nil || !field.First)
		dst, m.end = w.put(dst, open, &n, value{at: m.at, field: field}, nil)
	}
	return append(dst, '}'), m.end
}

// collated writes an object some of whose members may meet.
func (w *writer) collated(dst []byte, i int, o *Object, f *Field, suffix string) ([]byte, int) {
	c := w.collection()
	end := w.collect(c, i, o, f, suffix, false)
	dst = append(dst, '{')
	open := len(dst)
	for k := range c.names {
		n := &c.names[k]
		if n.some {
			dst, _ = w.put(dst, open, n, c.values[n.first], c)
		}
	}
	w.release(c)
	return append(dst, '}'), end
}

// put writes what comes under a name: v, and what follows it in c. It gives the offset behind v.
func (w *writer) put(dst []byte, open int, n *named, v value, c *collection) ([]byte, int) {
	if w.full(dst, n.size()) {
		return dst, valueEnd(w.src, v.at)
	}
	before := len(dst)
	if before > open {
		dst = append(dst, ',')
	}
	dst = append(append(n.append(append(dst, '"')), '"'), ':')
	w.steps = append(w.steps, step{name: n.name, named: true})
	end, ok := 0, true
	switch {
	case !n.singleton && n.list:
		dst, end = w.list(append(dst, '['), n, v, c)
		dst = append(dst, ']')
	case n.singleton || v.field != nil && v.field.First:
		dst, end, ok = w.single(dst, v, c)
	default:
		dst, end = w.one(dst, v, v.at, 0)
	}
	w.steps = w.steps[:len(w.steps)-1]
	if !ok {
		dst = dst[:before]
	}
	return dst, end
}

// list writes the elements of all values.
func (w *writer) list(dst []byte, n *named, v value, c *collection) ([]byte, int) {
	open, first := len(dst), 0
	w.steps = append(w.steps, step{})
	for {
		e := w.elements(v.at)
		for e.next() {
			if e.bare && n.joined && w.src[e.at] == 'n' { // of lists one may be missing
				e.end = valueEnd(w.src, e.at)
				continue
			}
			if len(dst) > open && !w.over {
				dst = append(dst, ',')
			}
			dst, e.end = w.one(dst, v, e.at, e.index)
			w.steps[len(w.steps)-1].index++
			if v.field != nil && v.field.First {
				e.stop(w.src)
			}
		}
		if first == 0 {
			first = e.end
		}
		if c == nil || v.next == 0 {
			break
		}
		v = c.values[v.next]
	}
	w.steps = w.steps[:len(w.steps)-1]
	return dst, first
}

// single writes the only value there is; ok says that there is one.
func (w *writer) single(dst []byte, v value, c *collection) (out []byte, end int, ok bool) {
	var found value
	at, index, count, first := 0, 0, 0, 0
	for {
		e := w.elements(v.at)
		for e.next() {
			if w.src[e.at] != 'n' {
				if count++; count == 1 {
					found, at, index = v, e.at, e.index
				}
			}
			e.end = valueEnd(w.src, e.at)
			if v.field != nil && v.field.First {
				e.stop(w.src)
			}
		}
		if first == 0 {
			first = e.end
		}
		if c == nil || v.next == 0 {
			break
		}
		v = c.values[v.next]
	}
	switch count {
	case 0:
		return dst, first, false
	case 1:
		dst, _ = w.one(dst, found, at, index)
		return dst, first, true
	}
	w.many()
	return dst, first, false
}

// many reports that there is more than one value where the writer is.
func (w *writer) many() {
	path := w.path()
	name, _ := path[len(path)-1].(string)
	w.report(path, &ManyError{name})
}

// one writes an element of a value, the index-th of its list.
func (w *writer) one(dst []byte, v value, at, index int) ([]byte, int) {
	if v.field == nil {
		return w.element(dst, at, nil, nil, "")
	}
	return w.element(dst, at, v.field.Sub, v.field, w.suffix(v.field, at, index))
}
