package e2e_test

import (
	"path/filepath"
	"testing"
)

// TestClients drives the program by FHIR clients that others wrote: each reads, searches, walks pages, writes with and without conditions,
// patches, deletes, sends Bundles and reads history.
func TestClients(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "20")
	for script, least := range map[string]int{"fhir-kit.mjs": 14, "medplum.mjs": 14} {
		t.Run(script, func(t *testing.T) { client(t, least, script, p.url+"/fhir") })
	}
}
