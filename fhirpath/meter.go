package fhirpath

import (
	"sync/atomic"

	"github.com/heliograph/heliograph/internal/fault"
)

// Meter bounds what several evaluations take together. It is safe for concurrent use.
type Meter struct {
	left  atomic.Int64
	limit int
}

// NewMeter makes a meter of so many steps (Config.Steps).
func NewMeter(steps int) *Meter {
	m := &Meter{limit: steps}
	m.left.Store(int64(steps))
	return m
}

func (m *Meter) take(steps int) { m.left.Add(-int64(steps)) }

// Metered is an expression whose evaluations take their steps from a meter.
type Metered struct {
	expression *Expression
	meter      *Meter
}

// Under is the expression with a meter. What it has spent is known after each evaluation: the last one may go beyond it by its own budget.
func (e *Expression) Under(m *Meter) Metered { return Metered{e, m} }

// Holds is that of the expression. Each 64 bytes of the resource are a step, too. Once the meter is spent it is TooCostly.
func (e Metered) Holds(resource []byte) (bool, error) {
	if err := e.meter.pay(len(resource)); err != nil {
		return false, err
	}
	v, err := read(resource)
	if err != nil {
		return false, err
	}
	root := e.expression.resourceItem(v)
	return e.expression.holds(root, &Container{whole: collection{root}}, e.meter)
}

// HoldsIn is that of the expression, on an element of a resource. Each 64 bytes of the element are a step, too, and those of the resource
// once, if any expression asks for it.
func (e Metered) HoldsIn(c *Container, typeName string, element []byte) (bool, error) {
	if err := e.meter.pay(len(element)); err != nil {
		return false, err
	}
	return e.expression.holdsIn(c, typeName, element, e.meter)
}

// EvaluateIn gives the items of the result on an element of a resource; it is paid for as HoldsIn is.
func (e Metered) EvaluateIn(c *Container, typeName string, element []byte) ([]Value, error) {
	if err := e.meter.pay(len(element)); err != nil {
		return nil, err
	}
	root, err := e.expression.elementItem(c, typeName, element)
	if err != nil {
		return nil, err
	}
	return e.expression.values(root, c, e.meter)
}

// pay takes the steps of reading so many bytes.
func (m *Meter) pay(bytes int) error {
	if m.left.Load() <= 0 {
		return fault.Past(fault.Limit{Name: "steps", Most: int64(m.limit)}, "FHIRPath: the request takes more than %d steps in all; narrow the search by other conditions", m.limit)
	}
	m.take(bytes/64 + 1)
	return nil
}
