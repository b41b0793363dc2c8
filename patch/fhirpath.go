package patch

import (
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
)

// FHIRPath reads a FHIRPath Patch: a Parameters resource as R4 (fhirpatch.html) describes it. The error is BadUserInput and lists
// everything wrong, by the index of the operation.
func FHIRPath(parameters []byte, compiler *fhirpath.Compiler) (Patch, error) {
	return nil, fault.New(fault.Unsupported, "FHIRPath Patch is not there yet")
}
