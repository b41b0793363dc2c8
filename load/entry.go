package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/fhir"
)

// entry is an entry of a Bundle, its references rewritten.
type entry struct {
	number   int
	method   string
	url      string
	resource []byte
	err      error
}

// eachEntry reads the entries one by one.
func eachEntry(r io.Reader, h *head, yield func(entry) bool) error {
	_, err := bundle.Read(r, func(e *bundle.Entry) bool { return yield(h.entry(e)) })
	return err
}

func (h *head) entry(e *bundle.Entry) entry {
	out := entry{number: e.Number, method: "PUT", err: e.Err}
	if e.Method != "" {
		out.method, out.url = e.Method, e.URL
	}
	if out.err == nil {
		out.err = out.refusal(e)
	}
	if out.err != nil {
		out.resource = bytes.Clone(e.Raw)
		return out
	}
	if out.method == "DELETE" {
		return out
	}
	raw := e.Resource
	if e.ID == "" {
		raw = h.identified(raw, e.Number)
	}
	out.resource = bytes.Clone(fhir.Relink(raw, func(l fhir.Link) (string, bool) { return h.reference(l, e.FullURL) }))
	return out
}

// identified gives a resource without an id that of its entry. What is no resource is left to whoever takes it in.
func (h *head) identified(raw []byte, number int) []byte {
	body, meta, err := fhir.Strip(raw)
	if err != nil || meta.ID != "" {
		return raw
	}
	if body, err = fhir.WithID(body, h.id(number)); err != nil {
		return raw
	}
	return body.Append(nil, meta.VersionID, meta.LastUpdated)
}

// refusal says why an entry cannot be loaded whatever its resource holds (FHIR R4, http.html#transaction).
func (e *entry) refusal(from *bundle.Entry) error {
	for _, c := range [...]struct{ name, value string }{
		{"ifNoneExist", from.IfNoneExist}, {"ifMatch", from.IfMatch}, {"ifNoneMatch", from.IfNoneMatch}, {"ifModifiedSince", from.IfModifiedSince},
	} {
		if c.value != "" {
			return fmt.Errorf("entry.request.%s: what is done on a condition cannot be loaded; give the resource an id", c.name)
		}
	}
	switch e.method {
	case "DELETE":
		return nil
	case "PUT", "POST":
	default:
		return errors.New("entry.request.method: only PUT, POST and DELETE can be loaded, not GET, HEAD or PATCH")
	}
	if from.Resource == nil {
		return errors.New("entry.resource is missing")
	}
	if e.method == "POST" || e.url == "" {
		return nil
	}
	id := from.ID
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

// stringEnd gives the offset behind the string that begins at i in valid JSON.
func stringEnd(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(raw))
}
