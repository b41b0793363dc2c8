package graph

import (
	"container/list"
	"strings"
	"sync"

	"github.com/heliograph/heliograph/graph/dialect"
	"github.com/vektah/gqlparser/v2/ast"
)

// document is a parsed and valid query, with the operations that were compiled of it.
type document struct {
	text       string
	doc        *ast.QueryDocument
	conditions []string           // variables of @skip and @include
	rewritten  *dialect.Rewritten // in the FHIR dialect

	mu       sync.Mutex
	compiled map[string]*operation

	weight int // in documents, whose lock guards it
}

// maxVariants is how many operations are kept for one document: one an operation name and setting of its conditions.
const maxVariants = 64

// operation gives the compiled operation for a setting of the conditions, and whether it is now kept for the first time.
func (d *document) operation(def *ast.OperationDefinition, vars map[string]any, compile func(flags) (*operation, error)) (op *operation, kept bool, err error) {
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
	op = d.compiled[key]
	d.mu.Unlock()
	if op != nil {
		return op, false, nil
	}
	if op, err = compile(flags); err != nil {
		return nil, false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.compiled == nil {
		d.compiled = map[string]*operation{}
	}
	if d.compiled[key] != nil || len(d.compiled) >= maxVariants {
		return op, false, nil
	}
	d.compiled[key] = op
	return op, true, nil
}

// documents keeps the documents used last, within a number and a weight.
type documents struct {
	mu     sync.Mutex
	most   int
	weight int
	recent *list.List // of *document, the latest first
	byText map[string]*list.Element
}

// The length of a text that is kept, and the weight of all: a byte of text and a compiled field, of which a short text may have
// thousands for each setting of its conditions, weigh one each, and take some 150 bytes of memory.
const (
	maxKept   = 64 << 10
	maxWeight = 800_000
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
	c.add(d, len(d.text))
}

// grown notes that a document has one operation more.
func (c *documents) grown(d *document, op *operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byText[d.text]; e != nil && e.Value == d {
		c.add(d, op.size)
	}
}

func (c *documents) add(d *document, weight int) {
	d.weight += weight
	c.weight += weight
	for c.recent.Len() > c.most || c.weight > maxWeight {
		old := c.recent.Remove(c.recent.Back()).(*document)
		delete(c.byText, old.text)
		c.weight -= old.weight
	}
}
