package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
)

// maxProblems bounds the issues that a failed transaction names.
const maxProblems = 200

// problems are what is wrong with the entries of a transaction.
type problems struct {
	mu     sync.Mutex
	list   []problem
	beyond int
}

type problem struct {
	entry int
	code  fault.Code
	issue fhir.Issue
}

// clientErrors are the codes of what is wrong with an entry, the gravest first; all else is a failure of the whole.
var clientErrors = []fault.Code{
	fault.Forbidden, fault.BadUserInput, fault.Unsupported, fault.NotFound, fault.Gone, fault.PreconditionFailed, fault.Conflict, fault.TooCostly,
}

// add notes what is wrong with an entry; it gives back the error if it is not about the entry.
func (p *problems) add(entry int, err error) error {
	if err == nil {
		return nil
	}
	code := fault.Of(err)
	if !slices.Contains(clientErrors, code) {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := fmt.Sprintf("Bundle.entry[%d]", entry)
	var invalid *composite.InvalidError
	if !errors.As(err, &invalid) {
		p.put(problem{entry, code, fhir.Issue{Path: at, Code: outcome.CodeOf(code), Message: messageOf(err)}})
		return nil
	}
	for _, issue := range invalid.Issues {
		if _, rest, ok := strings.Cut(issue.Path, "."); ok {
			issue.Path = at + ".resource." + rest
		} else {
			issue.Path = at + ".resource"
		}
		p.put(problem{entry, code, issue})
	}
	return nil
}

func (p *problems) reset() { p.list, p.beyond = nil, 0 }

func (p *problems) put(one problem) {
	if len(p.list) >= maxProblems {
		p.beyond++
		return
	}
	p.list = append(p.list, one)
}

// error is all of them as one; nil if there are none.
func (p *problems) error() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.entry - b.entry })
	out := &composite.InvalidError{Ref: fhir.Ref{Type: "Bundle"}, Code: p.list[0].code}
	for _, one := range p.list {
		if slices.Index(clientErrors, one.code) < slices.Index(clientErrors, out.Code) {
			out.Code = one.code
		}
		out.Issues = append(out.Issues, one.issue)
	}
	if p.beyond > 0 {
		out.Issues = append(out.Issues, fhir.Issue{Path: "Bundle", Code: "too-long", Message: fmt.Sprintf("has %d more problems", p.beyond)})
	}
	return out
}

// issuesOf says of an error what a client may know.
func issuesOf(err error) []outcome.Issue {
	var invalid *composite.InvalidError
	if errors.As(err, &invalid) {
		return outcome.Of(outcome.Error, invalid.Issues)
	}
	return []outcome.Issue{outcome.Failure(fault.Of(err), messageOf(err))}
}
