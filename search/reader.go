package search

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heliograph/heliograph/internal/fault"
)

// maxConditions bounds what one argument may grow into: a chain without types is an alternative for every type that it may
// lead through.
const maxConditions = 2000

// ReaderConfig says how arguments are to be understood; the zero value is useful.
type ReaderConfig struct {
	// Base is the address of our own FHIR endpoint: references that are written with it are local.
	Base string
	// Location is the zone of dates and times that have none; nil is UTC.
	Location *time.Location
	// Units must be those of the Indexer that made the values.
	Units Units
	// Now is the time from which `ap` measures the distance of a date; nil is time.Now.
	Now func() time.Time
	// Quiet keeps the names that a misspelt one is near out of errors.
	Quiet bool
}

// Reader reads search arguments as FHIR writes them (FHIR R4, 3.1.1). It is safe for concurrent use.
type Reader struct {
	params *Parameters
	config ReaderConfig
}

// NewReader makes a reader for these parameters.
func NewReader(params *Parameters, c ReaderConfig) *Reader {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Reader{params: params, config: c}
}

// Quiet is the same reader with ReaderConfig.Quiet set.
func (r *Reader) Quiet() *Reader {
	c := r.config
	c.Quiet = true
	return &Reader{params: r.params, config: c}
}

// Clause reads one argument: a name as in a URL ("birthdate", "name:exact", "subject:Patient.name",
// "_has:Observation:subject:code") and its values, decoded from the URL but not from FHIR's own escapes. Repeated values are AND,
// commas within one are OR. The condition is not simplified.
//
// The error is one fault.BadUserInput (fault.Unsupported, fault.TooCostly) that lists all that is wrong with the argument: the
// parameter, what is wrong and what would be right; never a value.
func (r *Reader) Clause(resourceType, name string, values []string) (Expr, error) {
	if !r.params.Definitions().IsResource(resourceType) {
		return nil, fault.New(fault.BadUserInput, "%s is not a resource type", printable(resourceType))
	}
	s := &reading{Reader: r, name: printable(name), budget: maxConditions}
	if len(values) == 0 {
		return nil, s.bad("it has no value")
	}
	var all And
	var errs []error
	for _, v := range values {
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			errs = append(errs, s.bad("the value is not text"))
			continue
		}
		e, err := s.condition(resourceType, name, v)
		errs, all = append(errs, err), append(all, e)
	}
	if err := together(errs); err != nil {
		return nil, err
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

// Sort reads the keys of `_sort`, each a parameter, descending with a "-" before it; a key may also be several, with commas
// between them; "-_score" is relevance, best first. Composites and parameters without values cannot be sorted by.
func (r *Reader) Sort(resourceType string, keys []string) ([]SortKey, error) {
	var out []SortKey
	var errs []error
	for _, key := range strings.Split(strings.Join(keys, ","), ",") {
		code, desc := strings.CutPrefix(strings.TrimSpace(key), "-")
		s := &reading{Reader: r, name: "_sort"}
		if code == "" {
			errs = append(errs, s.bad("a key is empty; write a parameter, and a - before it for descending order"))
			continue
		}
		if code == ParamScore {
			k, err := s.sortByScore(resourceType, desc)
			out, errs = append(out, k), append(errs, err)
			continue
		}
		p, err := s.param(resourceType, code)
		switch {
		case err != nil:
			errs = append(errs, err)
		case p.Type == Composite || p.Type == Special:
			errs = append(errs, s.bad("%s cannot be sorted by: it is of type %s", p.Code, p.Type))
		default:
			out = append(out, SortKey{Param: s.orderParam(p), Desc: desc})
		}
	}
	if err := together(errs); err != nil {
		return nil, err
	}
	return out, nil
}

// reading is one argument being read.
type reading struct {
	*Reader
	name   string
	budget int
}

func (s *reading) bad(format string, args ...any) *fault.Error {
	return fault.New(fault.BadUserInput, s.name+": "+format, args...)
}

// unknown is a parameter that a type does not have: in a chain without types, not an error of its own.
type unknown struct{ err *fault.Error }

// Error implements error.
func (u unknown) Error() string { return u.err.Error() }

// Unwrap gives the error itself.
func (u unknown) Unwrap() error { return u.err }

// condition reads one value of an argument.
func (s *reading) condition(resourceType, name, value string) (Expr, error) {
	if s.budget--; s.budget < 0 {
		return nil, s.tooMany()
	}
	if rest, ok := strings.CutPrefix(name, "_has:"); ok {
		return s.has(resourceType, rest, value)
	}
	head, rest, chained := strings.Cut(name, ".")
	code, modifier, modified := strings.Cut(head, ":")
	p, err := s.param(resourceType, code)
	if err != nil {
		return nil, err
	}
	if modified && modifier == "" {
		return nil, s.bad("there is nothing after the colon of %s", code)
	}
	if chained {
		return s.chain(p, modifier, rest, value)
	}
	return s.clause(p, modifier, value)
}

func (s *reading) param(resourceType, code string) (*Param, error) {
	if p := s.params.Param(resourceType, code); p != nil {
		return p, nil
	}
	err := s.bad("%s has no search parameter %s", resourceType, printable(code))
	if near := s.params.Suggest(resourceType, code); len(near) > 0 && !s.config.Quiet {
		err.Message += "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return nil, unknown{err}
}

func (s *reading) tooMany() error {
	return fault.New(fault.TooCostly, "%s: it comes to more than %d conditions; ask for fewer, and name the types, as in subject:Patient.name", s.name, maxConditions)
}

// chain reads param.rest and param:Type.rest.
func (s *reading) chain(p *Param, target, rest, value string) (Expr, error) {
	return s.follow(p, target, rest, func(t string) (Expr, error) { return s.condition(t, rest, value) })
}

// follow leads through a reference to what reads the rest for a type. Without a target it is an alternative for every one that has what
// follows.
func (s *reading) follow(p *Param, target, rest string, read func(resourceType string) (Expr, error)) (Expr, error) {
	if p.Type != Reference {
		return nil, s.bad("%s.%s is of type %s: only a reference can be followed", p.Resource, p.Code, p.Type)
	}
	if target != "" {
		if err := s.target(p, target); err != nil {
			return nil, err
		}
		where, err := read(target)
		return Chain{Param: p, Target: target, Where: where}, err
	}
	targets := p.Targets
	if len(targets) == 0 {
		targets = s.params.Definitions().Resources()
	}
	var any Or
	var errs []error
	for _, t := range targets {
		where, err := read(t)
		var u unknown
		switch {
		case err == nil:
			any = append(any, Chain{Param: p, Target: t, Where: where})
		case fault.Of(err) == fault.TooCostly:
			return nil, err
		case !errors.As(err, &u):
			errs = append(errs, err)
		}
	}
	switch {
	case len(errs) > 0:
		return nil, together(errs)
	case len(any) == 0:
		return nil, unknown{s.bad("none of the types that %s.%s refers to (%s) has %s", p.Resource, p.Code, some(targets), printable(rest))}
	case len(any) == 1:
		return any[0], nil
	}
	return any, nil
}

// target checks that a reference parameter can point at a type.
func (s *reading) target(p *Param, target string) error {
	switch {
	case !s.params.Definitions().IsResource(target):
		return s.bad("%s is not a resource type%s", printable(target), Near(s.params.Definitions().Resources(), target))
	case len(p.Targets) > 0 && !slices.Contains(p.Targets, target):
		return s.bad("%s.%s refers to %s, not to %s", p.Resource, p.Code, some(p.Targets), target)
	}
	return nil
}

// has reads what follows "_has:": Type:param:rest.
func (s *reading) has(resourceType, name, value string) (Expr, error) {
	parts := strings.SplitN(name, ":", 3)
	if len(parts) != 3 {
		return nil, s.bad("write _has:Type:reference:parameter")
	}
	p, err := s.referrer(resourceType, parts[0], parts[1])
	if err != nil {
		return nil, err
	}
	where, err := s.condition(p.Resource, parts[2], value)
	return Has{Param: p, Where: where}, err
}

// referrer is the reference parameter through which resources of one type may refer to another.
func (s *reading) referrer(resourceType, source, code string) (*Param, error) {
	if !s.params.Definitions().IsResource(source) {
		return nil, s.bad("%s is not a resource type%s", printable(source), Near(s.params.Definitions().Resources(), source))
	}
	p, err := s.param(source, code)
	if err != nil {
		return nil, err
	}
	if p.Type != Reference {
		return nil, s.bad("%s.%s is of type %s, not a reference", source, code, p.Type)
	}
	return p, s.target(p, resourceType)
}
