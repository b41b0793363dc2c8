package fhir

import (
	"errors"
	"strings"
)

// ReferenceKind says what form a reference has.
type ReferenceKind uint8

// The forms of a reference (R4, References; for canonicals, Data Types).
const (
	ReferenceLocal       ReferenceKind = iota // Type/id, also written with our own base, perhaps of one version
	ReferenceAbsolute                         // a URL elsewhere; Type and ID are set if it looks like one of a FHIR server
	ReferenceContained                        // #id; ID is "" for the container itself
	ReferenceURN                              // urn:uuid:… or urn:oid:…
	ReferenceCanonical                        // url|version
	ReferenceConditional                      // Type?query
)

// Reference is a reference taken apart.
type Reference struct {
	Kind ReferenceKind
	// Type, ID and Version are those of a resource; each is "" where the text does not say.
	// For a canonical Version is what follows "|".
	Type, ID, Version string
	// URL is the whole text of an absolute reference or a URN, without fragment, and a canonical's URL.
	URL string
	// Query is what follows "?" of a conditional reference.
	Query string
	// Fragment is what follows "#" of anything but a contained reference.
	Fragment string
}

// Ref is the resource that a local reference names.
func (r Reference) Ref() Ref { return Ref{Type: r.Type, ID: r.ID} }

// ErrNotReference is what ParseReference returns. It never repeats the text.
var ErrNotReference = errors.New("fhir: not a reference: want Type/id, a URL, #id or a URN")

// ParseReference takes a reference or canonical apart. With base, the address of our own FHIR endpoint, URLs below
// it are local. Whether a type exists is not checked: any name with the form of one passes.
func ParseReference(s, base string) (Reference, error) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7F }) {
		return Reference{}, ErrNotReference
	}
	if id, ok := strings.CutPrefix(s, "#"); ok {
		if id != "" && !ValidID(id) {
			return Reference{}, ErrNotReference
		}
		return Reference{Kind: ReferenceContained, ID: id}, nil
	}
	if base = strings.TrimSuffix(base, "/"); base != "" {
		if rest, ok := strings.CutPrefix(s, base+"/"); ok {
			if r, ok := parseRelative(rest); ok {
				return r, nil
			}
		}
	}
	if r, ok := parseRelative(s); ok {
		return r, nil
	}
	return parseAbsolute(s)
}

// parseRelative reads Type/id, Type/id/_history/version and Type?query.
func parseRelative(s string) (Reference, bool) {
	if resource, query, ok := strings.Cut(s, "?"); ok {
		return Reference{Kind: ReferenceConditional, Type: resource, Query: query}, typeName(resource) && query != ""
	}
	s, fragment, _ := strings.Cut(s, "#")
	resource, id, ok := strings.Cut(s, "/")
	if !ok || !typeName(resource) {
		return Reference{}, false
	}
	id, version, versioned := strings.Cut(id, "/_history/")
	if !ValidID(id) || versioned && !ValidID(version) {
		return Reference{}, false
	}
	return Reference{Kind: ReferenceLocal, Type: resource, ID: id, Version: version, Fragment: fragment}, true
}

// parseAbsolute reads a URL, a URN or a canonical.
func parseAbsolute(s string) (Reference, error) {
	url, fragment, _ := strings.Cut(s, "#")
	url, version, canonical := strings.Cut(url, "|")
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || !schemeName(scheme) || rest == "" {
		return Reference{}, ErrNotReference
	}
	r := Reference{Kind: ReferenceAbsolute, URL: url, Fragment: fragment, Version: version}
	switch {
	case canonical:
		r.Kind = ReferenceCanonical
	case strings.HasPrefix(rest, "uuid:") || strings.HasPrefix(rest, "oid:"):
		if scheme == "urn" {
			r.Kind = ReferenceURN
		}
	default:
		r.Type, r.ID, r.Version = restful(url)
	}
	return r, nil
}

// restful finds the resource that a URL of a FHIR server names: …/Type/id or …/Type/id/_history/version.
func restful(url string) (resource, id, version string) {
	if at := strings.LastIndex(url, "/_history/"); at >= 0 {
		url, version = url[:at], url[at+len("/_history/"):]
	}
	end := strings.LastIndexByte(url, '/')
	if end < 0 {
		return "", "", ""
	}
	start := strings.LastIndexByte(url[:end], '/')
	if start < 0 || !typeName(url[start+1:end]) || !ValidID(url[end+1:]) {
		return "", "", ""
	}
	return url[start+1 : end], url[end+1:], version
}

// ValidID says whether s is a FHIR id: 1 to 64 of A–Z, a–z, 0–9, "-" and ".".
func ValidID[T ~string | ~[]byte](s T) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return true
}

// typeName says whether s has the form of a resource type's name.
func typeName[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'A' && c <= 'Z' || i > 0 && c >= 'a' && c <= 'z') {
			return false
		}
	}
	return len(s) > 0
}

func schemeName(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || i > 0 && (s[i] >= '0' && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.')) {
			return false
		}
	}
	return s != ""
}
