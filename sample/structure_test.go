package sample_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/sample"
)

// Members, lists, cardinalities, required codes and formats by the definitions, walked apart from the validator.
func TestStructureFollowsTheDefinitions(t *testing.T) {
	w := structure{defs: fhir.R4(), t: t, formats: map[string]*regexp.Regexp{
		"id":       regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`),
		"code":     regexp.MustCompile(`^\S+( \S+)*$`),
		"date":     regexp.MustCompile(`^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$`),
		"dateTime": regexp.MustCompile(`^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$`),
		"instant":  regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`),
		"time":     regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$`),
		"uri":      regexp.MustCompile(`^\S+$`),
	}}
	for _, r := range generate(t, sample.Config{Patients: 70, Seed: 5}) {
		w.object(r.Type, w.defs.Type(r.Type), decode(t, r))
	}
}

type structure struct {
	defs    *fhir.Definitions
	t       *testing.T
	formats map[string]*regexp.Regexp
}

func (w structure) object(path string, typ *fhir.Type, o map[string]any) {
	if len(o) == 0 {
		w.t.Errorf("%s: empty", path)
	}
	seen := map[*fhir.Element]int{}
	for name, v := range o {
		if name == "resourceType" {
			continue
		}
		f, ok := typ.Field(strings.TrimPrefix(name, "_"))
		if !ok {
			w.t.Errorf("%s: no member %s", path, name)
			continue
		}
		if strings.HasPrefix(name, "_") {
			seen[f.Element]++
			continue
		}
		seen[f.Element]++
		vs, list := v.([]any)
		if list != f.Element.List() || list && len(vs) == 0 {
			w.t.Errorf("%s.%s: list %t, %d items", path, name, list, len(vs))
		}
		if !list {
			vs = []any{v}
		}
		for _, v := range vs {
			w.value(path+"."+name, f, v)
		}
	}
	for _, e := range typ.Elements {
		if e.Min > 0 && seen[e] == 0 {
			w.t.Errorf("%s: no %s", path, e.Name)
		}
	}
}

func (w structure) value(path string, f fhir.Field, v any) {
	switch v := v.(type) {
	case map[string]any:
		typ := w.defs.Type(f.Type.Name)
		if name, ok := v["resourceType"].(string); ok {
			typ = w.defs.Type(name)
		}
		w.object(path, typ, v)
		if to, ok := v["reference"].(string); ok && f.Type.Name == "Reference" {
			w.target(path, f, to)
		}
		if b := f.Element.Binding; b != nil && b.Strength == "required" && f.Type.Name == "CodeableConcept" {
			c := v["coding"].([]any)[0].(map[string]any)
			w.bound(path, b, fmt.Sprint(c["system"]), fmt.Sprint(c["code"]))
		}
	case string:
		if re := w.formats[f.Type.Name]; re != nil && !re.MatchString(v) || v == "" {
			w.t.Errorf("%s: not a %s", path, f.Type.Name)
		}
		if b := f.Element.Binding; b != nil && b.Strength == "required" {
			w.bound(path, b, "", v)
		}
	case json.Number:
		if f.Type.Name != "decimal" && strings.ContainsAny(v.String(), ".eE") {
			w.t.Errorf("%s: %s is not a %s", path, v, f.Type.Name)
		}
	case bool:
		if f.Type.Name != "boolean" {
			w.t.Errorf("%s: a boolean, not a %s", path, f.Type.Name)
		}
	}
}

func (w structure) target(path string, f fhir.Field, to string) {
	typ, _, ok := strings.Cut(strings.TrimPrefix(to, sample.Base+"/"), "/")
	if !ok || len(f.Type.Targets) == 0 {
		return
	}
	for _, allowed := range f.Type.Targets {
		if allowed == typ || allowed == "Resource" {
			return
		}
	}
	w.t.Errorf("%s: must not refer to a %s", path, typ)
}

func (w structure) bound(path string, b *fhir.Binding, system, code string) {
	vs := w.defs.ValueSet(b.ValueSet)
	if vs == nil {
		return
	}
	for _, c := range vs.Codes {
		if c.Code == code && (system == "" || system == c.System) {
			return
		}
	}
	w.t.Errorf("%s: %s|%s is not in %s", path, system, code, b.ValueSet)
}
