package composite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Linking replaces the references of resources that are written together: those to names that the write gives, and conditional ones
// (Patient?identifier=…; R4, 3.1.0.11.2), which must have exactly one match. What has been found is kept, so that one
// condition is searched once. It is safe for concurrent use.
type Linking struct {
	storage *Storage
	caller  search.Caller

	mu    sync.Mutex
	found map[string]finding
}

// finding is what became of a conditional reference.
type finding struct {
	ref   fhir.Ref
	issue *fhir.Issue
}

// Linking begins one.
func (s *Storage) Linking(caller search.Caller) *Linking {
	return &Linking{storage: s, caller: caller, found: map[string]finding{}}
}

// Apply gives the resource with its references replaced. What names gives for a link is put in its place; nil knows none. Issues are
// conditional references that do not have exactly one match, each with the element that has it; their paths begin with the type. An
// error is the store's.
func (l *Linking) Apply(
	ctx context.Context, resourceType string, raw []byte, names func(fhir.Link) (string, bool),
) (out []byte, issues []fhir.Issue, err error) {
	if names == nil && bytes.IndexByte(raw, '?') < 0 && !bytes.Contains(raw, []byte(`\u003`)) { // an escaped one
		return raw, nil, nil
	}
	out = fhir.Relink(raw, func(link fhir.Link) (string, bool) {
		if names != nil {
			if to, ok := names(link); ok {
				return to, true
			}
		}
		if link.Kind != fhir.LinkReference || err != nil {
			return "", false
		}
		ref, bad := fhir.ParseReference(link.Text, l.storage.cfg.Base)
		if bad != nil || ref.Kind != fhir.ReferenceConditional {
			return "", false
		}
		var f finding
		if f, err = l.find(ctx, ref); f.issue != nil {
			issue := *f.issue
			issue.Path = resourceType + "." + link.Path()
			issues = append(issues, issue)
		}
		return f.ref.String(), err == nil && f.issue == nil
	})
	return out, issues, err
}

// find searches for what a conditional reference is about.
func (l *Linking) find(ctx context.Context, ref fhir.Reference) (finding, error) {
	key := ref.Type + "?" + ref.Query
	l.mu.Lock()
	f, ok := l.found[key]
	full := len(l.found) >= l.storage.cfg.References
	l.mu.Unlock()
	if ok {
		return f, nil
	}
	if full {
		return finding{}, fault.New(fault.TooCostly, "there are more than %d different conditional references; split what is written", l.storage.cfg.References)
	}
	f, err := l.ask(ctx, ref)
	if err == nil {
		l.mu.Lock()
		l.found[key] = f
		l.mu.Unlock()
	}
	return f, err
}

func (l *Linking) ask(ctx context.Context, ref fhir.Reference) (finding, error) {
	problem := func(code, format string, args ...any) (finding, error) {
		return finding{issue: &fhir.Issue{Code: code, Message: fmt.Sprintf(format, args...)}}, nil
	}
	q, err := l.storage.Condition(ref.Type, ref.Query)
	if err != nil {
		return problem("value", "is a conditional reference that cannot be read: %s", messageOf(err))
	}
	q.Caller = l.caller
	hits, err := l.storage.matches(ctx, *q, 2)
	switch {
	case fault.Of(err) == fault.Unsupported || fault.Of(err) == fault.BadUserInput:
		return problem("not-supported", "is a conditional reference that cannot be searched: %s", messageOf(err))
	case err != nil:
		return finding{}, err
	case len(hits) == 0:
		return problem("not-found", "is a conditional reference to a %s without a match", ref.Type)
	case len(hits) > 1:
		return problem("multiple-matches", "is a conditional reference to a %s with several matches", ref.Type)
	}
	return finding{ref: hits[0].Ref}, nil
}

// messageOf is what a client may be told of an error.
func messageOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return "internal error"
}

// MaxCondition is the length of a condition as in a URL, in bytes.
const MaxCondition = 64 << 10

// Condition reads the search part of a URL ("identifier=urn:x|1&active=true", with or without "?") as a condition on a type: what
// If-None-Exist holds, and what stands in the URL of a conditional command. It must have parameters, and all are strict; parameters that say
// how an answer looks (_count, _sort, …) are refused. The error is BadUserInput or Unsupported and lists everything wrong; TooCostly beyond MaxCondition.
func (s *Storage) Condition(resourceType, query string) (*search.Query, error) {
	if len(query) > MaxCondition {
		return nil, fault.New(fault.TooCostly, "the condition on %s is longer than %d bytes", resourceType, MaxCondition)
	}
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		return nil, fault.New(fault.BadUserInput, "the condition on %s is no query of a URL", resourceType)
	}
	if len(values) == 0 {
		return nil, fault.New(fault.BadUserInput, "the condition on %s is empty; write identifier=system|value, say", resourceType)
	}
	reader := s.intake.models.Current().Reader
	var where search.And
	var wrong []string
	code := fault.BadUserInput
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		e, err := reader.Clause(resourceType, name, values[name])
		if err != nil {
			if code = fault.Of(err); code == fault.Internal {
				return nil, err
			}
			wrong = append(wrong, messageOf(err))
			continue
		}
		where = append(where, e)
	}
	if len(wrong) > 0 {
		return nil, fault.New(code, "%s", strings.Join(wrong, "; "))
	}
	return &search.Query{Type: resourceType, Where: search.Simplify(where)}, nil
}
