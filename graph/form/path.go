package form

import (
	"encoding/json"
	"strconv"
)

// step is a step of the path in the answer: a name or an index.
type step struct {
	name
	named bool
	index int
}

// path is the path of where the writer is.
func (w *writer) path() []any {
	path := make([]any, 0, len(w.steps))
	for _, s := range w.steps {
		if !s.named {
			path = append(path, s.index)
			continue
		}
		var text string
		if json.Unmarshal(append(s.name.append([]byte{'"'}), '"'), &text) != nil {
			text = s.field.As
		}
		path = append(path, text)
	}
	return path
}

// Path is the path in the answer of a path in the data (keys as string, indexes as int). It goes as far as that is certain without
// the data: to the name under which values are collated, or to the object into which members are flattened under names that
// end in a value.
func (o *Object) Path(path []any) []any {
	out := make([]any, 0, len(path))
	list, suffix := false, ""
	for len(path) > 0 {
		key, isKey := path[0].(string)
		if !isKey {
			out, path = append(out, path[0]), path[1:]
			continue
		}
		f := o.find([]byte(key))
		path = path[1:]
		if f == nil {
			if o, out = nil, append(out, key+suffix); list {
				return out
			}
			suffix = ""
			continue
		}
		index := -1
		if len(path) > 0 {
			if i, ok := path[0].(int); ok {
				index, path = i, path[1:]
			}
		}
		if o = f.Sub; f.Flatten && len(path) > 0 {
			if f.Slice != "" && (f.Slice != SliceIndex || index < 0) {
				return out
			}
			if f.Slice == SliceIndex {
				suffix += "." + strconv.Itoa(index)
			}
			list = list || index >= 0 && !f.Singleton && !f.First
			continue
		}
		if out = append(out, f.As+suffix); list || f.Slice != "" || !f.certain(index) {
			return out
		}
		suffix = ""
		switch {
		case f.repeated && len(path) > 0: // else it may be a list, which is joined to others
			out = append(out, f.Repeat-1)
		case index >= 0 && !f.Singleton && !f.First:
			out = append(out, index)
		}
	}
	return out
}

// certain says whether an element of the field is in the answer at a place that does not depend on the data.
func (f *Field) certain(index int) bool {
	switch {
	case f.Flatten, f.shared:
		return false
	case index >= 0:
		return !f.repeated && (!f.First || index == 0)
	}
	return true
}
