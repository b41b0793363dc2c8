package form

// Object is how the members of an object are shaped, and those of each object of a list. A member that it does not list is copied as
// it is, unless it is absent: null, or an empty list.
type Object struct {
	Fields []Field

	index map[string]int // of Fields by Key, where they are many
	// meets says that values of several members may come under one name: they are collected before they are written.
	meets bool
}

// Field is how one member is shaped.
type Field struct {
	// Key is the member's name in the data, unique in its Object.
	Key string
	// As is its name in the answer. Values of several members that come under one name make one list.
	As string
	// Repeat is n for the n-th of several fields of its name; 0 for the only one. Single values make a list with an element for each,
	// null where it has none; lists are joined.
	Repeat int
	// Flatten puts the members of the value, or of each element of it, in the place of the field. Below a list they become lists.
	Flatten bool
	// First takes the first element of a list, and no list.
	First bool
	// Singleton makes one value of a list; nulls do not count. More than one is a *ManyError. With Flatten it is about the elements.
	Singleton bool
	// Slice ends the names of an element's members in a dot and a value: that of the member of this name, which is the first of the
	// element, primitive and not written. SliceIndex stands for the element's index. After null nothing is added.
	Slice string
	// Sub shapes the value or, if it is a list, its elements. Nil copies the value as it is.
	Sub *Object

	repeated bool
	shared   bool // where its values are under its name depends on other fields
}

// Hidden is the name of the member that Field.Slice names. With a space in it no document can have it.
const Hidden = "the slice"

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

// Seal makes an object, and all below it, ready for use. It is to be called once, after the last change; from then on the object may be
// used by any number of goroutines.
func (o *Object) Seal() {
	o.seal()
	o.share(o.owners(map[string]*Object{}))
}

func (o *Object) seal() {
	if len(o.Fields) > few {
		o.index = make(map[string]int, len(o.Fields))
	}
	names, repeated, chosen := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range o.Fields {
		f := &o.Fields[i]
		if o.index != nil {
			o.index[f.Key] = i
		}
		o.meets = o.meets || f.Flatten || f.Repeat > 0 || names[f.As]
		names[f.As], repeated[f.As] = true, repeated[f.As] || f.Repeat > 0
		chosen[f.As] = chosen[f.As] || f.First || f.Singleton
		if f.Sub != nil {
			f.Sub.seal()
		}
	}
	for i := range o.Fields {
		f := &o.Fields[i]
		f.repeated = repeated[f.As] && !f.Flatten
		f.shared = f.repeated && chosen[f.As]
	}
}

// owners notes whose fields the names of an answer's object are; nil for those of several.
func (o *Object) owners(of map[string]*Object) map[string]*Object {
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.Flatten && f.Sub != nil {
			f.Sub.owners(of)
		} else if owner, known := of[f.As]; known && owner != o {
			of[f.As] = nil
		} else {
			of[f.As] = o
		}
	}
	return of
}

func (o *Object) share(owners map[string]*Object) {
	for i := range o.Fields {
		f := &o.Fields[i]
		f.shared = f.shared || owners[f.As] == nil
		switch {
		case f.Sub == nil:
		case f.Flatten:
			f.Sub.share(owners)
		default:
			f.Sub.share(f.Sub.owners(map[string]*Object{}))
		}
	}
}

// few is how many things are looked along.
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
