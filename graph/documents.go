package graph

import (
	"container/list"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// document is a parsed and valid query, with the operations that were compiled of it.
type document struct {
	text       string
	doc        *ast.QueryDocument
	conditions []string // variables of @skip and @include

	mu       sync.Mutex
	compiled map[string]*operation
}

// maxVariants is how many operations are kept for one document: one an operation name and setting of its conditions.
const maxVariants = 64

// operation gives the compiled operation for a setting of the conditions.
func (d *document) operation(def *ast.OperationDefinition, vars map[string]any, compile func(flags) (*operation, error)) (*operation, error) {
	key, flags := def.Name, flags(nil)
	if len(d.conditions) > 0 {
		var b strings.Builder
		flags = make(map[string]bool, len(d.conditions))
		b.WriteString(def.Name)
		for _, name := range d.conditions {
			flags[name], _ = vars[name].(bool)
			if flags[name] {
				b.WriteString("+")
			} else {
				b.WriteString("-")
			}
		}
		key = b.String()
	}
	d.mu.Lock()
	op := d.compiled[key]
	d.mu.Unlock()
	if op != nil {
		return op, nil
	}
	op, err := compile(flags)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.compiled == nil {
		d.compiled = map[string]*operation{}
	}
	if len(d.compiled) < maxVariants {
		d.compiled[key] = op
	}
	return op, nil
}

// documents keeps the documents used last, within a number and a size of their texts.
type documents struct {
	mu     sync.Mutex
	most   int
	bytes  int
	recent *list.List // of *document, the latest first
	byText map[string]*list.Element
}

// The sizes of texts: of one that is kept, and of all.
const (
	maxKept  = 64 << 10
	maxTexts = 4 << 20
)

func newDocuments(most int) *documents {
	return &documents{most: most, recent: list.New(), byText: map[string]*list.Element{}}
}

func (c *documents) find(text string) *document {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byText[text]
	if e == nil {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*document)
}

func (c *documents) keep(d *document) {
	if len(d.text) > maxKept {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText[d.text] != nil {
		return
	}
	c.byText[d.text] = c.recent.PushFront(d)
	c.bytes += len(d.text)
	for c.recent.Len() > c.most || c.bytes > maxTexts {
		old := c.recent.Remove(c.recent.Back()).(*document)
		delete(c.byText, old.text)
		c.bytes -= len(old.text)
	}
}
