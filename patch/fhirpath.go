package patch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
)

// change is one operation of a FHIRPath Patch.
type change struct {
	kind, name          string
	path                *fhirpath.Expression
	value               *fastjson.Value // the part that holds it
	index, source, dest int
}

type fhirpathPatch []change

// The parts that each type of operation has beside type and path; all are required.
var parts = map[string][]string{
	"add": {"name", "value"}, "insert": {"value", "index"}, "delete": nil, "replace": {"value"}, "move": {"source", "destination"},
}

// FHIRPath reads a FHIRPath Patch: a Parameters resource as R4 (fhirpatch.html) describes it. The error is BadUserInput and lists
// everything wrong, by the index of the operation, or TooCostly for more than MaxOperations.
//
// Where R4 leaves it open: add to a list appends; add of a single element that is there is refused; delete of what is not there does
// nothing; insert and move want a list that has an element; replace of a choice by another type of it changes the type.
func FHIRPath(parameters []byte, compiler *fhirpath.Compiler) (Patch, error) {
	if _, err := plant(parameters); err != nil { // the parser lets more pass than is JSON
		return nil, fault.New(fault.BadUserInput, "FHIRPath Patch: this is no JSON, or nests deeper than %d levels", fhir.MaxDepth)
	}
	v, err := fastjson.ParseBytes(parameters)
	if err != nil || string(v.GetStringBytes("resourceType")) != "Parameters" {
		return nil, fault.New(fault.BadUserInput, "FHIRPath Patch: a Parameters resource is wanted; a JSON Patch is sent as application/json-patch+json")
	}
	list := v.GetArray("parameter")
	if len(list) > MaxOperations {
		return nil, fault.New(fault.TooCostly, "FHIRPath Patch: more than %d operations", MaxOperations)
	}
	var wrong problems
	var out fhirpathPatch
	for i, p := range list {
		r := &reading{compiler: compiler, at: "operation " + strconv.Itoa(i)}
		out = append(out, r.change(p))
		wrong = append(wrong, r.wrong...)
	}
	if len(out) == 0 {
		wrong = append(wrong, `there is no parameter "operation"`)
	}
	return out, wrong.err("FHIRPath Patch")
}

// reading reads one operation.
type reading struct {
	compiler *fhirpath.Compiler
	at       string
	wrong    problems
}

func (r *reading) report(format string, args ...any) {
	r.wrong = append(r.wrong, r.at+": "+fmt.Sprintf(format, args...))
}

func (r *reading) change(p *fastjson.Value) change {
	var c change
	if string(p.GetStringBytes("name")) != "operation" {
		r.report(`the parameter's name is not "operation"`)
		return c
	}
	given := map[string]*fastjson.Value{}
	for _, part := range p.GetArray("part") {
		name := string(part.GetStringBytes("name"))
		if given[name] != nil {
			r.report("part %q is there twice", name)
		}
		given[name] = part
	}
	c.kind = r.text(given, "type")
	wanted, ok := parts[c.kind]
	if !ok && given["type"] != nil {
		r.report("there is no such type: there are add, insert, delete, replace and move")
		return c
	}
	for name := range given {
		if name != "type" && name != "path" && !slices.Contains(wanted, name) {
			r.report("%s takes no part %q", c.kind, name)
		}
	}
	r.path(&c, r.text(given, "path"))
	r.rest(&c, given, wanted)
	slices.Sort(r.wrong)
	return c
}

// rest reads the parts that are not in every operation.
func (r *reading) rest(c *change, given map[string]*fastjson.Value, wanted []string) {
	for _, name := range wanted {
		switch name {
		case "name":
			c.name = r.text(given, name)
		case "value":
			if c.value = given[name]; c.value == nil {
				r.report(`part "value" is missing`)
			}
		case "index":
			c.index = r.number(given, name)
		case "source":
			c.source = r.number(given, name)
		case "destination":
			c.dest = r.number(given, name)
		}
	}
}

func (r *reading) path(c *change, source string) {
	if source == "" {
		return
	}
	var err error
	if c.path, err = r.compiler.Compile(source); err != nil {
		r.report("%s", strings.TrimPrefix(err.Error(), string(fault.Of(err))+": "))
	}
}

// text is a part's value as a string: valueString, valueCode, …
func (r *reading) text(given map[string]*fastjson.Value, name string) string {
	s, ok := "", false
	if v := valueOf(given[name]); v != nil && v.Type() == fastjson.TypeString {
		s, ok = string(v.GetStringBytes()), true
	}
	if !ok || s == "" {
		r.report("part %q is missing, or no text", name)
	}
	return s
}

func (r *reading) number(given map[string]*fastjson.Value, name string) int {
	v := valueOf(given[name])
	if v == nil || v.Type() != fastjson.TypeNumber || v.GetInt() < 0 || strconv.Itoa(v.GetInt()) != string(v.MarshalTo(nil)) {
		r.report("part %q is missing, or no integer from 0 on", name)
		return 0
	}
	return v.GetInt()
}

// valueOf is the value[x] of a part, whatever its type; nil if it has none.
func valueOf(part *fastjson.Value) *fastjson.Value {
	name := valueName(part)
	if name == "" {
		return nil
	}
	return part.Get(name)
}

// valueName is the name of a part's value[x] without underscore: "valueString".
func valueName(part *fastjson.Value) string {
	if part == nil {
		return ""
	}
	found := ""
	part.GetObject().Visit(func(key []byte, _ *fastjson.Value) {
		if name := strings.TrimPrefix(string(key), "_"); strings.HasPrefix(name, "value") && len(name) > len("value") {
			found = name
		}
	})
	return found
}
