package graph

import (
	"github.com/heliograph/heliograph/search"
	"github.com/valyala/fastjson"
)

// highlights writes where the words of a text search stand in a row; null where the search is of no words.
func (w *writer) highlights(dst []byte, p *page, i int, fields []pageField) []byte {
	found, ok := w.highlighted(p, i)
	if !ok || found == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for at := range found {
		if at > 0 {
			dst = append(dst, ',')
		}
		dst = w.fields(dst, fields, func(dst []byte, field *pageField) []byte { return highlightField(dst, &found[at], field) })
	}
	return append(dst, ']')
}

// marked are the highlights of a row: several keys may show them.
type marked struct {
	page  *page
	row   int
	found []search.Highlight
}

// highlighted finds the highlights of a row; ok is false where its bytes are corrupt, which is said.
func (w *writer) highlighted(p *page, i int) (found []search.Highlight, ok bool) {
	if w.marked.page == p && w.marked.row == i {
		return w.marked.found, true
	}
	if w.parser == nil {
		w.parser = &fastjson.Parser{}
	}
	r := &p.Rows[i].Resource
	v, err := w.parser.ParseBytes(r.Body.JSON)
	if err != nil {
		w.problem(corrupt(r.Ref, err), nil)
		return nil, false
	}
	w.marked = marked{p, i, search.Highlights(p.ask.part.Query.Where, v)}
	return w.marked.found, true
}

func highlightField(dst []byte, h *search.Highlight, field *pageField) []byte {
	switch field.kind {
	case highlightPath:
		return appendText(dst, h.Path)
	case highlightFragments:
		dst = append(dst, '[')
		for i, text := range h.Fragments {
			dst = appendQuoted(comma(dst, i), text)
		}
		return append(dst, ']')
	}
	return append(dst, field.text...)
}
