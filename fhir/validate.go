package fhir

import (
	"fmt"
	"strings"

	"github.com/valyala/fastjson"
)

// Issue is one problem of a resource.
type Issue struct {
	// Path is a FHIRPath location: "Patient.name[0].given[1]".
	Path string
	// Code is a code of OperationOutcome.issue.code: structure, required, value, code-invalid, not-found or too-long.
	Code string
	// Message says what is wrong and what is wanted. It has no values of the resource.
	Message string
}

// String is the issue on one line.
func (i Issue) String() string { return i.Path + " " + i.Message }

// ValidateOptions are the ways in which Validate can differ; the zero value is strict.
type ValidateOptions struct {
	// Lenient forgives what legacy data bends: see Validate.
	Lenient bool
	// Forgiven, if set, is told each issue that Lenient leaves out of the result.
	Forgiven func(Issue)
	// Base is the address of our own FHIR endpoint; references below it count as relative ones.
	Base string
	// Type is the resource type that is expected; "" is any.
	Type string
	// MaxIssues bounds the issues; 0 is 200. One more at the end says how many there were beyond.
	MaxIssues int
}

const (
	defaultIssues = 200
	maxFields     = 256 // members of a type: what a memberSet holds
	maxElements   = 128
)

type (
	memberSet  [maxFields / 64]uint64
	elementSet [maxElements / 64]uint64
)

func (s *memberSet) has(i int) bool  { return s[i>>6]&(1<<(i&63)) != 0 }
func (s *memberSet) add(i int)       { s[i>>6] |= 1 << (i & 63) }
func (s *elementSet) has(i int) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s *elementSet) add(i int)      { s[i>>6] |= 1 << (i & 63) }

// Validate checks a resource against the definitions and returns every problem, in the order of the resource:
// members that do not exist, wrong JSON types, cardinalities, the formats of primitives and their siblings, choices
// made twice, required bindings whose codes are held, the types of reference targets, contained resources.
// Invariants and profiles are not checked. Nil means that nothing was found.
//
// With Lenient four kinds of problem are forgiven, none of which makes a resource ambiguous to read, store or
// index: a required element that is missing, a code outside its required value set, a reference to a type of
// resource that is no target or to a contained resource that is not there, and arrays of a primitive and of its
// siblings that differ in length.
func (d *Definitions) Validate(resource *fastjson.Value, opt ValidateOptions) []Issue {
	v := validation{defs: d, opt: opt, root: resource, path: make([]step, 0, 16)}
	if v.opt.MaxIssues == 0 {
		v.opt.MaxIssues = defaultIssues
	}
	v.resource(resource, opt.Type)
	if v.beyond > 0 {
		root, _, _ := strings.Cut(v.issues[0].Path, ".")
		v.issues = append(v.issues, Issue{Path: root, Code: "too-long", Message: fmt.Sprintf("has %d more problems", v.beyond)})
	}
	return v.issues
}

// step is one part of a path; index is -1 where the element is not a list.
type step struct {
	name  string
	index int
}

// validation is one call of Validate.
type validation struct {
	defs      *Definitions
	opt       ValidateOptions
	root      *fastjson.Value
	path      []step
	contained bool
	issues    []Issue
	beyond    int
	buffer    [64]byte
}

func (v *validation) resource(value *fastjson.Value, want string) {
	object := value.GetObject()
	if object == nil {
		v.push("Resource", -1)
		v.report("structure", "is not a JSON object")
		v.pop()
		return
	}
	name := object.Get("resourceType").GetStringBytes()
	t := v.defs.types[string(name)]
	known := t != nil && t.Kind == KindResource
	root := len(v.path) == 0
	if root && known {
		v.push(t.Name, -1)
	} else if root {
		v.push("Resource", -1)
	}
	switch {
	case !known:
		v.report("structure", "has no resourceType of FHIR "+v.defs.Version)
	case want != "" && want != t.Name:
		v.report("structure", "is of type "+t.Name+" where "+want+" is expected")
	default:
		v.object(object, t)
	}
	if root {
		v.pop()
	}
}

func (v *validation) push(name string, index int) { v.path = append(v.path, step{name, index}) }
func (v *validation) pop()                        { v.path = v.path[:len(v.path)-1] }

// report adds an issue at the current path.
func (v *validation) report(code, message string) {
	if len(v.issues) >= v.opt.MaxIssues {
		v.beyond++
		return
	}
	v.issues = append(v.issues, v.issue(code, message))
}

// bend is report for what Lenient forgives.
func (v *validation) bend(code, message string) {
	switch {
	case !v.opt.Lenient:
		v.report(code, message)
	case v.opt.Forgiven != nil:
		v.opt.Forgiven(v.issue(code, message))
	}
}

// bendAt is bend for a member of the current object.
func (v *validation) bendAt(name, code, message string) {
	v.push(name, -1)
	v.bend(code, message)
	v.pop()
}

func (v *validation) issue(code, message string) Issue {
	path := make([]byte, 0, 64)
	for i, s := range v.path {
		if i > 0 {
			path = append(path, '.')
		}
		path = append(path, s.name...)
		if s.index >= 0 {
			path = fmt.Appendf(path, "[%d]", s.index)
		}
	}
	return Issue{Path: string(path), Code: code, Message: message}
}

// reportAt is report for a member of the current object.
func (v *validation) reportAt(name, code, message string) {
	v.push(name, -1)
	v.report(code, message)
	v.pop()
}
