package load_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/load"
)

func bundle(kind string, entries ...string) []byte {
	return []byte(`{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(entries, ",") + `]}`)
}

func observation(id, subject string) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":"final","code":{"text":"x"},"subject":{"reference":%q}}`, id, subject)
}

// TestMadeIDs: ids that entries are given come from the Bundle, not from the name or place of its file.
func TestMadeIDs(t *testing.T) {
	store := memory.Open(memory.Config{})
	monday := fmt.Sprintf(transaction, "")
	tuesday := strings.ReplaceAll(monday, `"T"`, `"U"`)
	dir := t.TempDir()
	for day, content := range []string{monday, tuesday} {
		path := filepath.Join(dir, "incoming.json")
		write(t, path, content)
		if sum := run(t, store, load.Config{}, path); sum.Created != 2 {
			t.Errorf("day %d: another Bundle in a file of the same name: %+v", day, sum)
		}
	}
	if sum := run(t, store, load.Config{Again: true}, file(t, "moved.json", []byte(monday))); sum.Unchanged != 2 {
		t.Errorf("the same Bundle in another place: %+v", sum)
	}
}

// TestRewriting: references to a fullUrl become those to its resource; what merely looks the same stays.
func TestRewriting(t *testing.T) {
	const base = "http://hl7.org/fhir/ValueSet/colours"
	input := bundle("transaction",
		`{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}]},"request":{"method":"POST","url":"Patient"}}`,
		`{"fullUrl":"`+base+`","resource":{"resourceType":"ValueSet","id":"colours","status":"active","url":"`+base+`"},"request":{"method":"PUT","url":"ValueSet/colours"}}`,
		`{"fullUrl":"urn:uuid:3","resource":`+observation("o", `urn:uuid:1`)+`,"request":{"method":"POST","url":"Observation"}}`,
		`{"fullUrl":"http://a.example/Patient/q","resource":`+patient("q", "Q")+`,"request":{"method":"POST","url":"Patient"}}`,
		`{"resource":`+strings.ReplaceAll(observation("e", `http://a.example/Patient/q`), "/", `\/`)+`,"request":{"method":"POST","url":"Observation"}}`,
		`{"resource":{"resourceType":"DocumentReference","id":"d","status":"current","content":[{"attachment":{"url":"urn:uuid:3"}}]},"request":{"method":"POST","url":"DocumentReference"}}`,
	)
	store := memory.Open(memory.Config{})
	if sum := run(t, store, load.Config{}, file(t, "in.json", input)); sum.Created != 6 {
		t.Fatalf("%+v", sum)
	}
	for ref, want := range map[string]string{
		"Patient/p":           `"value":"urn:uuid:1"`,
		"ValueSet/colours":    `"url":"` + base + `"`,
		"Observation/o":       `"reference":"Patient/p"`,
		"Observation/e":       `"reference":"Patient/q"`,
		"DocumentReference/d": `"url":"Observation/o"`,
	} {
		typ, id, _ := strings.Cut(ref, "/")
		if got := string(read(t, store, typ, id).Body.JSON); !strings.Contains(got, want) {
			t.Errorf("%s has no %s: %s", ref, want, got)
		}
	}
}

// TestOddEntries: an entry that is wrong is a reject of its own, names its place, and repeats nothing of what it holds.
func TestOddEntries(t *testing.T) {
	good := func(id string) string { return `{"resource":` + patient(id, "A") + `}` }
	secret := `"family":"Geheim"`
	deep := strings.Repeat(`{"a":`, 400) + `{` + secret + `}` + strings.Repeat("}", 400)
	cases := []struct{ name, entry, says string }{
		{"a member twice", `{"resource":{"resourceType":"Patient","id":"x","gender":"male","gender":"female"}}`, "twice"},
		{"bad UTF-8", "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"\xff\"}]}}", "UTF-8"},
		{"nested", `{"resource":{"resourceType":"Patient","id":"x","contact":` + deep + `}}`, ""},
		{"null", `null`, "not a JSON object"},
		{"a number", `17`, "not a JSON object"},
		{"null resource", `{"resource":null}`, ""},
		{"GET", `{"request":{"method":"GET","url":"Patient/1"}}`, "GET"},
		{"DELETE", `{"request":{"method":"DELETE","url":"Patient/1"}}`, "transaction"},
		{"conditional create", `{"resource":` + patient("x", "A") + `,"request":{"method":"POST","url":"Patient","ifNoneExist":"x=y"}}`, "ifNoneExist"},
		{"conditional update", `{"resource":{"resourceType":"Patient"},"request":{"method":"PUT","url":"Patient?identifier=x"}}`, "conditional"},
		{"if match", `{"resource":` + patient("x", "A") + `,"request":{"method":"PUT","url":"Patient/x","ifMatch":"W/\"3\""}}`, "ifMatch"},
		{"another id", `{"resource":` + patient("x", "A") + `,"request":{"method":"PUT","url":"Patient/y"}}`, "url"},
		{"no id", `{"resource":{"resourceType":"Patient"},"request":{"method":"PUT","url":"Patient/y"}}`, "id"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, kind := range []string{"batch", "collection"} {
				var got []load.Reject
				store := memory.Open(memory.Config{})
				sum := run(t, store, load.Config{Report: func(r load.Reject) { got = append(got, r) }},
					file(t, "in.json", bundle(kind, good("a"), c.entry, good("b"))))
				if sum.Created != 2 || len(got) != 1 || got[0].Line != 2 {
					t.Fatalf("%s: %+v, %+v", kind, sum, got)
				}
				if text := fmt.Sprint(got[0].Reasons); !strings.Contains(text, c.says) || strings.Contains(text, "Geheim") {
					t.Errorf("%s: %s", kind, text)
				}
			}
		})
	}
}

// TestLargeEntry: an entry that no memory should hold is refused, whatever the size of the Bundle.
func TestLargeEntry(t *testing.T) {
	var got []load.Reject
	input := bundle("collection", `{"resource":`+patient("a", "A")+`}`, `{"resource":`+patient("b", strings.Repeat("x", 66<<20))+`}`)
	sum := run(t, memory.Open(memory.Config{}), load.Config{Report: func(r load.Reject) { got = append(got, r) }}, file(t, "in.json", input))
	if len(got) != 1 || !strings.Contains(got[0].Reasons[0].Message, "64 MB") {
		t.Errorf("%+v, %+v", sum, got)
	}
	got = nil
	single := patient("a", strings.Repeat("x", 66<<20))
	sum = run(t, memory.Open(memory.Config{}), load.Config{Report: func(r load.Reject) { got = append(got, r) }}, file(t, "in.json", []byte(single)))
	if len(got) != 1 || !strings.Contains(got[0].Reasons[0].Message, "64 MB") {
		t.Errorf("%+v, %.200v", sum, got)
	}
}

// TestTransactionDeletes: what a transaction deletes is counted as deleted.
func TestTransactionDeletes(t *testing.T) {
	store := memory.Open(memory.Config{})
	run(t, store, load.Config{}, file(t, "a.ndjson", []byte(patient("a", "A"))))
	sum := run(t, store, load.Config{}, file(t, "in.json", bundle("transaction", `{"request":{"method":"DELETE","url":"Patient/a"}}`)))
	if diff := cmp.Diff(load.Summary{Files: 1, Deleted: 1, Types: map[string]int64{}}, sum); diff != "" {
		t.Error(diff)
	}
	if !read(t, store, "Patient", "a").Deleted {
		t.Error("it is still there")
	}
}
