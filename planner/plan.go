package planner

import (
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// Plan is how an operation runs. It is immutable.
type Plan struct {
	// Snapshot is the number of the snapshot it was made from.
	Snapshot uint64
	AtLeast  search.Position
	// Caller is on whose behalf it runs.
	Caller search.Caller
	// Parts are one for each part of the operation, in its order.
	Parts []PartPlan
}

// PartPlan is how one part runs: Rows and Count are nil when not asked for. Codes is run before them; nil where no code sets are needed.
type PartPlan struct {
	Part  Part
	Codes *CodesNode
	Rows  Node
	Count Node
	// Estimate is about how many resources a Search matches, or an Each matches per parent, before a page is cut; -1 when unknown.
	Estimate int64
	// Rejected are the stores that were not taken for the whole of it, and why.
	Rejected []string
	// Degraded says what is done here because the store for it is away.
	Degraded []string
}

// String is the plan's text: one tree for each part, nested parts below their parent.
func (p *Plan) String() string {
	return p.Text(func(Node) []string { return nil })
}

// Text is String with lines of the caller's below each node.
func (p *Plan) Text(notes func(Node) []string) string {
	w := printer{plan: p, notes: notes}
	fmt.Fprintf(&w.text, "plan (snapshot %d)\n", p.Snapshot)
	for i := range p.Parts {
		if p.Parts[i].Part.Parent < 0 {
			w.part(i, 0)
		}
	}
	return w.text.String()
}

type printer struct {
	plan  *Plan
	notes func(Node) []string
	text  strings.Builder
}

func (w *printer) part(i, depth int) {
	part := &w.plan.Parts[i]
	w.line(depth, fmt.Sprintf("#%d %s", i, part.Part.Path))
	if part.Codes != nil {
		w.node(part.Codes, depth+1)
	}
	if part.Rows != nil {
		w.node(part.Rows, depth+1)
	}
	if part.Count != nil {
		w.node(part.Count, depth+1)
	}
	for _, r := range part.Rejected {
		w.line(depth+1, "- not "+r)
	}
	for _, d := range part.Degraded {
		w.line(depth+1, "- degraded: "+d)
	}
	for j := i + 1; j < len(w.plan.Parts); j++ {
		if w.plan.Parts[j].Part.Parent == i {
			w.part(j, depth+1)
		}
	}
}

func (w *printer) node(n Node, depth int) {
	w.line(depth, n.label())
	for _, note := range w.notes(n) {
		w.line(depth+2, note)
	}
	for _, in := range n.Inputs() {
		w.node(in, depth+1)
	}
}

func (w *printer) line(depth int, text string) {
	w.text.WriteString(strings.Repeat("  ", depth) + text + "\n")
}
