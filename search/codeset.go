package search

import (
	"slices"

	"github.com/heliograph/heliograph/fhir"
)

// CodeSet names a set of codes that a terminology gives: what a token clause with In, Above or Below compares with. Equal code
// sets are the same key.
type CodeSet struct {
	// Modifier is In (the members of a value set), Above (a code and what subsumes it) or Below (a code and what it subsumes).
	Modifier Modifier
	// ValueSet is what In names: a canonical URL, with its |version where one was asked for, or "ValueSet/id".
	ValueSet string
	// Code is what Above and Below start from.
	Code fhir.Code
}

// String is the code set as plans and errors show it: "ValueSet http://…", "below system|code".
func (s CodeSet) String() string {
	if s.Modifier == In {
		return "ValueSet " + s.ValueSet
	}
	return s.Modifier.String() + " " + s.Code.System + "|" + s.Code.Code
}

// codeSet is what one value of a clause compares with.
func codeSet(m Modifier, v *Value) CodeSet {
	if m == In {
		return CodeSet{Modifier: In, ValueSet: v.Text}
	}
	return CodeSet{Modifier: m, Code: fhir.Code{System: v.System, Code: v.Code}}
}

// CodeSets are the code sets that a clause compares with, one a value; none if it needs no terminology.
func (e Clause) CodeSets() []CodeSet {
	if !usesCodes(e.Param, e.Modifier) {
		return nil
	}
	out := make([]CodeSet, len(e.Values))
	for i := range e.Values {
		out[i] = codeSet(e.Modifier, &e.Values[i])
	}
	return out
}

func usesCodes(p *Param, m Modifier) bool {
	return p.Type == Token && (m == In || m == Above || m == Below)
}

// CodeSets are all code sets that a condition needs, wherever in it they stand, each once, in the order in which they occur.
func CodeSets(e Expr) []CodeSet { return appendCodeSets(nil, e) }

func appendCodeSets(out []CodeSet, e Expr) []CodeSet {
	switch e := e.(type) {
	case And:
		return appendAllCodeSets(out, e)
	case Or:
		return appendAllCodeSets(out, e)
	case Not:
		return appendCodeSets(out, e.X)
	case Chain:
		return appendCodeSets(out, e.Where)
	case Has:
		return appendCodeSets(out, e.Where)
	case List:
		return appendCodeSets(out, e.Where)
	case Clause:
		for _, s := range e.CodeSets() {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func appendAllCodeSets(out []CodeSet, parts []Expr) []CodeSet {
	for _, p := range parts {
		out = appendCodeSets(out, p)
	}
	return out
}
