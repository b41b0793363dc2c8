package composite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/planner"
)

// Explain is the text of a plan with each store's own query below its node; with an execution, also what each node did.
func (e *Engine) Explain(p *planner.Plan, x *Execution) string {
	return p.Text(func(n planner.Node) []string {
		var notes []string
		if x != nil {
			if a, ok := x.of(n); ok {
				notes = append(notes, fmt.Sprintf("→ %d rows, %d calls, %s", a.Rows, a.Calls, a.Time.Round(time.Microsecond)))
			}
		}
		return append(notes, e.native(n)...)
	})
}

// native is what the store of a node would be sent, a line each. Ids and parents that are known only at run time are left out.
func (e *Engine) native(n planner.Node) []string {
	var text string
	var err error
	switch n := n.(type) {
	case *planner.Match:
		req := uncoded(n.Request)
		if n.Within {
			req.Within = slices.Values([]string(nil))
		}
		text, err = compile(e.stores[n.Store], func(c adapters.Compiler) (string, error) { return c.Compile(req) })
	case *planner.EachNode:
		req := n.Request
		req.Request = uncoded(req.Request)
		for _, t := range n.ParentTypes {
			req.Parents = append(req.Parents, fhir.Ref{Type: t, ID: "…"})
		}
		if n.Within != nil {
			req.Within = slices.Values([]string(nil))
		}
		text, err = compile(e.stores[n.Store], func(c adapters.Compiler) (string, error) { return c.CompileEach(req) })
	}
	if err != nil {
		return []string{"no native query: " + err.Error()}
	}
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

func compile(st adapters.Store, f func(adapters.Compiler) (string, error)) (string, error) {
	c, ok := st.(adapters.Compiler)
	if !ok {
		return "", nil
	}
	return f(c)
}
