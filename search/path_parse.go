package search

import (
	"fmt"
	"strconv"
)

// node is a parsed FHIRPath expression. op says what it is:
//
//	"name"    name: a type at the beginning, a member, or $this
//	"."       args[0], name: a member
//	"f"       args[0] (nil: of the context), name, rest of args: a function
//	"[]"      args[0], index
//	"%"       name: an environment variable
//	"as" "is" args[0], name: a type
//	"|" "and" "or" "=" "!="   args[0], args[1]
//	"'" "0" "b"  name: a string, number or boolean
type node struct {
	op    string
	name  string
	index int
	args  []*node
}

// parsePath reads an expression of the part of FHIRPath that search parameters use.
func parsePath(expression string) (*node, error) {
	ws, err := words(expression)
	if err != nil {
		return nil, err
	}
	p := pathParser{words: ws}
	n, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if p.peek().kind != wordEnd {
		return nil, fmt.Errorf("%q is not understood", p.peek().text)
	}
	return n, nil
}

type pathParser struct {
	words []word
	depth int
}

// maxNesting bounds the depth of parentheses.
const maxNesting = 50

func (p *pathParser) peek() word {
	if len(p.words) == 0 {
		return word{kind: wordEnd, text: "end"}
	}
	return p.words[0]
}

func (p *pathParser) next() word {
	w := p.peek()
	if len(p.words) > 0 {
		p.words = p.words[1:]
	}
	return w
}

func (p *pathParser) expect(kind byte) error {
	if w := p.next(); w.kind != kind {
		return fmt.Errorf("%q where %q was expected", w.text, kind)
	}
	return nil
}

// levels are the binary operators from the loosest to the tightest.
func operatorLevel(w word) int {
	switch {
	case w.kind == wordName && w.text == "or":
		return 1
	case w.kind == wordName && w.text == "and":
		return 2
	case w.kind == '=' || w.kind == wordNot:
		return 3
	case w.kind == '|':
		return 4
	case w.kind == wordName && (w.text == "is" || w.text == "as"):
		return 5
	}
	return 0
}

// binary reads operators that bind tighter than a level.
func (p *pathParser) binary(level int) (*node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, fmt.Errorf("it nests too deep")
	}
	defer func() { p.depth-- }()
	left, err := p.postfix()
	for err == nil {
		op := p.peek()
		l := operatorLevel(op)
		if l <= level {
			return left, nil
		}
		p.next()
		if l == 5 {
			var name string
			name, err = p.typeName()
			left = &node{op: op.text, name: name, args: []*node{left}}
			continue
		}
		var right *node
		right, err = p.binary(l)
		left = &node{op: op.text, args: []*node{left, right}}
	}
	return nil, err
}

func (p *pathParser) typeName() (string, error) {
	w := p.next()
	if w.kind != wordName {
		return "", fmt.Errorf("%q where a type was expected", w.text)
	}
	if (w.text == "FHIR" || w.text == "System") && p.peek().kind == '.' {
		p.next()
		return p.typeName()
	}
	return w.text, nil
}

func (p *pathParser) postfix() (*node, error) {
	left, err := p.primary()
	for err == nil {
		switch p.peek().kind {
		case '.':
			p.next()
			if w := p.next(); w.kind != wordName {
				err = fmt.Errorf("%q where a name was expected", w.text)
			} else {
				left, err = p.member(left, w.text)
			}
		case '[':
			p.next()
			w := p.next()
			var index int
			if index, err = strconv.Atoi(w.text); err == nil {
				err = p.expect(']')
			}
			left = &node{op: "[]", index: index, args: []*node{left}}
		default:
			return left, nil
		}
	}
	return nil, err
}

// member reads what follows a dot: a name, or a function with its arguments.
func (p *pathParser) member(left *node, name string) (*node, error) {
	if p.peek().kind != '(' {
		if left == nil {
			return &node{op: "name", name: name}, nil
		}
		return &node{op: ".", name: name, args: []*node{left}}, nil
	}
	p.next()
	n := &node{op: "f", name: name, args: []*node{left}}
	if p.peek().kind == ')' {
		p.next()
		return n, nil
	}
	for {
		arg, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
		if w := p.next(); w.kind == ')' {
			return n, nil
		} else if w.kind != ',' {
			return nil, fmt.Errorf("%q where \")\" was expected", w.text)
		}
	}
}

func (p *pathParser) primary() (*node, error) {
	switch w := p.next(); w.kind {
	case '(':
		n, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		return n, p.expect(')')
	case wordText:
		return &node{op: "'", name: w.text}, nil
	case wordNumber:
		return &node{op: "0", name: w.text}, nil
	case wordVar:
		return &node{op: "%", name: w.text}, nil
	case wordName:
		if w.text == "true" || w.text == "false" {
			return &node{op: "b", name: w.text}, nil
		}
		return p.member(nil, w.text)
	default:
		return nil, fmt.Errorf("%q is not understood", w.text)
	}
}
