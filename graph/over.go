package graph

import (
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/planner"
)

// Over makes an Engine of the composite layer's.
func Over(e *composite.Engine) Engine { return engine{e} }

type engine struct{ *composite.Engine }

// Start implements Engine.
func (e engine) Start(p *planner.Plan) Execution { return e.Engine.Start(p) }

// Explain implements Engine.
func (e engine) Explain(p *planner.Plan, x Execution) string {
	run, _ := x.(*composite.Execution)
	return e.Engine.Explain(p, run)
}
