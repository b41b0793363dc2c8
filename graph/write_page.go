package graph

import (
	"strconv"

	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// page writes a connection.
func (w *writer) page(dst []byte, f *fill) []byte {
	p := &w.x.pages[f.at]
	return w.fields(dst, f.fetch.page.fields, func(dst []byte, field *pageField) []byte {
		return w.pageField(dst, f, p, field)
	})
}

func (w *writer) fields(dst []byte, fields []pageField, value func([]byte, *pageField) []byte) []byte {
	dst = append(dst, '{')
	for i := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, fields[i].head...)
		if w.over(dst) {
			dst = append(dst, "null"...)
			continue
		}
		w.push(step{key: fields[i].key})
		dst = value(dst, &fields[i])
		w.pop()
	}
	return append(dst, '}')
}

func (w *writer) pageField(dst []byte, f *fill, p *page, field *pageField) []byte {
	switch field.kind {
	case pageConstant:
		return append(dst, field.text...)
	case pageCount:
		if p.Total >= 0 {
			return strconv.AppendInt(dst, p.Total, 10)
		}
	case pageOffset:
		if offset := p.offset(); offset >= 0 {
			return appendInt(dst, offset)
		}
	case pageSize:
		return appendInt(dst, p.ask.window.size)
	case pageEdges:
		return w.edges(dst, f, p, field.sub)
	case pageInfo:
		return w.fields(dst, field.sub, func(dst []byte, field *pageField) []byte { return w.info(dst, p, field) })
	case pageFirst, pagePrevious, pageNext, pageLast:
		return w.link(dst, f, p, field.kind)
	}
	return append(dst, "null"...)
}

// offset is how many rows are before the page, -1 when unknown.
func (p *page) offset() int {
	if p.ask.window.backward {
		return -1
	}
	return p.ask.window.offset
}

// before and following say whether rows are on either side of the page.
func (p *page) before() bool {
	win := &p.ask.window
	if win.backward {
		return p.More
	}
	return win.after != nil || win.offset > 0
}

func (p *page) following() bool {
	if win := &p.ask.window; win.backward {
		return win.after != nil
	}
	return p.More
}

func (w *writer) info(dst []byte, p *page, field *pageField) []byte {
	switch field.kind {
	case pageConstant:
		return append(dst, field.text...)
	case infoNext:
		return strconv.AppendBool(dst, p.following())
	case infoPrevious:
		return strconv.AppendBool(dst, p.before())
	case infoStart:
		if len(p.Rows) > 0 {
			return w.cursor(dst, p, 0)
		}
	case infoEnd:
		if len(p.Rows) > 0 {
			return w.cursor(dst, p, len(p.Rows)-1)
		}
	}
	return append(dst, "null"...)
}

func (w *writer) edges(dst []byte, f *fill, p *page, fields []pageField) []byte {
	dst = append(dst, '[')
	for i := range p.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		w.push(step{index: i})
		dst = w.fields(dst, fields, func(dst []byte, field *pageField) []byte { return w.edge(dst, f, p, i, field) })
		w.pop()
	}
	return append(dst, ']')
}

func (w *writer) edge(dst []byte, f *fill, p *page, i int, field *pageField) []byte {
	switch field.kind {
	case pageConstant:
		return append(dst, field.text...)
	case edgeMode:
		return append(dst, `"match"`...)
	case edgeScore:
		if p.Rows[i].Score != 0 {
			return strconv.AppendFloat(dst, p.Rows[i].Score, 'g', -1, 64)
		}
	case edgeRow:
		return w.row(dst, p.rows+i*len(f.fetch.shapes)+field.shape, f)
	case edgeCursor:
		return w.cursor(dst, p, i)
	case edgeHighlights:
		return w.highlights(dst, p, i, field.sub)
	case edgeVersion:
		return w.fields(dst, field.sub, func(dst []byte, field *pageField) []byte { return w.version(dst, f, p, i, field) })
	}
	return append(dst, "null"...)
}

// cursor writes the cursor of a row.
func (w *writer) cursor(dst []byte, p *page, i int) []byte {
	c := cursor.Cursor{Binding: w.binding(p), At: placeOf(p, i), Offset: -1}
	if offset := p.offset(); offset >= 0 {
		c.Offset = offset + i + 1
	}
	return w.seal(dst, &c)
}

func placeOf(p *page, i int) *search.Cursor {
	if p.ask.part.Kind == planner.History {
		return &search.Cursor{ID: strconv.FormatInt(int64(p.Rows[i].Position), 10)}
	}
	return &search.Cursor{Order: p.Rows[i].Order, ID: p.Rows[i].Ref.ID}
}

// link writes one of FHIR's links of a page. They are whole queries, for _cursor at the root.
func (w *writer) link(dst []byte, f *fill, p *page, kind pageKind) []byte {
	win := &p.ask.window
	c := cursor.Cursor{}
	switch {
	case f.fetch.parent >= 0 && p.parent.ID == "" || win.size == 0:
		return append(dst, "null"...)
	case kind == pageFirst:
	case kind == pageLast:
		c.Backward, c.Offset = true, -1
	case kind == pagePrevious && p.before() && len(p.Rows) > 0:
		c.Backward, c.At, c.Offset = true, placeOf(p, 0), -1
	case kind == pageNext && p.following() && len(p.Rows) > 0:
		c.At, c.Offset = placeOf(p, len(p.Rows)-1), -1
		if offset := p.offset(); offset >= 0 {
			c.Offset = offset + len(p.Rows)
		}
	default:
		return append(dst, "null"...)
	}
	at, link := len(dst), p.linked()
	if link != nil {
		c.Link, c.Binding = link, p.linkedBinding()
		dst = w.seal(dst, &c)
	}
	if link == nil || len(dst)-at-2 > cursor.Max {
		w.problem(fault.New(fault.TooCostly, "the query is too long for a link; page by first and after"), f.fetch)
		return append(dst[:at], "null"...)
	}
	return dst
}

// binding is made once for all pages of a field, when a cursor is selected.
func (w *writer) binding(p *page) cursor.Binding {
	if p.ask.binding == nil {
		b := bindingOf(p.ask.part.Query.Caller, &p.ask.part)
		p.ask.binding = &b
	}
	return *p.ask.binding
}

func (w *writer) seal(dst []byte, c *cursor.Cursor) []byte {
	if w.cursors == nil {
		w.cursors = cursor.NewSealer(w.key)
	}
	dst = append(dst, '"')
	dst = w.cursors.Append(dst, c)
	return append(dst, '"')
}
