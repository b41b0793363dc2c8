package bundle

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Head is what a document says of itself.
type Head struct {
	// ResourceType is that of the document, Type the type of the Bundle ("transaction").
	ResourceType, Type string
}

// Entry is an entry of a Bundle as it is written.
type Entry struct {
	// Number counts from 1.
	Number  int
	FullURL string
	// Method and the rest are members of entry.request.
	Method, URL                                        string
	IfNoneExist, IfMatch, IfNoneMatch, IfModifiedSince string
	// Type and ID are those of the resource, as far as it has them.
	Type, ID string
	// Resource is the resource, byte for byte; nil if there is none. It is valid only while the entry is looked at.
	Resource []byte
	// Err says why the entry cannot be read; its other fields mean nothing then.
	Err error
	// Raw is the whole entry; valid as Resource is.
	Raw []byte
}

// errStop ends a reading early.
var errStop = errors.New("bundle: stop")

// Read reads a document entry by entry, in order, and holds no more than one of them. It ends early, without an error, when each gives
// false. The head may be complete only at the end. Its errors are about the document as a whole and repeat nothing of it.
func Read(r io.Reader, each func(*Entry) bool) (Head, error) {
	var h Head
	err := members(r, func(name string, d *decoder) error {
		switch name {
		case "resourceType":
			return d.text(&h.ResourceType)
		case "type":
			return d.text(&h.Type)
		case "entry":
			if each == nil {
				break
			}
			return d.elements(func(number int, raw []byte) error {
				e := parse(number, raw)
				if !each(&e) {
					return errStop
				}
				return nil
			})
		}
		return d.SkipValue()
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return h, err
}

// parse takes an entry apart.
func parse(number int, raw []byte) Entry {
	e := Entry{Number: number, Raw: raw}
	e.Err = object(raw, "the entry", func(name string, value []byte) {
		switch name {
		case "fullUrl":
			e.FullURL = textOf(value)
		case "resource":
			e.Resource = value
		case "request":
			e.Err = object(value, "entry.request", e.request)
		}
	})
	if e.Err == nil && string(e.Resource) == "null" {
		e.Resource = nil
	}
	if e.Err == nil && e.Resource != nil {
		// What else is wrong with the resource is found when it is taken in.
		_ = object(e.Resource, "entry.resource", func(name string, value []byte) {
			switch name {
			case "resourceType":
				e.Type = textOf(value)
			case "id":
				e.ID = textOf(value)
			}
		})
	}
	return e
}

func (e *Entry) request(name string, value []byte) {
	to := map[string]*string{
		"method": &e.Method, "url": &e.URL, "ifNoneExist": &e.IfNoneExist, "ifMatch": &e.IfMatch,
		"ifNoneMatch": &e.IfNoneMatch, "ifModifiedSince": &e.IfModifiedSince,
	}[name]
	if to != nil {
		*to = textOf(value)
	}
}

// object calls f for each member of a JSON object, the first of several with one name. raw is known to be JSON.
func object(raw []byte, what string, f func(name string, value []byte)) error {
	if len(raw) == 0 || raw[0] != '{' {
		return errors.New(what + " is not a JSON object")
	}
	seen := map[string]bool{}
	for i := 1; i < len(raw); {
		if raw[i] != '"' {
			i++ // a blank, a comma or the end
			continue
		}
		end := valueEnd(raw, i)
		name := textOf(raw[i:end])
		for i = end; i < len(raw) && (raw[i] == ':' || blank(raw[i])); {
			i++
		}
		if end = valueEnd(raw, i); !seen[name] {
			f(name, raw[i:end])
		} else if what != "entry.resource" {
			return errors.New(what + " has a member twice")
		}
		seen[name], i = true, end
	}
	return nil
}

// valueEnd gives the offset behind the JSON value that begins at i.
func valueEnd(raw []byte, i int) int {
	depth := 0
	for ; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			} else if depth == 0 {
				return i + 1
			}
		case '"':
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return min(i+1, len(raw))
			}
		default:
			if depth == 0 && (c == ',' || blank(c)) {
				return i
			}
		}
	}
	return len(raw)
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func textOf(quoted []byte) string {
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return ""
	}
	return string(text)
}
