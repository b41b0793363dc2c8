package terminology

import (
	"context"
	"errors"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// maxHeld bounds the codes that one expansion holds in all the value sets that it is made of.
const maxHeld = 1_000_000

func (r *run) expand(ctx context.Context, set search.CodeSet) (codes, error) {
	if set.Modifier != search.In {
		return r.subsumption(ctx, set)
	}
	return r.named(ctx, set.ValueSet)
}

// named are the codes of the value set that a canonical names.
func (r *run) named(ctx context.Context, name string) (codes, error) {
	l := canonical(valueSetType, name)
	d, err := r.find(ctx, l)
	if err != nil {
		return nil, err
	}
	if d == nil {
		if d, err = r.ofCodeSystem(ctx, l); err != nil {
			return nil, err
		}
	}
	if d == nil {
		return nil, r.missing(ctx, l)
	}
	return r.members(ctx, d)
}

// ofCodeSystem is the value set of all codes of a code system that names it in CodeSystem.valueSet; nil if none is found. No search
// finds a code system by that, so it is looked for where the two URLs differ as they do by custom.
func (r *run) ofCodeSystem(ctx context.Context, l lookup) (*definition, error) {
	for _, by := range []string{"/CodeSystem/", "/"} {
		url := strings.Replace(l.url, "/ValueSet/", by, 1)
		if l.id != "" || url == l.url {
			break
		}
		d, err := r.find(ctx, lookup{resourceType: codeSystemType, url: url, version: l.version})
		if err != nil {
			return nil, err
		}
		if d == nil || d.codeSystem.valueSet != l.url && d.codeSystem.valueSet != l.url+"|"+d.tag {
			continue
		}
		all := &valueSet{composed: true, include: []component{{system: d.url, version: d.tag}}}
		return &definition{url: l.url, tag: l.version, valueSet: all}, nil
	}
	return nil, nil
}

// subsumption is a code and what is above or below it in its code system, whatever the hierarchy means (R4, 3.1.1.4.10: "is-a, or
// hierarchical relationships").
func (r *run) subsumption(ctx context.Context, set search.CodeSet) (codes, error) {
	d, err := r.need(ctx, lookup{resourceType: codeSystemType, url: set.Code.System})
	if err != nil {
		return nil, err
	}
	if err := d.complete(); err != nil {
		return nil, err
	}
	start, there := d.codeSystem.index[set.Code.Code]
	if !there {
		return nil, fault.New(fault.BadUserInput, "the code system %s does not have the code whose hierarchy is asked for", d)
	}
	edges := down
	if set.Modifier == search.Above {
		edges = up
	}
	out := codes{}
	for i := range d.codeSystem.closure(start, edges) {
		out[fhir.Code{System: set.Code.System, Code: d.codeSystem.concepts[i].code}] = struct{}{}
	}
	return out, nil
}

// complete fails if the code system's content is not here as a whole.
func (d *definition) complete() error {
	switch c := d.codeSystem.content; c {
	case "complete":
		return nil
	case "":
		return fault.New(fault.Unsupported, "the code system %s does not say that its content is complete", d)
	default:
		return fault.New(fault.Unsupported, "the content of the code system %s is %s, not complete", d, c)
	}
}

// members are the codes of a value set.
func (r *run) members(ctx context.Context, d *definition) (codes, error) {
	if out, done := r.done[d]; done {
		return out, nil
	}
	if err := r.circular(d); err != nil {
		return nil, err
	}
	r.inside = append(r.inside, d)
	out, err := r.made(ctx, d)
	r.inside = r.inside[:len(r.inside)-1]
	if err != nil {
		return nil, err
	}
	if r.held += len(out); r.held > maxHeld {
		return nil, fault.New(fault.TooCostly, "the value set %s is made of more than %d codes", r.outermost(d), maxHeld)
	}
	if r.done == nil {
		r.done = map[*definition]codes{}
	}
	r.done[d] = out
	return out, nil
}

func (r *run) outermost(d *definition) *definition {
	if len(r.inside) > 0 {
		return r.inside[0]
	}
	return d
}

// circular fails if a value set is being expanded already.
func (r *run) circular(d *definition) error {
	for i, outer := range r.inside {
		if outer != d && (outer.url != d.url || outer.tag != d.tag || d.url == "") {
			continue
		}
		var names []string
		for _, x := range append(r.inside[i:len(r.inside):len(r.inside)], d) {
			names = append(names, x.String())
		}
		return fault.New(fault.BadUserInput, "the value set %s is defined by itself: %s", d, strings.Join(names, " → "))
	}
	return nil
}

// made follows the compose, or where that cannot be followed takes an expansion that came with the value set.
func (r *run) made(ctx context.Context, d *definition) (codes, error) {
	s := d.valueSet
	var err error = fault.New(fault.Unsupported, "the value set %s has neither a compose nor a whole expansion", d)
	if s.composed {
		var out codes
		if out, err = r.composed(ctx, d); err == nil {
			return out, nil
		}
		if c := fault.Of(err); c != fault.BadUserInput && c != fault.Unsupported {
			return nil, err
		}
	}
	if !s.whole {
		return nil, err
	}
	out := make(codes, len(s.expanded))
	for _, c := range s.expanded {
		out[c] = struct{}{}
	}
	return out, nil
}

// composed is what is included less what is excluded.
func (r *run) composed(ctx context.Context, d *definition) (codes, error) {
	out := codes{}
	for i := range d.valueSet.include {
		some, err := r.component(ctx, d, &d.valueSet.include[i], d.valueSet.activeOnly)
		if err != nil {
			return nil, within(d, err)
		}
		out.addAll(some)
	}
	for i := range d.valueSet.exclude {
		some, err := r.component(ctx, d, &d.valueSet.exclude[i], false)
		if err != nil {
			return nil, within(d, err)
		}
		for c := range some {
			delete(out, c)
		}
	}
	return out, nil
}

// within says in which value set something is wrong.
func within(d *definition, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Store != "" {
		return err
	}
	c := *f
	c.Message = "in the value set " + d.String() + ": " + c.Message
	return &c
}

// component is what an include or exclude selects: of its system, and of all its value sets.
func (r *run) component(ctx context.Context, d *definition, c *component, activeOnly bool) (codes, error) {
	var out codes
	if c.system != "" {
		var err error
		if out, err = r.selected(ctx, c, activeOnly); err != nil {
			return nil, err
		}
	} else if len(c.valueSets) == 0 {
		return nil, fault.New(fault.BadUserInput, "an include or exclude names neither a system nor a value set")
	}
	for _, name := range c.valueSets {
		if strings.HasPrefix(name, "#") {
			return nil, fault.New(fault.Unsupported, "contained value sets (%s) are not expanded; store it on its own", name)
		}
		some, err := r.named(ctx, name)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = codes{}
			out.addAll(some)
			continue
		}
		for code := range out {
			if _, both := some[code]; !both {
				delete(out, code)
			}
		}
	}
	return out, nil
}
