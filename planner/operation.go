package planner

import (
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Operation is everything that one client operation asks of the stores, nested parts included, so that one plan covers it.
type Operation struct {
	// Caller is on whose behalf all parts run; it replaces the callers of their queries.
	Caller search.Caller
	// AtLeast is the position that every answer must have reached (a sync token); 0 asks nothing.
	AtLeast search.Position
	// Parts are all parts, each behind its parent; a part's index is its number.
	Parts []Part
}

// Kind says what a Part asks.
type Kind uint8

// The kinds. Keys and parents of nested parts are found at run time and bind a level at a time.
const (
	// Get reads resources by key: a root read, or the targets of references.
	Get Kind = iota
	// Search finds resources of a type.
	Search
	// Each finds, per parent, the resources that refer to it.
	Each
	// History lists versions.
	History
)

// Part is one thing that an operation asks.
type Part struct {
	Kind Kind
	// Path is where in the operation it stands ("PatientList.ObservationList"), for people.
	Path string
	// Parent is the number of the part whose rows it hangs on; -1 at the root.
	Parent int
	// Query is what to find (Search, Each). Its Caller is the operation's, whatever is set here.
	Query search.Query
	// Param is the reference parameter of Each.
	Param *search.Param
	// Targets are the types that a Get may meet, or that the parents of an Each are of; empty is any. They are for people and for
	// routing, not a filter.
	Targets []string
	// Rows asks for rows, Total for the number of all matches.
	Rows  bool
	Total Total
	// Score asks for each row's relevance in a Search; one without words to rank by has none, and an Each has
	// none. Where no store gives it, the plan is Degraded and goes without.
	Score bool
	// After, Reverse, Offset and Limit are the page, per parent in Each. Reverse walks the same order backward, from After or
	// from the end. Limit 0 asks for all: more than Cap rows is then TooCostly, never a cut list; one of the two must be set
	// where Rows is.
	After   *search.Cursor
	Reverse bool
	Offset  int
	Limit   int
	Cap     int
	// HistoryOf names the resource of a History.
	HistoryOf fhir.Ref
	// Since and Until bound a History by lastUpdated, in microseconds: [Since, Until); 0 is no bound.
	Since, Until int64
	// Before goes on with a History below this position; 0 starts at the newest.
	Before search.Position
}

// EstimateAbove is how many matches an estimate counts before it trusts statistics.
const EstimateAbove = 1000

// Total says whether the number of all matches is asked for.
type Total uint8

// The totals.
const (
	NoTotal Total = iota
	// Estimate is exact up to EstimateAbove matches, and above that a number from statistics, or EstimateAbove + 1 if they
	// know less; a list per parent is counted as for Accurate.
	Estimate
	Accurate
)

// check refuses pages that mean nothing.
func (p *Part) check() error {
	switch {
	case p.Offset < 0 || p.Limit < 0 || p.Cap < 0:
		return fault.New(fault.BadUserInput, "%s: an offset, a count or a limit is negative", p.Path)
	case (p.Kind == Search || p.Kind == Each) && p.Rows && p.Limit == 0 && p.Cap == 0:
		return fault.New(fault.Internal, "%s: rows without a limit and without a cap", p.Path)
	case p.Kind == Each && search.Ranked(p.Query.Sort):
		return fault.New(fault.Unsupported, "%s: a list per parent is not ordered by relevance; search from the root, by the reference", p.Path)
	case p.Kind == Each && p.Param == nil:
		return fault.New(fault.Internal, "%s: no reference parameter", p.Path)
	}
	return nil
}

// window is how many rows make a full page, and one more that shows whether rows follow.
func (p *Part) window() int {
	if p.Limit > 0 {
		return p.Offset + p.Limit + 1
	}
	return p.Offset + p.Cap + 1
}
