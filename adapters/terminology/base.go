package terminology

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed r4.txt
var r4Text string

// Base are code systems and value sets that are known without being stored: those of the base definitions of FHIR that are small, whole
// and free to give. It is immutable and safe for concurrent use.
type Base struct {
	// blocks are the definitions' texts by type and URL: each is read when it is first asked for.
	blocks map[baseKey]string
	read   sync.Map // of *definition by baseKey
}

type baseKey struct{ resourceType, url string }

var r4 = sync.OnceValue(func() *Base { return newBase(r4Text) })

// R4 are those of FHIR R4 (4.0.1): HL7's own code systems but for those of version 2, and the value sets that list no codes under a licence.
func R4() *Base { return r4() }

func newBase(text string) *Base {
	b := &Base{blocks: map[baseKey]string{}}
	var key baseKey
	start, at := 0, 0
	for line := range strings.Lines(text) {
		switch line[0] {
		case 'S', 'V':
			b.blocks[key], start = text[start:at], at
			key = baseKey{codeSystemType, strings.Split(line, "\t")[1]}
			if line[0] == 'V' {
				key.resourceType = valueSetType
			}
		}
		at += len(line)
	}
	b.blocks[key] = text[start:]
	delete(b.blocks, baseKey{}) // what is before the first
	return b
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// find gives a definition; nil if there is none of that URL and version.
func (b *Base) find(l lookup) *definition {
	if b == nil {
		return nil
	}
	key := baseKey{l.resourceType, l.url}
	kept, ok := b.read.Load(key)
	if !ok {
		text, there := b.blocks[key]
		if !there {
			return nil
		}
		kept, _ = b.read.LoadOrStore(key, readBlock(text))
	}
	d, ok := kept.(*definition)
	if !ok || l.version != "" && l.version != d.tag {
		return nil
	}
	return d
}

func readBlock(text string) *definition {
	head := strings.Split(firstLine(text), "\t")
	d := &definition{url: head[1], tag: head[2]}
	_, rest, _ := strings.Cut(text, "\n")
	if head[0] == "S" {
		d.codeSystem = readConcepts(rest)
		d.codeSystem.valueSet = head[3]
	} else {
		d.valueSet = readComponents(rest)
	}
	return d
}

// readConcepts reads a concept a line, indented by one tab and one more for each level.
func readConcepts(text string) *codeSystem {
	s := newCodeSystem()
	s.content = "complete"
	var above []int32 // the concept that each level is in
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSuffix(strings.TrimLeft(line, "\t"), "\n"), "\t")
		depth := len(line) - len(strings.TrimLeft(line, "\t")) - 1
		i := s.concept(fields[0])
		if depth > 0 && depth <= len(above) {
			s.link(above[depth-1], i)
		}
		above = append(above[:min(depth, len(above))], i)
		for _, f := range fields[1:] {
			if child, ok := strings.CutPrefix(f, ">"); ok {
				s.addProperty(i, property{code: "child", value: child})
			} else {
				s.concepts[i].inactive = true
			}
		}
	}
	s.relate()
	return s
}

// readComponents reads an include or exclude a line.
func readComponents(text string) *valueSet {
	s := &valueSet{composed: true}
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		c := component{system: fields[1]}
		for f := fields[2:]; len(f) > 1; f = f[2:] {
			switch f[0] {
			case "c":
				c.listed, c.codes = true, append(c.codes, f[1])
			case "v":
				c.valueSets = append(c.valueSets, f[1])
			case "f":
				c.filters = append(c.filters, filter{f[1], f[2], f[3]})
				f = f[2:]
			}
		}
		if fields[0] == "+" {
			s.include = append(s.include, c)
		} else {
			s.exclude = append(s.exclude, c)
		}
	}
	return s
}
