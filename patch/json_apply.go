package patch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// edit is a resource on which the operations of a JSON Patch are at work.
type edit struct {
	root   *tree
	copied int
}

// Apply implements Patch.
func (p jsonPatch) Apply(resource []byte) ([]byte, error) {
	root, err := plant(resource)
	if err != nil {
		return nil, err
	}
	e := &edit{root: root}
	for i, o := range p {
		if err := e.do(o); err != nil {
			err.Message = fault.New("", "JSON Patch, operation %d (%s): %s", i, o.op, err.Message).Message
			return nil, err
		}
	}
	return finish(resource, e.root)
}

func (e *edit) do(o operation) *fault.Error {
	switch o.op {
	case "add", "replace":
		value, err := plant(o.value)
		if err != nil {
			return fault.New(fault.BadUserInput, "the value is no JSON")
		}
		return e.put(o.path, value, o.op == "replace")
	case "remove":
		_, err := e.remove(o.path)
		return err
	case "test":
		return e.test(o)
	case "move":
		if len(o.path) > len(o.from) && slices.Equal(o.path[:len(o.from)], o.from) {
			return fault.New(fault.BadUserInput, "nothing can be moved into itself")
		}
		value, err := e.remove(o.from)
		if err != nil {
			return err
		}
		return e.put(o.path, value, false)
	}
	value, err := e.value(o.from)
	if err != nil {
		return err
	}
	raw := value.appendTo(nil)
	if e.copied += len(raw); e.copied > MaxSize {
		return fault.New(fault.TooCostly, "the patch copies more than %d bytes", MaxSize)
	}
	copied, invalid := plant(raw)
	if invalid != nil {
		return fault.New(fault.TooCostly, "the resource would nest too deeply")
	}
	return e.put(o.path, copied, false)
}

func (e *edit) test(o operation) *fault.Error {
	want, err := plant(o.value)
	if err != nil {
		return fault.New(fault.BadUserInput, "the value is no JSON")
	}
	got, missing := e.value(o.path)
	if missing != nil || !equal(got, want) {
		return &fault.Error{Code: fault.Conflict, Message: "the resource does not have this value at " + written(o.path), Err: ErrTest}
	}
	return nil
}

func written(path []string) string { return strconv.Quote("/" + strings.Join(path, "/")) }

func absent(path []string) *fault.Error {
	return fault.New(fault.BadUserInput, "the resource has nothing at %s", written(path))
}

// value is what stands at a path.
func (e *edit) value(path []string) (*tree, *fault.Error) {
	t := e.root
	for i, key := range path {
		var next *tree
		if t.isObject() {
			next = t.get(key)
		} else if t.isList() {
			if k, ok := index(key, len(t.items)); ok {
				next = t.items[k]
			}
		}
		if next == nil {
			return nil, absent(path[:i+1])
		}
		t = next
	}
	return t, nil
}

// index reads a list's index below n.
func index(key string, n int) (int, bool) {
	k, err := strconv.Atoi(key)
	return k, err == nil && k >= 0 && k < n && strconv.Itoa(k) == key
}

// put adds a value at a path, or replaces the one there.
func (e *edit) put(path []string, value *tree, replace bool) *fault.Error {
	if len(path) == 0 {
		e.root = value
		return nil
	}
	parent, err := e.value(path[:len(path)-1])
	if err != nil {
		return err
	}
	last := path[len(path)-1]
	switch {
	case parent.isObject():
		if replace && parent.get(last) == nil {
			return absent(path)
		}
		parent.set(last, value)
		return nil
	case !parent.isList():
		return absent(path)
	case replace:
		k, ok := index(last, len(parent.items))
		if !ok {
			return absent(path)
		}
		parent.items[k] = value
		return nil
	}
	k, ok := index(last, len(parent.items)+1)
	if last == "-" {
		k, ok = len(parent.items), true
	}
	if !ok {
		return fault.New(fault.BadUserInput, "the list has no position %s", written(path))
	}
	parent.items = slices.Insert(parent.items, k, value)
	return nil
}

// remove takes out what stands at a path, and returns it.
func (e *edit) remove(path []string) (*tree, *fault.Error) {
	value, err := e.value(path)
	if err != nil {
		return nil, err
	}
	if len(path) == 0 {
		return nil, fault.New(fault.BadUserInput, "the whole resource cannot be removed")
	}
	parent, _ := e.value(path[:len(path)-1])
	last := path[len(path)-1]
	if parent.isObject() {
		parent.set(last, nil)
		return value, nil
	}
	k, _ := index(last, len(parent.items))
	parent.items = slices.Delete(parent.items, k, k+1)
	return value, nil
}
