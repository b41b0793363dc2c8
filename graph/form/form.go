package form

import (
	"errors"
	"strconv"
)

// Object is how the members of an object are shaped. A member that it does not list is copied as it is, unless it is absent: null, or an
// empty list.
type Object struct {
	Fields []Field

	index map[string]int // of Fields by Key, where they are many
	loose bool           // members change their places: they are collected before they are written
}

// Field is how one member is shaped.
type Field struct {
	// Key is the member's name in the data.
	Key string
	// As is its name in the answer. Where several members that are there have one, their values make one list, in the order of Repeat.
	As string
	// Repeat is 0, or says that the field was one of several of its name.
	Repeat int
	// Flatten puts the members of the value, or of each element of it, in the place of the field. Below a list they become lists.
	Flatten bool
	// First takes the first element of a list, and no list.
	First bool
	// Singleton makes one value of a list. More than one is a *ManyError.
	Singleton bool
	// Slice is the name of a member of each element, which is not written: its text, behind a dot, ends the names of the element's
	// members. SliceIndex stands for the element's index.
	Slice string
	// Sub shapes the value or, if it is a list, its elements. Nil copies the value as it is.
	Sub *Object
}

// SliceIndex is the Slice of the index of an element.
const SliceIndex = "$index"

// ManyError says that there is more than one value for a member that is to have one.
type ManyError struct {
	Name string // of the member in the answer
}

// Error implements error.
func (e *ManyError) Error() string {
	return e.Name + " has more than one value, and @singleton wants one"
}

// ErrName says that the value of @slice's path is not one that can end a name.
var ErrName = errors.New("the path of @slice gives an object or a list; it is to give one value")

// Seal makes an object, and all below it, ready for use. It is to be called once, after the last change.
func (o *Object) Seal() {
	if len(o.Fields) > few {
		o.index = make(map[string]int, len(o.Fields))
	}
	for i := range o.Fields {
		f := &o.Fields[i]
		if o.index != nil {
			o.index[f.Key] = i
		}
		o.loose = o.loose || f.Flatten || f.Repeat > 0 || f.Singleton || f.Slice != "" || f.As != f.Key
		if f.Sub != nil {
			f.Sub.Seal()
		}
	}
}

// few is how many fields are looked along.
const few = 12

// find gives the field of a key; nil if it is not listed.
func (o *Object) find(key []byte) *Field {
	if o == nil {
		return nil
	}
	if o.index != nil {
		if i, ok := o.index[string(key)]; ok {
			return &o.Fields[i]
		}
		return nil
	}
	for i := range o.Fields {
		if o.Fields[i].Key == string(key) {
			return &o.Fields[i]
		}
	}
	return nil
}

// Path gives, for a path in the data, that in the answer. What flattening took away is left out.
func (o *Object) Path(path []any) []any {
	var out []any
	for i := 0; i < len(path); i++ {
		key, ok := path[i].(string)
		if !ok {
			out = append(out, path[i])
			continue
		}
		f := o.find([]byte(key))
		if f == nil {
			return append(out, path[i:]...)
		}
		o = f.Sub
		var list bool
		if i+1 < len(path) {
			_, list = path[i+1].(int)
		}
		switch {
		case f.Flatten:
			if list {
				i++
			}
			continue
		case f.Repeat > 0 && !list:
			out = append(out, f.As, f.Repeat-1)
		case (f.First || f.Singleton) && list:
			out = append(out, f.As)
			i++
		default:
			out = append(out, f.As)
		}
	}
	return out
}

// Append appends data, which is an object of valid JSON without space between its tokens or not, in its shape. report is told what cannot be
// shaped, with the path in the answer; the member is then left out.
func (o *Object) Append(dst, data []byte, report func(path []any, err error)) []byte {
	s := shaper{src: data, report: report}
	dst, _ = s.value(dst, skipSpace(data, 0), o)
	return dst
}

// shaper is one run of Append.
type shaper struct {
	src    []byte
	path   []any
	report func(path []any, err error)
}

// value appends the value that starts at i, shaped, and gives where it ends.
func (s *shaper) value(dst []byte, i int, o *Object) ([]byte, int) {
	switch {
	case o == nil || s.src[i] != '{' && s.src[i] != '[':
		end := skipValue(s.src, i)
		return append(dst, s.src[i:end]...), end
	case s.src[i] == '[':
		return s.list(dst, i, o)
	case o.loose:
		c := collection{}
		end := s.collect(&c, i, o, false, "")
		return s.write(dst, &c), end
	}
	return s.object(dst, i, o)
}

func (s *shaper) list(dst []byte, i int, o *Object) ([]byte, int) {
	dst = append(dst, '[')
	n := 0
	for i = skipSpace(s.src, i+1); s.src[i] != ']'; n++ {
		if n > 0 {
			dst = append(dst, ',')
		}
		s.path = append(s.path, n)
		dst, i = s.value(dst, i, o)
		s.path = s.path[:len(s.path)-1]
		i = next(s.src, i)
	}
	return append(dst, ']'), i + 1
}

// object copies an object whose members stay where they are.
func (s *shaper) object(dst []byte, i int, o *Object) ([]byte, int) {
	dst = append(dst, '{')
	open := len(dst)
	for i = skipSpace(s.src, i+1); s.src[i] != '}'; i = next(s.src, i) {
		name, at := member(s.src, i)
		if s.absent(at) {
			i = skipValue(s.src, at)
			continue
		}
		if len(dst) > open {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), name...), '"', ':')
		f := o.find(name)
		if f == nil {
			i = skipValue(s.src, at)
			dst = append(dst, s.src[at:i]...)
			continue
		}
		s.path = append(s.path, f.As)
		dst, i = s.member(dst, at, f)
		s.path = s.path[:len(s.path)-1]
	}
	return append(dst, '}'), i + 1
}

// member appends a value, of a list its first element where that is wanted.
func (s *shaper) member(dst []byte, at int, f *Field) ([]byte, int) {
	if !f.First || s.src[at] != '[' {
		return s.value(dst, at, f.Sub)
	}
	dst, _ = s.value(dst, skipSpace(s.src, at+1), f.Sub)
	return dst, skipValue(s.src, at)
}

// absent says whether the value at i is one that is left out: null, or an empty list.
func (s *shaper) absent(i int) bool {
	return s.src[i] == 'n' || s.src[i] == '[' && s.src[skipSpace(s.src, i+1)] == ']'
}

func appendIndex(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }
