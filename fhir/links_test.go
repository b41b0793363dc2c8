package fhir_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
)

// TestRelink: links are found where they stand, with their paths; what only looks the same is none.
func TestRelink(t *testing.T) {
	const u = "urn:uuid:1"
	raw := `{ "resourceType":"X", "url" : "urn:uuid:1", "subject": {"reference" : "urn:uuid:1"},
 "identifier":[{"system":"urn:uuid:1","value":"urn:uuid:1"}], "performer":[{"display":"d"},{"reference":"Patient\/2"}],
 "text":{"div":"<div><a href=\"urn:uuid:1\">urn:uuid:1</a><img src='#x'/><a href=u>\"</div>"},
 "contained":[{"url":"urn:uuid:1","author":{"reference":"urn:uuid:1"}}], "content":[{"attachment":{"url":"urn:uuid:1"}}],
 "instantiatesUri":["http://x","urn:uuid:1"], "instantiatesCanonical":["urn:uuid:1"] , "n":1.50 }`
	var paths []string
	got := string(fhir.Relink([]byte(raw), func(l fhir.Link) (string, bool) {
		paths = append(paths, l.Path()+" "+l.Text)
		return "A/1", l.Text == u
	}))
	want := strings.NewReplacer(
		`"subject": {"reference" : "urn:uuid:1"}`, `"subject": {"reference" : "A/1"}`, `href=\"urn:uuid:1\"`, `href=\"A/1\"`,
		`"author":{"reference":"urn:uuid:1"}`, `"author":{"reference":"A/1"}`, `"attachment":{"url":"urn:uuid:1"}`, `"attachment":{"url":"A/1"}`,
		`"http://x","urn:uuid:1"`, `"http://x","A/1"`,
	).Replace(raw)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"subject urn:uuid:1", "performer[1] Patient/2", "text.div urn:uuid:1", "text.div #x", "text.div ",
		"contained[0].author urn:uuid:1", "content[0].attachment.url urn:uuid:1", "instantiatesUri urn:uuid:1",
	}, paths); d != "" {
		t.Error(d)
	}
}

// FuzzRelink: nothing panics, what is not replaced stays, and JSON stays JSON.
func FuzzRelink(f *testing.F) {
	f.Add([]byte(`{"a":{"reference":"x"},"text":{"div":"<a href=\"x\">"}}`))
	f.Add([]byte(`]}{"reference":"\"`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got := fhir.Relink(raw, func(fhir.Link) (string, bool) { return "", false }); string(got) != string(raw) {
			t.Errorf("%q became %q", raw, got)
		}
		got := fhir.Relink(raw, func(l fhir.Link) (string, bool) { return l.Path() + `"\`, true })
		if json.Valid(raw) && !json.Valid(got) {
			t.Errorf("%q became %q", raw, got)
		}
	})
}
