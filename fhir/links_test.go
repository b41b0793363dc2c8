package fhir_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

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

// TestRelinkEscapes: a name that is written with escapes is the name all the same, and blanks around = are none of a value.
func TestRelinkEscapes(t *testing.T) {
	raw := `{"subject":{"refer\u0065nce":"urn:uuid:1"},"text":{"div":"<a href = 'urn:uuid:1'>x</a>"}}`
	got := string(fhir.Relink([]byte(raw), func(l fhir.Link) (string, bool) { return "A/1", l.Text == "urn:uuid:1" }))
	if want := strings.ReplaceAll(raw, "urn:uuid:1", "A/1"); got != want {
		t.Error(got)
	}
}

// TestRelinkNarrative: a narrative that is full of links takes time in proportion to its length.
func TestRelinkNarrative(t *testing.T) {
	div := strings.Repeat(`src='u' `, 1<<20)
	began, n := time.Now(), 0
	fhir.Relink([]byte(`{"text":{"div":"`+div+`"}}`), func(fhir.Link) (string, bool) { n++; return "", false })
	if took := time.Since(began); n != 1<<20 || took > 5*time.Second {
		t.Errorf("%d links in %v", n, took)
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
