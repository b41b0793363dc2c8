package terminology

import (
	"strings"

	"github.com/valyala/fastjson"
)

// codeSystem is a CodeSystem's content: its concepts with their properties and the hierarchy over them.
type codeSystem struct {
	content, meaning string
	// valueSet is the canonical of the value set of all its codes.
	valueSet string
	concepts []concept
	index    map[string]int32
	// properties are the declared properties by code; their value is the property's uri.
	properties map[string]string
	used       map[string]bool // codes of properties that some concept has
}

// concept is a code with what filters ask about it. parents and children are indexes in codeSystem.concepts.
type concept struct {
	code, display     string
	properties        []property
	parents, children []int32
	inactive          bool
}

type property struct{ code, value string }

// conceptProperties begins the uris of the properties that FHIR itself defines (CodeSystem, "Predefined Properties").
const conceptProperties = "http://hl7.org/fhir/concept-properties#"

func newCodeSystem() *codeSystem {
	return &codeSystem{index: map[string]int32{}, properties: map[string]string{}, used: map[string]bool{}}
}

func readCodeSystem(v *fastjson.Value) *codeSystem {
	s := newCodeSystem()
	s.content, s.meaning, s.valueSet = text(v, "content"), text(v, "hierarchyMeaning"), text(v, "valueSet")
	for _, p := range v.GetArray("property") {
		s.properties[text(p, "code")] = text(p, "uri")
	}
	s.read(v.GetArray("concept"), -1)
	s.relate()
	return s
}

// concept is where the concept of a code is: it is made if it is not there. A code that occurs twice is one concept in two places.
func (s *codeSystem) concept(code string) int32 {
	i, there := s.index[code]
	if !there {
		i = int32(len(s.concepts))
		s.index[code] = i
		s.concepts = append(s.concepts, concept{code: code})
	}
	return i
}

// read adds concepts below a parent (−1: none).
func (s *codeSystem) read(list []*fastjson.Value, parent int32) {
	for _, v := range list {
		code := text(v, "code")
		if code == "" {
			continue
		}
		i := s.concept(code)
		if display := text(v, "display"); display != "" {
			s.concepts[i].display = display
		}
		for _, p := range v.GetArray("property") {
			s.addProperty(i, property{code: text(p, "code"), value: valueOf(p)})
		}
		if parent >= 0 {
			s.link(parent, i)
		}
		s.read(v.GetArray("concept"), i)
	}
}

func (s *codeSystem) addProperty(i int32, p property) {
	c := &s.concepts[i]
	c.properties = append(c.properties, p)
	s.used[p.code] = true
	switch s.meaningOf(p.code) {
	case "inactive":
		c.inactive = c.inactive || p.value == "true"
	case "status":
		c.inactive = c.inactive || p.value == "inactive" || p.value == "retired"
	}
}

// valueOf is a property's value[x] as text; of a Coding its code.
func valueOf(p *fastjson.Value) string {
	o, err := p.Object()
	if err != nil {
		return ""
	}
	value := ""
	o.Visit(func(name []byte, v *fastjson.Value) {
		if !strings.HasPrefix(string(name), "value") {
			return
		}
		switch v.Type() {
		case fastjson.TypeString:
			value = string(v.GetStringBytes())
		case fastjson.TypeObject:
			value = text(v, "code")
		default:
			value = string(v.MarshalTo(nil))
		}
	})
	return value
}

// meaningOf is the name of the predefined property that a property is, by its uri or, where it has none, by its code.
func (s *codeSystem) meaningOf(code string) string {
	if uri := s.properties[code]; uri != "" {
		return strings.TrimPrefix(uri, conceptProperties)
	}
	return code
}

// relate adds the edges that properties named parent and child make.
func (s *codeSystem) relate() {
	for i := range s.concepts {
		for _, p := range s.concepts[i].properties {
			other, there := s.index[p.value]
			if !there {
				continue
			}
			switch s.meaningOf(p.code) {
			case "parent":
				s.link(other, int32(i))
			case "child":
				s.link(int32(i), other)
			}
		}
	}
}

func (s *codeSystem) link(parent, child int32) {
	if parent == child {
		return
	}
	s.concepts[parent].children = append(s.concepts[parent].children, child)
	s.concepts[child].parents = append(s.concepts[child].parents, parent)
}

// closure is a concept with all that its edges lead to, over any number of them. Circles end it.
func (s *codeSystem) closure(start int32, edges func(*concept) []int32) map[int32]bool {
	seen := map[int32]bool{start: true}
	for queue := []int32{start}; len(queue) > 0; {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, next := range edges(&s.concepts[at]) {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return seen
}

func up(c *concept) []int32   { return c.parents }
func down(c *concept) []int32 { return c.children }

// values are those of a property; of "code" and "display" the concept's own.
func (s *codeSystem) values(c *concept, name string) []string {
	switch name {
	case "code", "concept":
		return []string{c.code}
	case "display":
		return []string{c.display}
	}
	var out []string
	for _, p := range c.properties {
		if p.code == name || s.meaningOf(p.code) == name {
			out = append(out, p.value)
		}
	}
	return append(out, s.related(c, name)...)
}

// related are the parents or children where no property says them, the nesting alone.
func (s *codeSystem) related(c *concept, name string) []string {
	var edges []int32
	switch name {
	case "parent":
		edges = c.parents
	case "child":
		edges = c.children
	}
	out := make([]string, len(edges))
	for i, e := range edges {
		out[i] = s.concepts[e].code
	}
	return out
}

// knows says whether a property means something here.
func (s *codeSystem) knows(name string) bool {
	switch name {
	case "code", "concept", "display", "parent", "child", "inactive", "status", "notSelectable":
		return true
	}
	if _, declared := s.properties[name]; declared || s.used[name] {
		return true
	}
	for code := range s.properties {
		if s.meaningOf(code) == name {
			return true
		}
	}
	return false
}
