package fhirpath

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// parser makes nodes of a source; its methods abort on what is no FHIRPath.
type parser struct {
	lex   lexer
	cfg   *Config
	defs  *fhir.Definitions
	limit int
	depth int
	ahead token
}

func parse(source string, cfg *Config) (root *node, err error) {
	defer caught(&err)
	p := &parser{lex: lexer{source: source}, cfg: cfg, defs: cfg.Definitions, limit: cfg.Depth}
	p.advance()
	root = p.expression(0)
	if p.ahead.kind != tokEnd {
		p.fail(p.ahead.pos, "the expression should end before %q", p.ahead.text)
	}
	return root, nil
}

func (p *parser) fail(pos int, format string, args ...any) { p.lex.fail(pos, format, args...) }

func (p *parser) advance() token {
	was := p.ahead
	p.ahead = p.lex.next()
	return was
}

// symbol passes a symbol if it comes next.
func (p *parser) symbol(text string) bool {
	if p.ahead.kind != tokSymbol || p.ahead.text != text {
		return false
	}
	p.advance()
	return true
}

func (p *parser) want(text string) {
	if !p.symbol(text) {
		p.fail(p.ahead.pos, "%q is missing", text)
	}
}

// enter counts nesting; the caller leaves by subtracting from depth.
func (p *parser) enter(pos int) {
	if p.depth++; p.depth > p.limit {
		fail(p.lex.source, pos, fault.TooCostly, "the expression nests deeper than %d", p.limit)
	}
}

// How tightly operators bind (FHIRPath 2.0, "Operator Precedence"); all are of the left.
var precedences = map[string]int{"implies": 1, "or": 2, "xor": 2, "and": 3, "in": 4, "contains": 4, "=": 5, "~": 5, "!=": 5, "!~": 5,
	"<": 6, ">": 6, "<=": 6, ">=": 6, "|": 7, "is": 8, "as": 8, "+": 9, "-": 9, "&": 9, "*": 10, "/": 10, "div": 10, "mod": 10}

const precedenceSign = 11

// expression reads operators that bind at least as tightly as level.
func (p *parser) expression(level int) *node {
	p.enter(p.ahead.pos)
	left := p.operand()
	for {
		t := p.ahead
		prec := precedences[t.text]
		if t.kind != tokSymbol && t.kind != tokWord || prec == 0 || prec < level {
			p.depth--
			return left
		}
		p.advance()
		if t.text == "is" || t.text == "as" {
			o := map[string]op{"is": opIs, "as": opAs}[t.text]
			left = &node{op: o, pos: t.pos, args: []*node{left}, typ: p.typeSpecifier()}
			continue
		}
		left = &node{op: opBinary, name: t.text, pos: t.pos, args: []*node{left, p.expression(prec + 1)}}
	}
}

// operand reads a sign, or a term with what follows it by . and [].
func (p *parser) operand() *node {
	if t := p.ahead; t.kind == tokSymbol && (t.text == "-" || t.text == "+") {
		p.advance()
		return &node{op: opSign, name: t.text, pos: t.pos, args: []*node{p.expression(precedenceSign)}}
	}
	left := p.term()
	for {
		switch pos := p.ahead.pos; {
		case p.symbol("."):
			left = p.invocation(left)
		case p.symbol("["):
			left = &node{op: opIndex, pos: pos, args: []*node{left, p.expression(0)}}
			p.want("]")
		default:
			return left
		}
	}
}

func (p *parser) term() *node {
	switch t := p.ahead; t.kind {
	case tokString, tokNumber, tokTemporal:
		return p.literal()
	case tokConstant:
		p.advance()
		return p.constant(t)
	case tokVariable:
		p.advance()
		if !slices.Contains([]string{"$this", "$index", "$total"}, t.text) {
			p.fail(t.pos, "there is no %s: there are $this, $index and $total", t.text)
		}
		return &node{op: opVariable, name: t.text, pos: t.pos}
	case tokWord:
		if t.text == "true" || t.text == "false" {
			p.advance()
			return &node{op: opLiteral, pos: t.pos, value: collection{{sys: t.text == "true"}}}
		}
		return p.invocation(nil)
	case tokQuoted:
		return p.invocation(nil)
	case tokSymbol:
		if p.symbol("(") {
			inner := p.expression(0)
			p.want(")")
			return inner
		}
		if p.symbol("{") {
			p.want("}")
			return &node{op: opLiteral, pos: t.pos}
		}
	}
	p.missing()
	return nil
}

func (p *parser) missing() {
	if p.ahead.kind == tokEnd {
		p.fail(p.ahead.pos, "the expression ends where a value or a path should follow")
	}
	p.fail(p.ahead.pos, "%q stands where a value or a path should", p.ahead.text)
}

// invocation reads a member or a call on input, the focus if that is nil.
func (p *parser) invocation(input *node) *node {
	t := p.advance()
	if t.kind == tokVariable && input == nil || t.kind != tokWord && t.kind != tokQuoted || t.text == "" {
		p.fail(t.pos, "the name of an element or function is missing")
	}
	if !p.symbol("(") {
		return &node{op: opMember, name: t.text, pos: t.pos, args: []*node{input}}
	}
	n := &node{op: opCall, name: t.text, pos: t.pos, args: []*node{input}, fn: p.function(t)}
	if n.fn.types {
		n.typ = p.typeSpecifier()
		p.want(")")
		return n
	}
	for !p.symbol(")") {
		if len(n.args) > 1 {
			p.want(",")
		}
		n.args = append(n.args, p.expression(0))
	}
	if given := len(n.args) - 1; given < n.fn.min || given > n.fn.max {
		p.fail(t.pos, "%s() takes %s, not %d", t.text, arity(n.fn), given)
	}
	if n.fn.pattern && n.args[1].op == opLiteral {
		n.re = p.pattern(n.args[1])
	}
	return n
}

// typeSpecifier reads a type, perhaps with its namespace.
func (p *parser) typeSpecifier() typeName {
	p.enter(p.ahead.pos)
	defer func() { p.depth-- }()
	if p.symbol("(") {
		t := p.typeSpecifier()
		p.want(")")
		return t
	}
	t := p.advance()
	if t.kind != tokWord && t.kind != tokQuoted {
		p.fail(t.pos, "the name of a type is missing")
	}
	name := t.text
	for p.symbol(".") {
		name += "." + p.advance().text
	}
	return p.typeNamed(t.pos, name)
}

func (p *parser) typeNamed(pos int, name string) typeName {
	space, local, found := strings.Cut(name, ".")
	if !found || space != "System" && space != "FHIR" {
		space, local = "", name
	}
	if t := p.defs.Type(local); t != nil && space != "System" {
		return typeName{fhir: t}
	}
	if slices.Contains(systemTypes, local) && space != "FHIR" {
		return typeName{system: local}
	}
	known := slices.Clone(systemTypes)
	for t := range p.defs.Types() {
		known = append(known, t.Name)
	}
	p.fail(pos, "there is no type %q%s", name, p.cfg.suggest(local, known))
	return typeName{}
}
