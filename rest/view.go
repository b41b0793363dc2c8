package rest

import (
	"strings"
	"sync"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// view says what of resources is shown; nil shows all of them.
type view interface {
	of(resourceType string) *mask
}

// mask says which members of an object are shown, and what of each; a nil mask shows all.
type mask struct {
	members map[string]*mask
	// except turns it round: the members are left out.
	except bool
}

// masks are those of _summary, made when a type is first asked for.
type masks struct {
	defs *fhir.Definitions
	mu   sync.Mutex
	made map[string]*mask
}

func newMasks(defs *fhir.Definitions) *masks { return &masks{defs: defs, made: map[string]*mask{}} }

// summary is one of the forms of _summary.
type summary struct {
	masks *masks
	form  string
}

func (s summary) of(resourceType string) *mask {
	if s.form == "data" {
		return &mask{members: map[string]*mask{"text": nil}, except: true}
	}
	s.masks.mu.Lock()
	defer s.masks.mu.Unlock()
	key := s.form + " " + resourceType
	m := s.masks.made[key]
	if m == nil {
		t := s.masks.defs.Type(resourceType)
		m = s.masks.mandatory(t)
		if s.form == "text" {
			m.members["text"] = nil
		} else {
			m = s.masks.summary(t)
			m.members["resourceType"], m.members["id"], m.members["meta"] = nil, nil, nil
		}
		s.masks.made[key] = m
	}
	return m
}

// mandatory shows what every view of a resource has: its identity, what changes its meaning, and what must be there.
func (s *masks) mandatory(t *fhir.Type) *mask {
	m := &mask{members: map[string]*mask{"resourceType": nil, "id": nil, "meta": nil, "implicitRules": nil, "modifierExtension": nil}}
	for f := range t.Fields() {
		if f.Element.Min > 0 {
			m.members[f.JSON] = nil
		}
	}
	return m
}

// summary shows the elements that the definitions mark, in types as in resources.
func (s *masks) summary(t *fhir.Type) *mask {
	if m, ok := s.made[t.Name]; ok {
		return m
	}
	m := &mask{members: map[string]*mask{}}
	s.made[t.Name] = m // types contain themselves
	for f := range t.Fields() {
		if !f.Element.Summary && f.Element.Min == 0 {
			continue
		}
		d := f.Definition()
		if d.Kind == fhir.KindComplex || d.Kind == fhir.KindBackbone {
			m.members[f.JSON] = s.summary(d)
		} else {
			m.members[f.JSON] = nil
		}
	}
	if len(m.members) == 0 {
		s.made[t.Name] = nil
		return nil
	}
	return m
}

// elements is _elements, by type.
type elements map[string]*mask

func (e elements) of(resourceType string) *mask { return e[resourceType] }

// view reads _summary and _elements for answers whose matches are of these types. What is included beside them is shown whole.
func (h *Handler) view(q *request, types []string) (view, error) {
	if err := q.args.once("_summary"); err != nil {
		return nil, err
	}
	form, summarised := q.args.first("_summary")
	list, listed := q.args.list("_elements")
	switch {
	case summarised && listed && form != "false":
		return nil, fault.New(fault.BadUserInput, "_summary and _elements do not go together")
	case listed:
		return h.elements(list, types)
	case !summarised || form == "false" || form == "count":
		return nil, nil
	case form == "true" || form == "text" || form == "data":
		return summary{h.masks, form}, nil
	}
	return nil, fault.New(fault.BadUserInput, "_summary is true, text, data, count or false")
}

// elements reads a list of elements, which each of the types has at least one of.
func (h *Handler) elements(list string, types []string) (view, error) {
	out := make(elements, len(types))
	found := map[string]bool{}
	names := strings.Split(list, ",")
	for _, typeName := range types {
		t := h.defs.Type(typeName)
		m := h.masks.mandatory(t)
		for _, name := range names {
			bare := strings.TrimPrefix(strings.TrimSpace(name), typeName+".")
			for f := range t.Fields() {
				if f.JSON == bare || f.Element.Name == bare {
					m.members[f.JSON], found[name] = nil, true
				}
			}
			found[name] = found[name] || bare == "resourceType"
		}
		out[typeName] = m
	}
	var wrong mistakes
	for _, name := range names {
		if !found[name] {
			wrong.took(h.noElement(types, strings.TrimSpace(name)))
		}
	}
	return out, wrong.err()
}

// noElement says that none of the types has an element, and of one type which was meant.
func (h *Handler) noElement(types []string, name string) error {
	switch {
	case name == "":
		return fault.New(fault.BadUserInput, "_elements: there is a comma without an element")
	case len(types) > 1:
		return fault.New(fault.BadUserInput, "_elements: none of the types has an element %s at its top", printable(name))
	}
	like := ""
	if !h.mute {
		var names []string
		for f := range h.defs.Type(types[0]).Fields() {
			names = append(names, f.JSON)
		}
		like = search.Near(names, name)
	}
	return fault.New(fault.BadUserInput, "_elements: %s has no element %s at its top%s", types[0], printable(name), like)
}

// printable is a name from outside, short enough for a message and without control characters.
func printable(name string) string {
	if len(name) > 80 {
		name = name[:80] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '�' {
			return '?'
		}
		return r
	}, name)
}
