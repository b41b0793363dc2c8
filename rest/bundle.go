package rest

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
	"github.com/heliograph/heliograph/search"
)

// searchset writes the Bundle of a page.
func (h *Handler) searchset(b []byte, q *request, s *searching, p *page) ([]byte, error) {
	b = append(b, `{"resourceType":"Bundle","type":"searchset"`...)
	if p.total >= 0 {
		b = strconv.AppendInt(append(b, `,"total":`...), p.total, 10)
	}
	b, err := h.links(b, q, s, p)
	if err != nil {
		return b, err
	}
	start := len(b)
	b = append(b, `,"entry":[`...)
	first := len(b)
	base := quoted(q.base + "/")
	base = base[:len(base)-1] // the quotation mark at the end comes after type and id
	for i := range p.rows {
		b = h.entry(comma(b, first), base, &p.rows[i].Resource, s.view, "match", p.rows[i].Score)
	}
	for i := range p.included {
		b = h.entry(comma(b, first), base, &p.included[i], nil, "include", 0)
	}
	if issues := s.remarks(); len(issues) > 0 {
		b = append(comma(b, first), `{"resource":`...)
		b = outcome.Append(b, issues)
		b = append(b, `,"search":{"mode":"outcome"}}`...)
	}
	if len(b) == first {
		return append(b[:start], '}'), nil // an empty list is no FHIR
	}
	return append(b, "]}"...), nil
}

// remarks say what of a search was not done as it was asked for.
func (s *searching) remarks() []outcome.Issue {
	var out []outcome.Issue
	if s.clamped {
		out = append(out, note(outcome.Information, "informational", "_count is at most "+strconv.Itoa(s.size)+" here; follow the links of the pages"))
	}
	for _, name := range s.ignored {
		out = append(out, note(outcome.Warning, "not-supported", "the parameter "+printable(name)+" is not known and was ignored"))
	}
	return out
}

// entry writes a resource that was found or included, with its relevance where it has one.
func (h *Handler) entry(b []byte, base string, r *search.Resource, v view, mode string, score float64) []byte {
	b = appendFullURL(append(b, '{'), base, r.Ref)
	b = append(b, `,"resource":`...)
	b = h.appendResource(b, r, v)
	b = append(b, `,"search":{"mode":"`...)
	b = append(append(b, mode...), '"')
	if score > 0 {
		b = strconv.AppendFloat(append(b, `,"score":`...), score, 'f', -1, 64)
	}
	return append(b, "}}"...)
}

func appendFullURL(b []byte, base string, ref fhir.Ref) []byte {
	b = append(append(b, `"fullUrl":`...), base...)
	b = append(append(append(b, ref.Type...), '/'), ref.ID...)
	return append(b, '"')
}

// links writes the links of a page: its own, the first, and those beside it.
func (h *Handler) links(b []byte, q *request, s *searching, p *page) ([]byte, error) {
	b = append(b, `,"link":[`...)
	own := s.used
	if s.cursor != "" {
		own = append(own[:len(own):len(own)], arg{cursorArg, s.cursor})
	}
	b = appendLink(b, "self", q.at(own))
	if !s.rows {
		return append(b, ']'), nil
	}
	rest := s.used.without("_offset")
	if p.before || p.after {
		b = appendLink(append(b, ','), "first", q.at(rest))
	}
	seal := func(c cursor.Cursor) (string, error) {
		c.Binding = p.binding
		text := string(cursor.NewSealer(h.key).Append(nil, &c))
		if len(text) > cursor.Max {
			return "", fault.New(fault.TooCostly, "the rows of this order are too long for a link; sort by something shorter")
		}
		return q.at(append(rest[:len(rest):len(rest)], arg{cursorArg, text})), nil
	}
	if n := len(p.rows); n > 0 && p.after {
		link, err := seal(cursor.Cursor{At: s.cursorAt(&p.rows[n-1]), Offset: -1})
		if err != nil {
			return b, err
		}
		b = appendLink(append(b, ','), "next", link)
	}
	if len(p.rows) > 0 && p.before {
		link, err := seal(cursor.Cursor{At: s.cursorAt(&p.rows[0]), Offset: -1, Backward: true})
		if err != nil {
			return b, err
		}
		b = appendLink(append(b, ','), "previous", link)
	}
	return append(b, ']'), nil
}

// at is the URL of the request's path with these parameters: a search that was posted has one, too.
func (q *request) at(a args) string {
	var b strings.Builder
	b.WriteString(q.base)
	for _, s := range q.path {
		if s != "_search" {
			b.WriteString("/" + s)
		}
	}
	if len(a) > 0 {
		b.WriteByte('?')
		a.encode(&b)
	}
	return b.String()
}

func appendLink(b []byte, relation, url string) []byte {
	b = append(append(append(b, `{"relation":"`...), relation...), `","url":`...)
	return append(append(b, quoted(url)...), '}')
}

// quoted is a text as JSON writes it.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil { // no string fails
		return `""`
	}
	return strings.ReplaceAll(string(text), `\u0026`, "&")
}
