package load_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/load"
)

// FuzzInput: whatever a file holds, in whatever form its name promises, a load ends without an error, and the same load again
// makes nothing and rejects the same.
func FuzzInput(f *testing.F) {
	f.Add([]byte(patient("a", "A")+"\r\n{}\n"), uint8(0))
	f.Add([]byte(fmt.Sprintf(transaction, "")), uint8(1))
	f.Add(bundle("collection", `{"fullUrl":"urn:uuid:1","resource":`+observation("o", "urn:uuid:1")+`}`, `null`, `{"resource":[]}`), uint8(1))
	f.Add(bundle("batch", `{"request":{"method":"PUT","url":"Patient/a"},"resource":`+strings.ReplaceAll(patient("a", "A"), "a", `\u0061`)+`}`), uint8(1))
	f.Add([]byte("\x1f\x8b\x08\x00"), uint8(2))
	f.Add([]byte("\x28\xb5\x2f\xfd"), uint8(3))
	in := intake(f)
	f.Fuzz(func(t *testing.T, content []byte, form uint8) {
		path := file(t, []string{"in.ndjson", "in.json", "in.ndjson.gz", "in.json.zst"}[form%4], content)
		store := memory.Open(memory.Config{})
		var sums [2]load.Summary
		for i := range sums {
			l, err := load.New(load.Config{Target: store, Intake: in, Again: true, References: load.Enforce})
			if err != nil {
				t.Fatal(err)
			}
			if sums[i], err = l.Run(t.Context(), path); err != nil {
				t.Fatalf("%s: %v", filepath.Base(path), err)
			}
		}
		if sums[1].Created > 0 || sums[1].Rejected != sums[0].Rejected {
			t.Errorf("first %+v, then %+v", sums[0], sums[1])
		}
	})
}
