package fhir

import (
	_ "embed"
	"sync"
)

// r4Text is made by go run ./fhir/generate (make generate) from the published definitions.
//
//go:embed r4.txt
var r4Text string

var r4 = sync.OnceValue(func() *Definitions {
	d, err := Decode(r4Text)
	if err != nil {
		panic(err) // the text is part of the program and read by its tests: not an input
	}
	return d
})

// R4 returns the definitions of FHIR 4.0.1, decoded once, at the first call (a few milliseconds).
func R4() *Definitions { return r4() }
