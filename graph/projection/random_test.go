package projection_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/heliograph/heliograph/graph/projection"
)

// planner makes selections at random from the structure of a document, mostly right about it.
type planner struct {
	*rand.Rand
	hole int
}

func newPlanner(seed uint64) *planner { return &planner{Rand: rand.New(rand.NewPCG(seed, 1))} }

func (p *planner) one(in int) bool { return p.IntN(in) == 0 }

// selection selects from objects that are like samples.
func (p *planner) selection(samples []node, depth int) *selection {
	s := &selection{}
	names := p.names(samples)
	for range p.IntN(len(names)+2) + p.IntN(2) {
		name := "absent"
		if len(names) > 0 && !p.one(12) {
			name = names[p.IntN(len(names))]
		}
		f := p.field(name, samples, depth)
		f.Key = fmt.Sprintf("k%d", len(s.fields))
		s.fields = append(s.fields, f)
	}
	if depth > 0 && (slices.Contains(names, "resourceType") || p.one(20)) && p.one(2) {
		s.byType = map[string]*selection{"Patient": p.selection(samples, 0)}
		for _, n := range samples {
			if t, ok := n.member("resourceType"); ok && len(t.raw) > 2 {
				s.byType[string(t.raw[1:len(t.raw)-1])] = p.plain(samples, depth-1)
			}
		}
	}
	return s
}

func (p *planner) plain(samples []node, depth int) *selection {
	s := p.selection(samples, depth)
	s.byType = nil
	return s
}

// names are the members of all samples in the order of their first appearance, without those that a Field cannot name.
func (p *planner) names(samples []node) []string {
	var names []string
	for _, n := range samples {
		for _, name := range n.names {
			if name != "" && !slices.Contains(names, name) && plain(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func plain(name string) bool {
	for _, c := range name {
		if c < ' ' || c == '"' || c == '\\' || c == '\uFFFD' {
			return false
		}
	}
	return true
}

func (p *planner) field(name string, samples []node, depth int) selField {
	var f selField
	f.Name = name
	switch p.IntN(16) {
	case 0:
		f.Kind, f.Value = projection.Constant, `"constant"`
		return f
	case 1:
		f.Kind, f.Hole = projection.Hole, p.hole
		p.hole++
		return f
	case 2:
		f.Kind = projection.Raw
		return f
	}
	values, list := valuesOf(name, samples)
	f.List = list != p.one(15)
	objects := slices.DeleteFunc(values, func(n node) bool { return n.kind != '{' })
	if (len(objects) > 0) != p.one(15) && depth > 0 {
		f.Kind, f.sub = projection.Object, p.selection(objects, depth-1)
		if f.List && p.one(2) {
			f.Pick = p.IntN(len(picks()) + 1)
		}
	} else if p.one(3) {
		f.Type = projection.Type(p.IntN(5))
	}
	return f
}

// valuesOf are the values of a member, those of lists one by one.
func valuesOf(name string, samples []node) (values []node, list bool) {
	for _, n := range samples {
		m, ok := n.member(name)
		switch {
		case ok && m.kind == '[':
			list = true
			values = append(values, m.members...)
		case ok:
			values = append(values, m)
		}
	}
	return values, list
}
