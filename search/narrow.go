package search

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Narrow is an indexer of one resource type that makes only those values which some conditions compare: Match decides these by them as by
// all. It is safe for concurrent use.
type Narrow struct {
	indexer  *Indexer
	typ      string
	compiled []compiledParam
	// narrative and content say which words are wanted.
	narrative, content bool
}

// Narrow gives the indexer of what the conditions compare of a resource type itself: what they ask of other resources is left out.
func (x *Indexer) Narrow(resourceType string, conditions ...Expr) *Narrow {
	n := &Narrow{indexer: x, typ: resourceType}
	wanted := map[string]bool{}
	for _, e := range conditions {
		eachLeaf(e, func(leaf Expr) { n.want(leaf, wanted) })
	}
	if params := x.params.types[resourceType]; params != nil {
		for _, p := range params.compiled {
			if wanted[p.param.Code] || p.param.Canonical != nil && wanted[p.param.Canonical.Code] {
				n.compiled = append(n.compiled, p)
			}
		}
	}
	return n
}

// want notes what a clause compares.
func (n *Narrow) want(leaf Expr, codes map[string]bool) {
	switch e := leaf.(type) {
	case Clause:
		codes[e.Param.Code] = true
	case Chain:
		codes[e.Param.Code] = true
	case Text:
		n.narrative, n.content = n.narrative || !e.Content, n.content || e.Content
	case Exists:
		codes[e.Param.Code] = true
		n.narrative, n.content = n.narrative || e.Param.Code == ParamText, n.content || e.Param.Code == ParamContent
	}
}

// IndexBytes gives the values of a resource as JSON text, with the id that it is stored under; LastUpdated is left to the caller. It fails
// as Indexer.IndexBytes does, but does not look at the resource where nothing of it is wanted.
func (n *Narrow) IndexBytes(id string, b []byte) (*Values, error) {
	out := &Values{Ref: fhir.Ref{Type: n.typ, ID: id}}
	if len(n.compiled) == 0 && !n.narrative && !n.content {
		return out, nil
	}
	p := n.indexer.parsers.Get()
	defer n.indexer.parsers.Put(p)
	v, err := p.ParseBytes(b)
	if err != nil {
		return nil, fault.New(fault.BadUserInput, "the resource is not JSON")
	}
	e := n.indexer.extraction()
	defer n.indexer.scratch.Put(e)
	return out, e.index(v, out, n.compiled, n.narrative, n.content)
}

// extraction gives memory to work in; it is put back into x.scratch.
func (x *Indexer) extraction() *extraction {
	if e, _ := x.scratch.Get().(*extraction); e != nil {
		return e
	}
	return newExtraction(x)
}

// index puts the values of some parameters, and words, into out.
func (e *extraction) index(v *fastjson.Value, out *Values, params []compiledParam, narrative, content bool) error {
	e.begin(v)
	for i := range params {
		if e.param(&params[i]); e.err != nil {
			return e.err
		}
	}
	out.Params = e.take()
	if narrative {
		e.words.reset()
		e.narrative(v)
		out.Narrative = e.words.tokens()
	}
	if content {
		e.words.reset()
		e.content(v, true)
		out.Content = e.words.tokens()
	}
	return nil
}
