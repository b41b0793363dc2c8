package form

import "bytes"

// collection are the members of an object while they are gathered, in the order in which each name came first.
type collection struct {
	members []gathered
	index   map[string]int
}

// gathered is a member with the values that it has so far.
type gathered struct {
	name   string
	list   bool
	single bool
	values [][]byte
}

func (c *collection) at(name string) *gathered {
	if len(c.members) > few && c.index == nil {
		c.index = make(map[string]int, 2*few)
		for i := range c.members {
			c.index[c.members[i].name] = i
		}
	}
	if c.index != nil {
		if i, ok := c.index[name]; ok {
			return &c.members[i]
		}
		c.index[name] = len(c.members)
	} else {
		for i := range c.members {
			if c.members[i].name == name {
				return &c.members[i]
			}
		}
	}
	c.members = append(c.members, gathered{name: name})
	return &c.members[len(c.members)-1]
}

// collect gathers the members of the object at i. Inherited says that it is an element of a list that is flattened, so that its members
// are lists; suffix ends their names.
func (s *shaper) collect(c *collection, i int, o *Object, inherited bool, suffix string) int {
	for i = skipSpace(s.src, i+1); s.src[i] != '}'; i = next(s.src, i) {
		name, at := member(s.src, i)
		i = skipValue(s.src, at)
		f := o.find(name)
		switch {
		case s.absent(at) || o.hides(name):
		case f == nil:
			s.gather(c, at, &Field{As: string(name)}, inherited, suffix)
		case f.Flatten:
			s.flatten(c, at, f, inherited, suffix)
		default:
			s.gather(c, at, f, inherited, suffix)
		}
	}
	return i + 1
}

// hides says whether a member is there for @slice alone.
func (o *Object) hides(name []byte) bool { return len(name) > 2 && bytes.HasPrefix(name, hidden) }

// hidden begins the names of members that are read and not written. GraphQL keeps such names to itself, and gives __typename alone to
// documents.
var hidden = []byte(HiddenPrefix)

// HiddenPrefix begins the names of members that no answer has: they are what Field.Slice names.
const HiddenPrefix = "__slice"

// flatten gathers the members of a value, or of each element of it, as those of the object around it.
func (s *shaper) flatten(c *collection, at int, f *Field, inherited bool, suffix string) {
	lists := inherited || s.src[at] == '[' && !f.First
	s.each(at, f, func(n, i int) {
		if s.src[i] != '{' {
			return // a null in the list has no members
		}
		s.collect(c, i, f.Sub, lists, s.sliced(f, n, i, suffix))
	})
}

// each calls do with the index and place of each element of a list, or of the value itself.
func (s *shaper) each(at int, f *Field, do func(n, i int)) {
	if s.src[at] != '[' {
		do(0, at)
		return
	}
	for n, i := 0, skipSpace(s.src, at+1); s.src[i] != ']'; n++ {
		if indexed := !f.First && !f.Flatten; indexed {
			s.path = append(s.path, n)
			do(n, i)
			s.path = s.path[:len(s.path)-1]
		} else {
			do(n, i)
		}
		if f.First {
			return
		}
		i = next(s.src, skipValue(s.src, i))
	}
}

// sliced is what ends the names of the members of an element.
func (s *shaper) sliced(f *Field, n, i int, suffix string) string {
	switch f.Slice {
	case "":
		return suffix
	case SliceIndex:
		return string(appendIndex(append([]byte(suffix), '.'), n))
	}
	for i = skipSpace(s.src, i+1); s.src[i] != '}'; i = next(s.src, i) {
		name, at := member(s.src, i)
		i = skipValue(s.src, at)
		if string(name) != f.Slice {
			continue
		}
		switch s.src[at] {
		case '"':
			return suffix + "." + string(s.src[at+1:i-1])
		case 'n':
			return suffix
		case '{', '[':
			s.report(s.where(), ErrName)
			return suffix
		}
		return suffix + "." + string(s.src[at:i])
	}
	return suffix
}

func (s *shaper) where() []any { return append([]any(nil), s.path...) }

// gather adds the value of a member.
func (s *shaper) gather(c *collection, at int, f *Field, inherited bool, suffix string) {
	s.path = append(s.path, f.As+suffix)
	m := c.at(f.As + suffix)
	isList := s.src[at] == '['
	m.list = m.list || inherited || isList && !f.First || f.Repeat > 0
	m.single = m.single || f.Singleton
	s.each(at, f, func(n, i int) {
		if inherited && s.src[i] == 'n' {
			return // positions are lost, and with them what a null stands for
		}
		var value []byte
		if f.Slice != "" && s.src[i] == '{' {
			ending := s.sliced(f, n, i, "")
			inner := collection{}
			s.collect(&inner, i, f.Sub, false, ending)
			value = s.write(nil, &inner)
		} else {
			value, _ = s.value(nil, i, f.Sub)
		}
		m.values = append(m.values, value)
	})
	s.path = s.path[:len(s.path)-1]
}

// write appends what was gathered as an object.
func (s *shaper) write(dst []byte, c *collection) []byte {
	dst = append(dst, '{')
	open := len(dst)
	for i := range c.members {
		m := &c.members[i]
		if len(m.values) == 0 {
			continue
		}
		if m.single && len(m.values) > 1 {
			s.report(append(s.where(), m.name), &ManyError{m.name})
			continue
		}
		if len(dst) > open {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), m.name...), '"', ':')
		if !m.single && (m.list || len(m.values) > 1) {
			dst = append(dst, '[')
			dst = append(dst, bytes.Join(m.values, []byte(","))...)
			dst = append(dst, ']')
			continue
		}
		dst = append(dst, m.values[0]...)
	}
	return append(dst, '}')
}
