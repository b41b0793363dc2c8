package search

import (
	"bytes"
	"strconv"

	"github.com/valyala/fastjson"
)

// found is a value that a path leads to.
type found struct {
	value *fastjson.Value
	path  *path
}

// evaluator runs programs on one resource. It keeps its memory from resource to resource; the values that it hands out are
// the parser's, or its own two booleans.
type evaluator struct {
	root        *fastjson.Value
	cur, next   []*fastjson.Value
	out         []found
	booleans    fastjson.Arena
	boolean     path // the path of a boolean outcome
	true, false *fastjson.Value
	ids         map[string]*fastjson.Value // of the contained resources, once one was asked for
}

// run gives what the program finds in context. The result is valid until the next call.
func (e *evaluator) run(p *program, context *fastjson.Value) []found {
	e.out = e.out[:0]
	if p.test != nil {
		switch e.test(p.test, context) {
		case yes:
			e.out = append(e.out, found{e.true, &e.boolean})
		case no:
			e.out = append(e.out, found{e.false, &e.boolean})
		}
		return e.out
	}
	for i := range p.paths {
		way := &p.paths[i]
		for _, v := range e.follow(way, context) {
			e.out = append(e.out, found{v, way})
		}
	}
	return e.out
}

// follow gives the values at the end of a path, valid until the next call.
func (e *evaluator) follow(p *path, context *fastjson.Value) []*fastjson.Value {
	if p.root {
		context = e.root
	}
	e.cur = append(e.cur[:0], context)
	for i := range p.steps {
		s := &p.steps[i]
		if len(e.cur) == 0 {
			return nil
		}
		switch s.kind {
		case stepMember:
			e.members(s.key)
		case stepIndex:
			if s.index >= len(e.cur) {
				return nil
			}
			e.cur = append(e.cur[:0], e.cur[s.index])
		default:
			e.filter(s)
		}
	}
	return e.cur
}

func (e *evaluator) members(key string) {
	e.next = e.next[:0]
	for _, v := range e.cur {
		if v.Type() != fastjson.TypeObject {
			continue
		}
		child := v.Get(key)
		switch {
		case child == nil || child.Type() == fastjson.TypeNull:
		case child.Type() == fastjson.TypeArray:
			for _, item := range child.GetArray() {
				if item.Type() != fastjson.TypeNull {
					e.next = append(e.next, item)
				}
			}
		default:
			e.next = append(e.next, child)
		}
	}
	e.cur, e.next = e.next, e.cur
}

// filter keeps the values that satisfy a step. A test may run programs of its own, so that the values wait aside.
func (e *evaluator) filter(s *step) {
	values := e.cur
	e.cur = nil
	kept := values[:0]
	for _, v := range values {
		var keep bool
		switch s.kind {
		case stepWhere:
			keep = e.test(s.test, v) == yes
		case stepRefersTo:
			keep = e.refersTo(v, s)
		case stepResource:
			keep = string(v.GetStringBytes("resourceType")) == s.key
		}
		if keep {
			kept = append(kept, v)
		}
	}
	e.cur = kept
}

type outcome uint8

const (
	empty outcome = iota
	no
	yes
)

func outcomeOf(b bool) outcome {
	if b {
		return yes
	}
	return no
}

// test evaluates a condition in FHIRPath's logic of three values.
func (e *evaluator) test(t *test, context *fastjson.Value) outcome {
	switch t.op {
	case "and":
		l, r := e.test(t.left, context), e.test(t.right, context)
		return conjunction(l, r)
	case "or":
		l, r := e.test(t.left, context), e.test(t.right, context)
		return negation(conjunction(negation(l), negation(r)))
	case "not":
		return negation(e.test(t.left, context))
	}
	count := 0
	result := empty
	for i := range t.program.paths {
		for _, v := range e.follow(&t.program.paths[i], context) {
			count++
			switch t.op {
			case "=":
				result = outcomeOf(t.equal(v))
			case "!=":
				result = outcomeOf(!t.equal(v))
			default:
				result = outcomeOf(v.Type() != fastjson.TypeFalse)
			}
		}
	}
	switch {
	case t.op == "exists":
		return outcomeOf(count > 0)
	case count > 1 && t.op != "path":
		return outcomeOf(t.op == "!=")
	}
	return result
}

func conjunction(l, r outcome) outcome {
	switch {
	case l == no || r == no:
		return no
	case l == yes && r == yes:
		return yes
	}
	return empty
}

func negation(o outcome) outcome {
	switch o {
	case yes:
		return no
	case no:
		return yes
	}
	return empty
}

func (t *test) equal(v *fastjson.Value) bool {
	switch v.Type() {
	case fastjson.TypeString:
		return t.text && string(v.GetStringBytes()) == t.value
	case fastjson.TypeTrue:
		return !t.text && t.value == "true"
	case fastjson.TypeFalse:
		return !t.text && t.value == "false"
	case fastjson.TypeNumber:
		return !t.text && equalNumber(v.MarshalTo(nil), t.value)
	}
	return false
}

func equalNumber(raw []byte, value string) bool {
	if bytes.Equal(raw, []byte(value)) {
		return true
	}
	l, err1 := strconv.ParseFloat(string(raw), 64)
	r, err2 := strconv.ParseFloat(value, 64)
	return err1 == nil && err2 == nil && l == r
}
