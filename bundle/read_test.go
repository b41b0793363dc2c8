package bundle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/bundle"
)

// TestRead: entries come as they are written, whatever the order and form of their members.
func TestRead(t *testing.T) {
	raw := `{ "entry" : [ { "resource" : {"id":"a","n":1.50,"resourceType":"P\u0061tient"} , "fullUrl":"urn:uuid:1" ,
		"request":{"url":"Patient\/a","method":"PUT","ifMatch":"W/\"1\""} } , null , {"resource":null}, {"resource":{"id":"x"},"resource":{}} ],
		"type":"batch","resourceType":"Bundle"}`
	var got []bundle.Entry
	h, err := bundle.Read(strings.NewReader(raw), func(e *bundle.Entry) bool {
		kept := *e
		kept.Resource = bytes.Clone(e.Resource)
		got = append(got, kept)
		return true
	})
	if err != nil || h != (bundle.Head{ResourceType: "Bundle", Type: "batch"}) || len(got) != 4 {
		t.Fatalf("%+v %v %v", h, err, got)
	}
	e := got[0]
	if e.Type != "Patient" || e.ID != "a" || e.FullURL != "urn:uuid:1" || e.Method != "PUT" || e.URL != "Patient/a" || e.IfMatch != `W/"1"` ||
		string(e.Resource) != `{"id":"a","n":1.50,"resourceType":"P\u0061tient"}` {
		t.Errorf("%+v %s", e, e.Resource)
	}
	if got[1].Err == nil || got[2].Err != nil || got[2].Resource != nil || got[3].Err == nil {
		t.Errorf("%v %v %v", got[1].Err, got[2].Err, got[3].Err)
	}
}

// TestLarge: Bundles that do not fit into memory's part of the spool are the same as those that do.
func TestLarge(t *testing.T) {
	d := newDesk(t, memory.Open(memory.Config{}), bundle.Config{})
	var entries []string
	for i := range 600 {
		from, to := fmt.Sprintf(`"subject":{"reference":"Patient/p%d"}`, i%500), fmt.Sprintf(`"focus":[{"reference":"urn:uuid:0%d"}]`, i%500)
		e := entry("POST", "Observation", strings.Replace(vital(i), from, to, 1))
		entries = append(entries, named(fmt.Sprintf("urn:uuid:0%d", i), e))
	}
	a := d.must(t, "transaction", entries...)
	for i, e := range a.Entry {
		focus := e.Resource["focus"].([]any)[0].(map[string]any)["reference"].(string)
		if want, _, _ := strings.Cut(a.Entry[i%500].Response.Location, "/_history"); focus != want {
			t.Fatalf("entry %d refers to %s, want %s", i, focus, want)
		}
	}
}

// TestFullQueue: a transaction that is ready waits for a store whose queue is full.
func TestFullQueue(t *testing.T) {
	d := newDesk(t, openQueue(t, 1), bundle.Config{})
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 4 {
				id := fmt.Sprintf("p%d-%d", w, i)
				if _, err := d.run(t, bundle.Options{}, "transaction", entry("PUT", "Patient/"+id, patient(id, "A"))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// TestSpoolHasNoName: what a Bundle is spooled to is gone when the process is killed.
func TestSpoolHasNoName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files keep their names")
	}
	d := newDesk(t, memory.Open(memory.Config{}), bundle.Config{})
	large := patient("a", strings.Repeat("x", 1<<20))
	seen := false
	_, err := d.run(t, bundle.Options{Return: bundle.Representation, Fetch: func(context.Context, bundle.Request) bundle.Answer {
		left, err := os.ReadDir(d.dir)
		if seen = true; err != nil || len(left) > 0 {
			t.Errorf("files have names: %v %v", left, err)
		}
		return bundle.Answer{Status: 200}
	}}, "batch", entry("PUT", "Patient/a", large), entry("GET", "Patient/a", ""))
	if err != nil || !seen {
		t.Error(err)
	}
}

// TestReadsAreBounded: entries that read do not make a response without end.
func TestReadsAreBounded(t *testing.T) {
	d := newDesk(t, memory.Open(memory.Config{}), bundle.Config{Bytes: 1 << 20, Workers: 1})
	page := []byte(`"` + strings.Repeat("x", 300<<10) + `"`)
	get := entry("GET", "Patient", "")
	a, err := d.run(t, bundle.Options{Fetch: func(context.Context, bundle.Request) bundle.Answer {
		return bundle.Answer{Status: 200, Resource: bytes.Replace([]byte(`{"x":0}`), []byte("0"), page, 1)}
	}}, "batch", get, get, get, get, get)
	if err != nil {
		t.Fatal(err)
	}
	var status []string
	for _, e := range a.Entry {
		status = append(status, e.Response.Status[:3])
	}
	if got := strings.Join(status, " "); got != "200 200 200 403 403" {
		t.Error(got)
	}
}

// FuzzProcess: whatever comes, there is a response that is JSON or an error, and no panic.
func FuzzProcess(f *testing.F) {
	wrap := func(kind string, entries ...string) {
		f.Add([]byte(`{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`))
	}
	wrap("transaction", named("urn:uuid:1", entry("POST", "Patient", patient("", "A"), `,"ifNoneExist":"family=A"`)), entry("PUT", "Observation/o", observation("o", "urn:uuid:1")))
	wrap("batch", entry("PATCH", "Patient/a", binary(`[{"op":"remove","path":"/name"}]`)), entry("DELETE", "Patient?family=A", ""), entry("GET", "Patient/a", ""), "null")
	wrap("transaction", entry("PUT", "Patient?family=A", patient("", "A"), `,"ifMatch":"W/\"1\""`), entry("POST", "Observation", observation("", "Patient?family=A")))
	d := newDesk(f, memory.Open(memory.Config{}), bundle.Config{Workers: 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := d.Process(t.Context(), here, bytes.NewReader(raw), bundle.Options{Fetch: d.fetch, Return: bundle.Representation})
		if err != nil {
			return
		}
		defer r.Close()
		var out bytes.Buffer
		if _, err := r.WriteTo(&out); err != nil || !json.Valid(out.Bytes()) {
			t.Errorf("%v: %q", err, &out)
		}
	})
}
