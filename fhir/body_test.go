package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/heliograph/heliograph/fhir"
)

func TestStripAndAppend(t *testing.T) {
	for _, c := range []struct{ raw, stored, out string }{
		{
			`{ "resourceType" : "Patient", "id":"p", "meta":{"versionId":"7","lastUpdated":"2020","source":"x"}, "active":true }`,
			`{"resourceType":"Patient","id":"p","meta":{"source":"x"},"active":true}`,
			`{"resourceType":"Patient","id":"p","meta":{"versionId":"2","lastUpdated":"T","source":"x"},"active":true}`,
		},
		{
			`{"resourceType":"Patient","id":"p","meta":{"versionId":"7","lastUpdated":"2020"},"active":true}`,
			`{"resourceType":"Patient","id":"p","active":true}`,
			`{"resourceType":"Patient","id":"p","meta":{"versionId":"2","lastUpdated":"T"},"active":true}`,
		},
		{
			`{"meta":{"lastUpdated":"2020"},"active":true,"resourceType":"Patient"}`,
			`{"active":true,"resourceType":"Patient"}`,
			`{"active":true,"resourceType":"Patient","meta":{"versionId":"2","lastUpdated":"T"}}`,
		},
		{
			`{"meta":{"tag":[{"code":"1.50"}],"versionId":"7"},"id":"p","value":1.50}`,
			`{"meta":{"tag":[{"code":"1.50"}]},"id":"p","value":1.50}`,
			`{"meta":{"versionId":"2","lastUpdated":"T","tag":[{"code":"1.50"}]},"id":"p","value":1.50}`,
		},
		{`{"active":true}`, `{"active":true}`, `{"meta":{"versionId":"2","lastUpdated":"T"},"active":true}`},
		{`{}`, `{}`, `{"meta":{"versionId":"2","lastUpdated":"T"}}`},
		{
			`{"contained":[{"id":"c","meta":{"versionId":"1"}}],"id":"p"}`,
			`{"contained":[{"id":"c","meta":{"versionId":"1"}}],"id":"p"}`,
			`{"contained":[{"id":"c","meta":{"versionId":"1"}}],"id":"p","meta":{"versionId":"2","lastUpdated":"T"}}`,
		},
	} {
		body, _, err := fhir.Strip([]byte(c.raw))
		if err != nil {
			t.Fatalf("%s: %v", c.raw, err)
		}
		if diff := cmp.Diff(c.stored, string(body.JSON)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(c.out, string(body.Append(nil, "2", "T"))); diff != "" {
			t.Error(diff)
		}
		if _, err := fhir.StoredBody(body.JSON, body.Splice); err != nil {
			t.Errorf("%s at %d: %v", c.stored, body.Splice, err)
		}
	}
}

func TestStripReturnsWhatItTookOut(t *testing.T) {
	_, meta, err := fhir.Strip([]byte(`{"meta":{"versionId":"7","lastUpdated":"2020"},"id":"p","resourceType":"Pat\u0069ent"}`))
	want := fhir.Meta{Type: "Patient", ID: "p", VersionID: "7", LastUpdated: "2020"}
	if diff := cmp.Diff(want, meta); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestStripRefuses(t *testing.T) {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	for raw, offset := range map[string]int{
		"":                              0,
		"[]":                            0,
		`{"a":1`:                        6,
		`{"a":1} x`:                     8,
		`{"a":1,"a":2}`:                 7,
		"{\"a\":1,\n \"\\u0061\":2}":    9,
		`{"a":01}`:                      5,
		`{"a":1.}`:                      5,
		`{"a":tru}`:                     5,
		`{"a":"\u0000"}`:                6,
		"{\"a\":\"\x00\"}":              6,
		"{\"a\":\"\xff\"}":              6,
		`{"a":"\ud800"}`:                6,
		`{"a":"\ud800\u0041"}`:          6,
		`{"a":"\x"}`:                    6,
		`{"a":"`:                        6,
		`{"a" 1}`:                       5,
		`{a:1}`:                         1,
		`{"a":1,}`:                      7,
		`{"a":[1,]}`:                    8,
		`{"id":1}`:                      6,
		`{"meta":[]}`:                   8,
		`{"meta":{"versionId":1}}`:      21,
		`{"a":` + deep + `}`:            204,
		`{"resourceType":null,"id":""}`: 16,
	} {
		_, _, err := fhir.Strip([]byte(raw))
		var syntax *fhir.SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset != offset {
			t.Errorf("%.40q: %v, want offset %d", raw, err, offset)
		}
	}
	_, _, err := fhir.Strip([]byte("{\"a\":1,\n \"\\u0061\":2}"))
	if !strings.Contains(err.Error(), "line 2, column 2") {
		t.Error(err)
	}
}

func TestStripFindsRepeatedMembersAmongMany(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"last":0`)
	for i := range 100 {
		b.WriteString(`,"m` + strings.Repeat("x", i) + `":1`)
	}
	if _, _, err := fhir.Strip([]byte(b.String() + "}")); err != nil {
		t.Error(err)
	}
	if _, _, err := fhir.Strip([]byte(b.String() + `,"last":1}`)); err == nil {
		t.Error("a member given twice was accepted")
	}
}

func TestLimitsDepth(t *testing.T) {
	if _, _, err := (fhir.Limits{Depth: 2}).Strip([]byte(`{"a":[[]]}`)); err == nil {
		t.Error("three levels were accepted")
	}
	if _, _, err := (fhir.Limits{Depth: 3}).Strip([]byte(`{"a":[[]]}`)); err != nil {
		t.Error(err)
	}
}

func TestWithID(t *testing.T) {
	for raw, want := range map[string]string{
		`{"resourceType":"Patient","active":true}`:          `{"resourceType":"Patient","id":"new","active":true}`,
		`{"resourceType":"Patient","id":"o","active":true}`: `{"resourceType":"Patient","id":"new","active":true}`,
		`{"id":"o","meta":{"source":"x"}}`:                  `{"id":"new","meta":{"source":"x"}}`,
		`{"active":true}`:                                   `{"id":"new","active":true}`,
		`{}`:                                                `{"id":"new"}`,
	} {
		body, _, err := fhir.Strip([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		body, err = fhir.WithID(body, "new")
		if err != nil || string(body.JSON) != want {
			t.Errorf("%s: %s %v", raw, body.JSON, err)
			continue
		}
		if again, meta, err := fhir.Strip(body.Append(nil, "3", "T")); err != nil || meta.VersionID != "3" || !bytes.Equal(again.JSON, body.JSON) {
			t.Errorf("%s: %s %+v %v", raw, again.JSON, meta, err)
		}
	}
	if _, err := fhir.WithID(fhir.Body{JSON: []byte("{}"), Splice: 1}, "a b"); err == nil {
		t.Error("an id with a space was accepted")
	}
}

func TestStoredBodyRefusesWhatDoesNotBelongTogether(t *testing.T) {
	for _, splice := range []int{-1, 0, 5, 15, 1000} {
		if _, err := fhir.StoredBody([]byte(`{"active":true}`), splice); err == nil {
			t.Errorf("offset %d was accepted", splice)
		}
	}
}

func TestContentHash(t *testing.T) {
	hash := func(raw string) [32]byte {
		body, _, err := fhir.Strip([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		return body.ContentHash()
	}
	want := hash(`{"resourceType":"Patient","a":["é",1.50,{"x":null,"y":[]}],"b":{}}`)
	if hash(`{"b":{}, "a":["\u00e9",1.50,{"y":[],"x":null}], "id":"p", "meta":{"versionId":"1"}, "resourceType":"Patient"}`) != want {
		t.Error("order, escapes, id and version count")
	}
	for _, other := range []string{
		`{"resourceType":"Patient","a":["é",1.5,{"x":null,"y":[]}],"b":{}}`,
		`{"resourceType":"Patient","a":[1.50,"é",{"x":null,"y":[]}],"b":{}}`,
		`{"resourceType":"Patient","a":["é",1.50,{"x":null,"y":[],"id":"1"}],"b":{}}`,
	} {
		if hash(other) == want {
			t.Errorf("the same as %s", other)
		}
	}
}

// FuzzStrip compares with jsontext, which is as strict, and reads back what was stored.
func FuzzStrip(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Patient","id":"a","meta":{"versionId":"1"},"x":[1.50,"\ud83d\ude00",null]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		body, _, err := fhir.Strip(raw)
		if err != nil {
			return
		}
		if !jsontext.Value(raw).IsValid() {
			t.Fatalf("accepted, but not valid JSON: %q", raw)
		}
		if _, err := fhir.StoredBody(body.JSON, body.Splice); err != nil {
			t.Fatalf("%q: %v", body.JSON, err)
		}
		out := body.Append(nil, "9", "2020-01-01T00:00:00.000Z")
		again, meta, err := fhir.Strip(out)
		if err != nil || meta.VersionID != "9" || meta.LastUpdated != "2020-01-01T00:00:00.000Z" {
			t.Fatalf("%q: %+v %v", out, meta, err)
		}
		third, _, err := fhir.Strip(again.Append(nil, "10", ""))
		if diff := cmp.Diff(string(again.JSON), string(third.JSON)); err != nil || diff != "" {
			t.Fatalf("%q is not stable: %v %s", out, err, diff)
		}
		if diff := cmp.Diff(content(t, raw), content(t, out)); diff != "" {
			t.Fatal(diff)
		}
		again.ContentHash()
	})
}

// content decodes a resource without what Strip takes out of it.
func content(t *testing.T, raw []byte) any {
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if meta, ok := v["meta"].(map[string]any); ok {
		delete(meta, "versionId")
		delete(meta, "lastUpdated")
		if len(meta) == 0 {
			delete(v, "meta")
		}
	}
	return v
}
