package form

// value is a value in the data that comes under a name: all elements, if it is a list.
type value struct {
	at    int
	field *Field // nil if it is not listed
	next  int32  // in the collection, under the same name; 0 is none
}

// name is a name in the answer.
type name struct {
	key    []byte // in the data
	field  *Field // nil if it is not listed
	suffix string
}

// named is a name in the answer and how what comes under it is written.
type named struct {
	name
	first     int32 // in the collection
	last      int32
	list      bool
	singleton bool
	some      bool // there is a value that is not absent
	joined    bool // there is a list
}

func (n *name) append(dst []byte) []byte {
	if n.field != nil {
		dst = append(dst, n.field.As...)
	} else {
		dst = append(dst, n.key...)
	}
	return append(dst, n.suffix...)
}

// size is about how many bytes a name takes.
func (n *name) size() int {
	if n.field != nil {
		return len(n.field.As) + len(n.suffix) + len(`,"":`)
	}
	return len(n.key) + len(n.suffix) + len(`,"":`)
}

// collection is what comes under which name of one object.
type collection struct {
	names  []named
	values []value // the first is none
	index  map[string]int32
	text   []byte
	held   int
}

func (w *writer) collection() *collection {
	if n := len(w.spare); n > 0 {
		c := w.spare[n-1]
		w.spare = w.spare[:n-1]
		return c
	}
	return &collection{values: make([]value, 1)}
}

func (w *writer) release(c *collection) {
	w.held -= c.held
	c.names, c.values, c.held = c.names[:0], c.values[:1], 0
	clear(c.index)
	w.spare = append(w.spare, c)
}

// collect notes the members of the object at src[i], which is of the field f, and gives the offset behind it. list says that
// there may be more objects whose members have the same names.
func (w *writer) collect(c *collection, i int, o *Object, f *Field, suffix string, list bool) int {
	m := w.members(i, f)
	for m.next() {
		field := o.find(m.key)
		if field != nil && field.Flatten {
			if end := w.flatten(c, m.at, field, suffix, list); end > 0 {
				m.end = end
				continue
			}
		}
		m.end = valueEnd(w.src, m.at)
		n := named{name: name{m.key, field, suffix}, list: list || field != nil && field.repeated, singleton: field != nil && field.Singleton}
		some := !absent(w.src, m.at)
		if !w.over && (some || field != nil && field.repeated && w.src[m.at] == 'n') {
			w.add(c, n, m.at, some)
		}
	}
	return m.end
}

// flatten notes the members of the value of a field, and gives the offset behind it; 0 if it has none, because it is primitive.
func (w *writer) flatten(c *collection, at int, f *Field, suffix string, list bool) int {
	if f.Singleton && w.crowded(at, f, suffix) {
		return valueEnd(w.src, at)
	}
	e := w.elements(at)
	list = list || !e.bare && !f.Singleton && !f.First
	for e.next() {
		switch w.src[e.at] {
		case '{':
			e.end = w.collect(c, e.at, f.Sub, f, suffix+w.suffix(f, e.at, e.index), list)
		case 'n':
			e.end = valueEnd(w.src, e.at)
		default:
			return 0
		}
		if f.First {
			e.stop(w.src)
		}
	}
	return e.end
}

// crowded reports a list that is flattened as a @singleton and has more elements than one.
func (w *writer) crowded(at int, f *Field, suffix string) bool {
	count := 0
	e := w.elements(at)
	for e.next() {
		if w.src[e.at] != 'n' {
			count++
		}
		e.end = valueEnd(w.src, e.at)
		if f.First {
			e.stop(w.src)
		}
	}
	if count > 1 {
		w.steps = append(w.steps, step{name: name{nil, f, suffix}, named: true})
		w.many()
		w.steps = w.steps[:len(w.steps)-1]
	}
	return count > 1
}

// add notes a value under a name.
func (w *writer) add(c *collection, n named, at int, some bool) {
	k, known := c.find(&n)
	if !known {
		w.held, c.held = w.held+n.size(), c.held+n.size()
		if w.over = w.most > 0 && w.held > w.most; w.over {
			return
		}
		k = c.enter(n)
	}
	have := &c.names[k]
	isList := w.src[at] == '[' && (n.field == nil || !n.field.First)
	have.list = have.list || n.list || isList || known && have.some && some
	have.singleton = have.singleton || n.singleton
	have.some, have.joined = have.some || some, have.joined || isList
	c.values = append(c.values, value{at: at, field: n.field})
	next := int32(len(c.values) - 1)
	if have.last > 0 {
		c.values[have.last].next = next
	} else {
		have.first = next
	}
	have.last = next
}

// find looks for a name, short collections through and long ones up.
func (c *collection) find(n *named) (int32, bool) {
	c.text = n.append(c.text[:0])
	if len(c.names) > few {
		if k, ok := c.index[string(c.text)]; ok {
			return k, true
		}
		return 0, false
	}
	for k := range c.names {
		at := len(c.text)
		c.text = c.names[k].append(c.text)
		if string(c.text[at:]) == string(c.text[:at]) {
			return int32(k), true
		}
		c.text = c.text[:at]
	}
	return 0, false
}

// enter enters a name that find has just looked for.
func (c *collection) enter(n named) int32 {
	k := int32(len(c.names))
	c.names = append(c.names, n)
	if len(c.names) <= few {
		return k
	}
	if c.index == nil {
		c.index = map[string]int32{}
	}
	if len(c.index) == 0 {
		for i := range c.names {
			c.index[string(c.names[i].append(nil))] = int32(i)
		}
		return k
	}
	c.index[string(c.text)] = k
	return k
}
