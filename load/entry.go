package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fastjson"
)

// entry is an entry of a Bundle, its references rewritten.
type entry struct {
	number   int
	method   string
	url      string
	resource []byte
	err      error
}

var errStop = errors.New("load: stop")

// eachEntry reads the entries one by one.
func eachEntry(r io.Reader, h *head, yield func(entry) bool) error {
	err := members(r, func(name string, d *decoder) error {
		if name != "entry" {
			return d.SkipValue()
		}
		return d.elements(func(number int, raw []byte) error {
			if !yield(h.entry(number, raw)) {
				return errStop
			}
			return nil
		})
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

func (h *head) entry(number int, raw []byte) entry {
	out := entry{number: number, method: "PUT"}
	e, err := fastjson.ParseBytes(raw)
	if err != nil {
		// That it is JSON is known by now; the parser's own words would repeat what is in it.
		out.err, out.resource = errors.New("the entry nests too deep to be read"), bytes.Clone(raw)
		return out
	}
	if m := string(e.GetStringBytes("request", "method")); m != "" {
		out.method, out.url = m, string(e.GetStringBytes("request", "url"))
	}
	res := e.Get("resource")
	if out.err = out.refusal(e, res); out.err != nil {
		out.resource = bytes.Clone(raw)
		return out
	}
	if out.method == "DELETE" {
		return out
	}
	if !res.Exists("id") {
		var arena fastjson.Arena
		res.Set("id", arena.NewString(h.id(number)))
	}
	out.resource = h.rename(res.MarshalTo(nil))
	return out
}

// conditions are the members of entry.request that make a change depend on what is there.
var conditions = [...]string{"ifNoneExist", "ifMatch", "ifNoneMatch", "ifModifiedSince"}

// refusal says why an entry cannot be loaded whatever its resource holds (FHIR R4, http.html#transaction).
func (e *entry) refusal(v, resource *fastjson.Value) error {
	for _, c := range conditions {
		if v.Exists("request", c) {
			return fmt.Errorf("entry.request.%s: what is done on a condition cannot be loaded; give the resource an id", c)
		}
	}
	switch e.method {
	case "DELETE":
		return nil
	case "PUT", "POST":
	default:
		return errors.New("entry.request.method: only PUT, POST and DELETE can be loaded, not GET, HEAD or PATCH")
	}
	if resource == nil {
		return errors.New("entry.resource is missing")
	}
	if e.method == "POST" || e.url == "" {
		return nil
	}
	id := string(resource.GetStringBytes("id"))
	switch {
	case strings.Contains(e.url, "?"):
		return errors.New("entry.request.url: a conditional update cannot be loaded; give the resource an id")
	case id == "":
		return errors.New("entry.resource.id is missing; a PUT says which resource it is of")
	case path.Base(e.url) != id:
		return errors.New("entry.request.url names another id than entry.resource.id")
	}
	return nil
}

// rename puts, for a fullUrl of the Bundle, the reference to its resource: into references, and a placeholder (urn:uuid:…) into links
// of type url and uri as well. Strings that are no links stay, though they look the same: identifiers, canonicals.
func (h *head) rename(raw []byte) []byte {
	if len(h.named) == 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	var member []byte
	depth := 0
	for i := 0; i < len(raw); {
		switch raw[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '"':
			end := stringEnd(raw, i)
			text := raw[i:end]
			i = end
			if end < len(raw) && raw[end] == ':' {
				member = text
			} else if to, ok := h.link(member, text, depth); ok {
				text = to
			}
			out = append(out, text...)
			continue
		}
		out = append(out, raw[i])
		i++
	}
	return out
}

// link gives what to put for a string; both are quoted.
func (h *head) link(member, text []byte, depth int) ([]byte, bool) {
	switch string(member) {
	case `"reference"`:
	case `"url"`, `"uri"`, `"valueUri"`, `"valueUrl"`, `"valueUuid"`:
		// The url of a resource itself is its name, not a link.
		if depth < 2 || !bytes.HasPrefix(text, []byte(`"urn:uuid:`)) {
			return nil, false
		}
	default:
		return nil, false
	}
	plain := text[1 : len(text)-1]
	if bytes.IndexByte(plain, '\\') >= 0 {
		var err error
		if plain, err = jsontext.AppendUnquote(nil, text); err != nil {
			return nil, false
		}
	}
	to, ok := h.reference(plain)
	if !ok {
		return nil, false
	}
	quoted, err := jsontext.AppendQuote(nil, to)
	return quoted, err == nil
}

// stringEnd gives the offset behind the string that begins at i in valid JSON.
func stringEnd(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(raw))
}
