package patch

import (
	"errors"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// Patch is a change to a resource; it is immutable and may be applied many times, also side by side.
type Patch interface {
	// Apply returns the resource as the patch leaves it; resource is not changed and shares no memory with the result. The
	// resource's type and id stay what they are: a patch that would change them is BadUserInput. What it does to meta.versionId and
	// meta.lastUpdated has no effect once the resource is stored. The errors are BadUserInput (the patch cannot be applied to this
	// resource: it names the operation by its index), Conflict that is also ErrTest (a test operation of a JSON Patch does not hold), and
	// TooCostly (the result would be too large, or an expression went beyond its budget). The result is JSON, but need not be a valid
	// resource.
	Apply(resource []byte) ([]byte, error)
}

// ErrTest is the cause of the error of a test operation that does not hold. Over HTTP it is 422 (R4, http.html#patch).
var ErrTest = errors.New("a test operation of the patch does not hold")

// The bounds of a patch.
const (
	// MaxOperations is how many operations a patch has at most.
	MaxOperations = 10_000
	// MaxSize is how large a patched resource may be, in bytes, and how much one patch may copy.
	MaxSize = 16 << 20
)

// problems gathers all that is wrong with a patch.
type problems []string

func (p problems) err(what string) error {
	if len(p) == 0 {
		return nil
	}
	return fault.New(fault.BadUserInput, "%s: %s", what, strings.Join(p, "; "))
}

// finish writes a patched resource, which must be of the type and id that it was.
func finish(before []byte, after *tree) ([]byte, error) {
	was, err := plant(before)
	if err != nil {
		return nil, err
	}
	if !after.isObject() {
		return nil, fault.New(fault.BadUserInput, "the patch leaves no resource")
	}
	for _, name := range []string{"resourceType", "id"} {
		a, b := was.get(name), after.get(name)
		if (a == nil) != (b == nil) || a != nil && !equal(a, b) {
			return nil, fault.New(fault.BadUserInput, "the patch changes %s, which cannot be changed", name)
		}
	}
	out := after.appendTo(nil)
	if len(out) > MaxSize {
		return nil, fault.New(fault.TooCostly, "the patched resource would be larger than %d bytes", MaxSize)
	}
	return out, nil
}
