package graph

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

type targetKind uint8

const (
	targetNone      targetKind = iota // nothing that could be resolved: logical, a URN
	targetForeign                     // a resource of another server
	targetStored                      // a resource here
	targetSought                      // a resource here, by a condition
	targetContained                   // a resource in the same container, or the container itself
)

// target is what a reference's text refers to.
type target struct {
	kind     targetKind
	key      search.Key
	fragment string
	// condition is that of targetSought: "Type?arguments".
	condition string
}

// resolver reads references.
type resolver struct {
	types map[string]string // resource types, to themselves: an id costs a string, a type does not
	bases []string
}

func newResolver(defs *fhir.Definitions, bases []string) *resolver {
	r := &resolver{types: make(map[string]string, len(defs.Resources()))}
	for _, name := range defs.Resources() {
		r.types[name] = name
	}
	for _, b := range bases {
		r.bases = append(r.bases, strings.TrimSuffix(b, "/")+"/")
	}
	return r
}

// resolve reads the JSON string of a Reference.reference (FHIR R4, 2.3.0.1).
func (r *resolver) resolve(token []byte) target {
	if len(token) < 2 {
		return target{}
	}
	text := token[1 : len(token)-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		var s string
		if json.Unmarshal(token, &s) != nil {
			return target{}
		}
		text = []byte(s)
	}
	return r.resolveText(text)
}

// resolveText is resolve on the string itself.
func (r *resolver) resolveText(text []byte) target {
	if len(text) > 0 && text[0] == '#' {
		return target{kind: targetContained, fragment: string(text[1:])}
	}
	if bytes.Contains(text, []byte("://")) {
		for _, base := range r.bases {
			if rest, ok := bytes.CutPrefix(text, []byte(base)); ok {
				return r.relative(rest)
			}
		}
		return target{kind: targetForeign}
	}
	return r.relative(text)
}

// relative reads "Type/id" and "Type/id/_history/n".
func (r *resolver) relative(text []byte) target {
	if name, _ := r.conditional(text); name != "" {
		return target{kind: targetSought, condition: string(text), key: search.Key{Ref: fhir.Ref{Type: name}}}
	}
	name, rest, ok := bytes.Cut(text, []byte("/"))
	typeName := r.types[string(name)]
	if !ok || typeName == "" {
		return target{}
	}
	id, history, versioned := bytes.Cut(rest, []byte("/"))
	if !validID(id) {
		return target{}
	}
	t := target{kind: targetStored, key: search.Key{Ref: fhir.Ref{Type: typeName, ID: string(id)}}}
	if versioned {
		number, ok := bytes.CutPrefix(history, []byte("_history/"))
		version, valid := parseVersion(string(number))
		if !ok || !valid {
			return target{}
		}
		t.key.Version = version
	}
	return t
}

// validID says whether bytes are a logical id (FHIR R4, 2.24.0.1): letters, digits, "-" and ".", at most 64.
func validID(id []byte) bool {
	for _, c := range id {
		if c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(id) > 0 && len(id) <= 64
}

// node reads a nodeId: a relative reference, with what is contained behind "#". An unknown one is targetNone.
func (r *resolver) node(id string) target {
	text, fragment, contained := strings.Cut(id, "#")
	t := r.relative([]byte(text))
	t.fragment = fragment
	if t.kind == targetSought || contained && (fragment == "" || strings.HasPrefix(fragment, "@")) {
		return target{}
	}
	return t
}
