package graph

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/heliograph/heliograph/internal/fault"
)

// The codes of queries that are not GraphQL, or not of this schema. They are what other servers use.
const (
	codeParse    = "GRAPHQL_PARSE_FAILED"
	codeValidate = "GRAPHQL_VALIDATION_FAILED"
)

// document parses and validates a query, or finds it among those of before. What is wrong with it comes as GraphQL errors.
func (h *Handler) document(e *surface, text string) (*document, gqlerror.List) {
	if d := e.documents.find(text); d != nil {
		return d, nil
	}
	if !utf8.ValidString(text) {
		return nil, refuse(fault.New(fault.BadUserInput, "the query is not UTF-8"))
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return nil, refuse(fault.New(fault.BadUserInput, "the query has a NUL at byte %d", i))
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, h.limits.Tokens)
	if err != nil {
		return nil, gqlerror.List{parseError(err, &h.limits)}
	}
	if err := malformed(text, doc); err != nil {
		return nil, gqlerror.List{err}
	}
	if err := measure(doc, &h.limits); err != nil {
		return nil, refuse(err)
	}
	rewritten, errs := h.rewrite(e, doc)
	if len(errs) > 0 {
		return nil, errs
	}
	errs, err = h.validate(e.schema, text, doc)
	if err != nil {
		return nil, refuse(err)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	if err := depth(doc, h.limits.Depth); err != nil {
		return nil, refuse(err)
	}
	d := &document{text: text, doc: doc, conditions: conditions(doc), rewritten: rewritten}
	e.documents.keep(d)
	return d, nil
}

func refuse(err error) gqlerror.List {
	return gqlerror.List{{Message: messageOf(err, codeOf(err)), Extensions: extensionsOf(err)}}
}

func parseError(err error, l *Limits) *gqlerror.Error {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		e = &gqlerror.Error{Message: "the query cannot be parsed"}
	}
	out := invalid(e, codeParse)
	switch {
	case strings.Contains(out.Message, "exceeded token limit"):
		return exceeds(out, past(limitTokens, l.Tokens, "the query has more than %d tokens", l.Tokens))
	case strings.Contains(out.Message, "exceeded maximum nesting"): // which is the parser's own, and higher
		return exceeds(out, past(limitDepth, l.Depth, "the query nests too deeply; the limit is %d", l.Depth))
	}
	if i := strings.IndexByte(out.Message, '"'); i > 0 && strings.Contains(out.Message[:i], "String") {
		out.Message = strings.TrimSpace(out.Message[:i]) // a string literal may be anything
	}
	return out
}

// exceeds makes a parser's error that of a limit.
func exceeds(e *gqlerror.Error, limit *fault.Error) *gqlerror.Error {
	e.Message, e.Extensions = limit.Message, extensionsOf(limit)
	return e
}

// writes says whether a query that is not valid here would have changed something: its answer by GET is another one.
func writes(text, name string, tokens int) bool {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, tokens)
	if err != nil {
		return false
	}
	def, err := pick(doc, name)
	return err == nil && def.Operation == ast.Mutation
}
