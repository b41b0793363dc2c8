package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/internal/fault"
)

// connection compiles a selection on a connection type.
func (c *compiler) connection(f *fetch, sets []ast.SelectionSet, depth int) error {
	f.page = &connection{}
	var err error
	suffix := suffixConnection
	if f.kind == fetchHistory {
		suffix = suffixHistoryConnection
	}
	f.page.fields, err = c.pageFields(f, sets, f.typ+suffix, depth+1)
	return err
}

// pageFields compiles the fields of a connection, an edge, a pageInfo or a highlight, as typeName says.
func (c *compiler) pageFields(f *fetch, sets []ast.SelectionSet, typeName string, depth int) ([]pageField, error) {
	fields := collect(sets, c.flags, func(condition string) bool { return condition == typeName })
	if err := c.count(len(fields), depth); err != nil {
		return nil, err
	}
	f.fields += len(fields)
	out := make([]pageField, 0, len(fields))
	for _, r := range fields {
		p, err := c.pageField(f, r, typeName, depth)
		if err != nil {
			return nil, err
		}
		p.key, p.head = r.key, `"`+r.key+`":`
		out = append(out, p)
	}
	return out, nil
}

func (c *compiler) pageField(f *fetch, r collected, typeName string, depth int) (pageField, error) {
	name := r.fields[0].Name
	if name == "__typename" {
		return pageField{kind: pageConstant, text: `"` + typeName + `"`}, nil
	}
	kind, ok := pageKindOf(name)
	edge := f.typ + suffixEdge
	if f.kind == fetchHistory {
		edge = f.typ + suffixHistoryEdge
		if typeName == edge && kind == edgeRow {
			kind = edgeVersion
		}
	}
	if !ok {
		return pageField{}, fault.New(fault.Internal, "the schema has %s.%s and the compiler does not", typeName, name)
	}
	p := pageField{kind: kind}
	if err := c.sliceable(r.fields[0], kind); err != nil {
		return p, err
	}
	var err error
	switch kind {
	case pageEdges:
		p.sub, err = c.pageFields(f, r.selections(), edge, depth+1)
	case edgeHighlights:
		p.sub, err = c.pageFields(f, r.selections(), typeHighlight, depth+1)
	case edgeVersion:
		p.sub, err = c.pageFields(f, r.selections(), versionName(c.schema.defs, f.typ), depth+1)
	case pageInfo:
		p.sub, err = c.pageFields(f, r.selections(), typePageInfo, depth+1)
	case edgeRow:
		var s *shape
		s, err = c.shape(f, r.slicing(), f.typ, depth)
		p.shape = len(f.shapes)
		f.shapes = append(f.shapes, s)
	}
	f.page.count = f.page.count || kind == pageCount
	f.page.score = f.page.score || kind == edgeScore
	f.page.rows = f.page.rows || kind != pageCount && kind != pageSize
	return p, err
}

// pageKindOf is the kind of a field of the page types. Names do not repeat between the types.
func pageKindOf(name string) (kind pageKind, ok bool) {
	switch name {
	case "count":
		return pageCount, true
	case "offset":
		return pageOffset, true
	case "pageSize", "pagesize":
		return pageSize, true
	case "edges":
		return pageEdges, true
	case "first":
		return pageFirst, true
	case "previous":
		return pagePrevious, true
	case "next":
		return pageNext, true
	case "last":
		return pageLast, true
	case "pageInfo":
		return pageInfo, true
	}
	return innerKindOf(name)
}

func innerKindOf(name string) (kind pageKind, ok bool) {
	switch name {
	case "hasNextPage":
		return infoNext, true
	case "hasPreviousPage":
		return infoPrevious, true
	case "startCursor":
		return infoStart, true
	case "endCursor":
		return infoEnd, true
	case "mode":
		return edgeMode, true
	case "score":
		return edgeScore, true
	case "resource", "node":
		return edgeRow, true
	case "cursor":
		return edgeCursor, true
	case "highlights":
		return edgeHighlights, true
	case "path":
		return highlightPath, true
	case "fragments":
		return highlightFragments, true
	}
	return versionKindOf(name)
}
