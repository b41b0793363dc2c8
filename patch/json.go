package patch

import "github.com/heliograph/heliograph/internal/fault"

// JSON reads a JSON Patch. The error is BadUserInput and lists everything wrong, or TooCostly for more than 10,000 operations.
func JSON(raw []byte) (Patch, error) {
	return nil, fault.New(fault.Unsupported, "JSON Patch is not there yet")
}
