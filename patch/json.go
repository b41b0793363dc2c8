package patch

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// operation is one of a JSON Patch.
type operation struct {
	op         string
	path, from []string
	value      []byte
}

type jsonPatch []operation

// JSON reads a JSON Patch (RFC 6902). The error is BadUserInput and lists everything wrong, or TooCostly for more than MaxOperations.
func JSON(raw []byte) (Patch, error) {
	var list []struct {
		Op         *string
		Path, From *string
		Value      json.RawMessage
	}
	if _, err := plant(raw); err != nil {
		return nil, fault.New(fault.BadUserInput, "JSON Patch: this is no JSON, or nests deeper than %d levels", fhir.MaxDepth)
	}
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return nil, fault.New(fault.BadUserInput, `JSON Patch: a list of operations is wanted, each with "op" and "path"`)
	}
	if len(list) > MaxOperations {
		return nil, fault.New(fault.TooCostly, "JSON Patch: more than %d operations", MaxOperations)
	}
	var wrong problems
	out := make(jsonPatch, len(list))
	for i, o := range list {
		report := func(format string, args ...any) {
			wrong = append(wrong, fmt.Sprintf("operation %d: ", i)+fmt.Sprintf(format, args...))
		}
		text := func(name string, s *string) []string {
			if s == nil {
				report("%q is missing", name)
				return nil
			}
			keys, ok := pointer(*s)
			if !ok {
				report(`%q is no JSON Pointer: it begins with "/", and ~ is written ~0, / ~1; it has at most %d parts`, name, fhir.MaxDepth)
			}
			return keys
		}
		if o.Op == nil {
			report(`"op" is missing`)
			continue
		}
		out[i] = operation{op: *o.Op, path: text("path", o.Path), value: o.Value}
		switch *o.Op {
		case "add", "replace", "test":
			if o.Value == nil {
				report(`"value" is missing`)
			}
		case "move", "copy":
			out[i].from = text("from", o.From)
		case "remove":
		default:
			report("there is no such op: there are add, remove, replace, move, copy and test")
		}
	}
	return out, wrong.err("JSON Patch")
}

// pointer takes a JSON Pointer (RFC 6901) apart.
func pointer(s string) ([]string, bool) {
	if s == "" {
		return nil, true
	}
	if s[0] != '/' {
		return nil, false
	}
	keys := strings.Split(s[1:], "/")
	if len(keys) > fhir.MaxDepth {
		return nil, false
	}
	for i, k := range keys {
		for j := range len(k) {
			if k[j] == '~' && (j+1 == len(k) || k[j+1] != '0' && k[j+1] != '1') {
				return nil, false
			}
		}
		keys[i] = strings.ReplaceAll(strings.ReplaceAll(k, "~1", "/"), "~0", "~")
	}
	return keys, true
}
