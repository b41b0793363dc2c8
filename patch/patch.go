package patch

// Patch is a change to a resource; it is immutable and may be applied many times, also side by side.
type Patch interface {
	// Apply returns the resource as the patch leaves it; resource is not changed and shares no memory with the result. The
	// resource's type and id stay what they are. The errors are BadUserInput (the patch cannot be applied to this resource: it names
	// the operation by its index), Conflict (a test operation of a JSON Patch does not hold) and TooCostly (the result would be larger
	// than 16 MB, or an expression went beyond its budget). The result is JSON, but need not be a valid resource.
	Apply(resource []byte) ([]byte, error)
}
