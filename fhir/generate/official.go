package main

import (
	"fmt"
	"slices"
	"strings"
)

// The package's structure definitions carry additions of its maker and of later FHIR versions. Its data elements
// (one definition for each element that has no children) are as published, and decide.

// elementIDLength is how much of its path the id of a data element keeps: elements that agree so far hide each
// other, and only one of them is in the file.
const elementIDLength = 64 - len("de-")

// official is what the data elements say.
type official struct {
	byPath   map[string]element
	children map[string][]element // of a path, in the order of the specification
	prefixes map[string]bool
}

func newOfficial(elements []structure) official {
	o := official{byPath: map[string]element{}, children: map[string][]element{}, prefixes: map[string]bool{}}
	twice := map[string]bool{}
	for _, s := range elements {
		e := s.Snapshot.Element[0]
		_, seen := o.byPath[e.Path]
		twice[e.Path] = twice[e.Path] || seen
		o.byPath[e.Path] = e
		o.children[owner(e.Path)] = append(o.children[owner(e.Path)], e)
		o.prefixes[prefix(e.Path)] = true
	}
	for path, more := range twice {
		if more {
			delete(o.byPath, path) // profiles share the paths of their type: not decisive
		}
	}
	return o
}

func owner(path string) string { return path[:strings.LastIndexByte(path, '.')] }

func prefix(path string) string { return path[:min(len(path), elementIDLength)] }

// correct replaces, removes and adds elements of a structure until it is as published.
func (g *generator) correct(s structure) structure {
	all := s.Snapshot.Element
	parents := map[string]bool{}
	for _, e := range all[1:] {
		parents[owner(e.Path)] = true
	}
	kept, refuted := []element{all[0]}, map[string]bool{}
	for _, e := range all[1:] {
		published, ok := g.official.byPath[e.Path]
		own := strings.HasPrefix(e.Base.Path, s.Name+".")
		switch {
		case ok && !parents[e.Path]:
			kept = append(kept, published)
		case !own || parents[e.Path] || e.ContentReference != "" || g.official.prefixes[prefix(e.Path)]:
			kept = append(kept, e)
		default:
			refuted[owner(e.Path)] = true
			g.leftOut("element "+e.Path, "it is not in the published version")
		}
	}
	s.Snapshot.Element = g.restore(g.childless(kept, refuted))
	return s
}

// childless takes out the elements of which every child but references to other elements' content was refuted.
func (g *generator) childless(elements []element, refuted map[string]bool) []element {
	for _, e := range elements[1:] {
		if name := e.Path[strings.LastIndexByte(e.Path, '.')+1:]; e.ContentReference == "" &&
			name != "id" && name != "extension" && name != "modifierExtension" {
			delete(refuted, owner(e.Path))
		}
	}
	return slices.DeleteFunc(elements, func(e element) bool {
		if refuted[e.Path] {
			g.leftOut("element "+e.Path, "it is not in the published version")
		}
		return refuted[e.Path] || strings.Contains(e.Path, ".") && refuted[owner(e.Path)]
	})
}

// restore adds the published elements that are missing, each after the one it follows.
func (g *generator) restore(elements []element) []element {
	at := func(path string) int {
		return slices.IndexFunc(elements, func(e element) bool { return e.Path == path })
	}
	for _, parent := range slices.Clone(elements) {
		after := parent.Path
		for _, published := range g.official.children[parent.Path] {
			if at(published.Path) < 0 && published.Max != "0" {
				fmt.Fprintf(g.notes, "put back: element %s: it is in the published version\n", published.Path)
				elements = slices.Insert(elements, at(after)+1, published)
			}
			after = published.Path
		}
	}
	return elements
}
