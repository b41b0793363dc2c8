package fhir

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// LinkKind says where a Link stands.
type LinkKind uint8

// The kinds of link (R4, 3.1.0.11.2: what a server looks at when it replaces the fullUrls of a Bundle). Canonicals are names, no links.
const (
	LinkReference LinkKind = iota // Reference.reference
	LinkURI                       // an element of type uri, url, oid or uuid that holds a urn:uuid: or urn:oid:
	LinkNarrative                 // href or src of the narrative
)

// Link is a text in a resource that may stand for another resource.
type Link struct {
	Kind LinkKind
	Text string

	frames []frame
}

// Path is the element that holds the link, below the resource: "participant[0].individual". It is valid only while the link is looked at.
func (l Link) Path() string {
	var b strings.Builder
	for i, f := range l.frames {
		switch {
		case f.array:
			b.WriteString("[" + strconv.Itoa(f.index) + "]")
		case l.Kind == LinkReference && i == len(l.frames)-1: // the reference of an element is the element
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(f.name)
		}
	}
	return b.String()
}

// uriMembers are the members of R4 that hold a uri, url, oid or uuid which may link.
var uriMembers = map[string]bool{
	"address": true, "authority": true, "authorizationUrl": true, "definition": true, "definitionUri": true, "derivedFromUri": true,
	"detail": true, "endpoint": true, "eventUri": true, "identifier": true, "instantiates": true, "instantiatesUri": true, "issuer": true,
	"jurisdiction": true, "link": true, "location": true, "moduleUri": true, "nameUrl": true, "onlineInformation": true, "policy": true,
	"protocol": true, "relativePath": true, "rendering": true, "source": true, "sourceUri": true, "target": true, "targetUri": true,
	"uri": true, "url": true, "valueOid": true, "valueUri": true, "valueUrl": true, "valueUuid": true,
	"defaultValueOid": true, "defaultValueUri": true, "defaultValueUrl": true, "defaultValueUuid": true,
}

// frame is an object or array that is open: the name of the member, or the index of the element, that is being read.
type frame struct {
	array bool
	name  string
	index int
}

// Relink calls f for every link of a resource and puts in its place what f gives, if its second result is true. All else stays
// byte for byte. What is no JSON comes back as no JSON.
//
// The url of a resource is its name and no link; neither is the system of an identifier or coding.
func Relink(resource []byte, f func(Link) (string, bool)) []byte {
	r := relinking{in: resource, f: f}
	r.run()
	if r.out == nil {
		return resource
	}
	return append(r.out, r.in[r.copied:]...)
}

type relinking struct {
	in, out []byte
	copied  int // what of in is in out
	frames  []frame
	f       func(Link) (string, bool)
}

func (r *relinking) run() {
	for i := 0; i < len(r.in); {
		switch c := r.in[i]; c {
		case '{', '[':
			r.frames = append(r.frames, frame{array: c == '['})
		case '}', ']':
			if len(r.frames) > 0 {
				r.frames = r.frames[:len(r.frames)-1]
			}
		case ',':
			if n := len(r.frames); n > 0 && r.frames[n-1].array {
				r.frames[n-1].index++
			}
		case '"':
			i = r.text(i)
			continue
		}
		i++
	}
}

// text looks at the string that begins at i, and gives the offset behind it.
func (r *relinking) text(i int) int {
	end := stringEnd(r.in, i)
	quoted := r.in[i:end]
	next := end
	for next < len(r.in) && (r.in[next] == ' ' || r.in[next] == '\n' || r.in[next] == '\r' || r.in[next] == '\t') {
		next++
	}
	if n := len(r.frames); n > 0 && !r.frames[n-1].array && next < len(r.in) && r.in[next] == ':' {
		r.frames[n-1].name, _ = unquoted(quoted)
		return next + 1
	}
	if to, ok := r.link(quoted); ok {
		r.out = append(append(r.out, r.in[r.copied:i]...), to...)
		r.copied = end
	}
	return end
}

// link gives what to put for a quoted string.
func (r *relinking) link(quoted []byte) ([]byte, bool) {
	at := len(r.frames) - 1
	for at >= 0 && r.frames[at].array {
		at--
	}
	if at < 0 {
		return nil, false
	}
	l := Link{frames: r.frames[:at+1]}
	switch name := r.frames[at].name; {
	case name == "reference":
		l.Kind = LinkReference
	case name == "div":
		return r.narrative(l, quoted)
	case uriMembers[name] && bytes.HasPrefix(quoted, []byte(`"urn:`)):
		if l.Kind = LinkURI; name == "url" && r.named(at) {
			return nil, false
		}
	default:
		return nil, false
	}
	var ok bool
	if l.Text, ok = unquoted(quoted); !ok {
		return nil, false
	}
	to, ok := r.f(l)
	if !ok {
		return nil, false
	}
	out, err := jsontext.AppendQuote(nil, to)
	return out, err == nil
}

// named says whether the frame is of a resource: the root, or one within another.
func (r *relinking) named(at int) bool {
	for at--; at >= 0; at-- {
		if !r.frames[at].array {
			return r.frames[at].name == "contained" || r.frames[at].name == "resource"
		}
	}
	return true
}

// narrative gives a div with the links of its attributes replaced.
func (r *relinking) narrative(l Link, quoted []byte) ([]byte, bool) {
	if !bytes.Contains(quoted, []byte("href")) && !bytes.Contains(quoted, []byte("src")) {
		return nil, false
	}
	text, ok := unquoted(quoted)
	if !ok {
		return nil, false
	}
	var b strings.Builder
	rest, changed := text, false
	for {
		before, value, after, ok := attribute(rest)
		if !ok {
			break
		}
		l.Kind, l.Text = LinkNarrative, value
		if to, ok := r.f(l); ok {
			value, changed = to, true
		}
		b.WriteString(before + value)
		rest = after
	}
	if !changed {
		return nil, false
	}
	out, err := jsontext.AppendQuote(nil, b.String()+rest)
	return out, err == nil
}

// attribute finds the next href or src: its value, and what is before and after that. It reads the text once, however many there are.
func attribute(text string) (before, value, after string, ok bool) {
	const blanks = " \t\r\n"
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '=')
		if i < 0 {
			return "", "", "", false
		}
		name := strings.TrimRight(text[at:at+i], blanks)
		at += i + 1
		if strings.HasSuffix(name, "href") || strings.HasSuffix(name, "src") {
			at = len(text) - len(strings.TrimLeft(text[at:], blanks))
			return quotedAt(text, at)
		}
	}
}

// quotedAt is the value in the quotation marks that begin at an offset; "" if none do.
func quotedAt(text string, at int) (before, value, after string, ok bool) {
	if at == len(text) || text[at] != '"' && text[at] != '\'' {
		return text[:at], "", text[at:], true
	}
	end := strings.IndexByte(text[at+1:], text[at])
	if end < 0 {
		return "", "", "", false
	}
	return text[:at+1], text[at+1 : at+1+end], text[at+1+end:], true
}

func unquoted(quoted []byte) (string, bool) {
	if len(quoted) < 2 || quoted[len(quoted)-1] != '"' {
		return "", false
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]), true
	}
	text, err := jsontext.AppendUnquote(nil, quoted)
	return string(text), err == nil
}

// stringEnd gives the offset behind the string that begins at i.
func stringEnd(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(raw))
}
