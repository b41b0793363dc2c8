package planner_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

var parameters = sync.OnceValues(func() (*search.Parameters, error) {
	p, errs := search.NewParameters(fhir.R4())
	return p, errors.Join(errs...)
})

func reader(t testing.TB) *search.Reader {
	t.Helper()
	p, err := parameters()
	if err != nil {
		t.Fatal(err)
	}
	return search.NewReader(p, search.ReaderConfig{Now: func() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }})
}

var features = map[string]search.Feature{
	"all": search.CanAll, "and": search.CanAnd, "or": search.CanOr, "not": search.CanNot, "chain": search.CanChain,
	"has": search.CanHas, "ids": search.CanIDs, "text": search.CanText, "content": search.CanContent, "list": search.CanList,
	"sort": search.CanSort, "count": search.CanCount, "each": search.CanEach, "within": search.CanWithin, "bodies": search.CanBodies, "score": search.CanScore,
}

// snapshot reads stores, a line each: id, then words. "primary", "away" and "at=5" say what it is; "fixed=3" and "row=20" what it
// costs, "rows=Patient:1000" and "values=Patient.gender:1000/2" what it holds; features stand for themselves, and
// "name", "name:exact" or "*" are parameters that it claims. "building=Patient.name" is a parameter that is not ready. A line
// "terminology" says that there is one.
func snapshot(t testing.TB, text string) *planner.Snapshot {
	t.Helper()
	s := &planner.Snapshot{Number: 7}
	for line := range strings.Lines(text) {
		switch words := strings.Fields(line); {
		case len(words) == 0:
		case words[0] == "terminology":
			s.Terminology = words[0]
		default:
			s.Stores = append(s.Stores, storeState(t, words))
		}
	}
	return s
}

func storeState(t testing.TB, words []string) planner.StoreState {
	t.Helper()
	st := planner.StoreState{ID: words[0], Healthy: true, FixedMS: 0.05, PerRowUS: 2}
	for _, w := range words[1:] {
		key, value, assigned := strings.Cut(w, "=")
		switch {
		case w == "primary":
			st.Primary = true
		case w == "away":
			st.Healthy, st.Away = false, "it does not answer"
		case assigned:
			assign(t, &st, key, value)
		case features[w] != 0:
			st.Claims.Features |= features[w]
		default:
			st.Claims.Params = append(st.Claims.Params, paramClaim(t, w))
		}
	}
	return st
}

func paramClaim(t testing.TB, w string) search.ParamClaim {
	t.Helper()
	if w == "*" {
		return search.ParamClaim{}
	}
	code, modifier, modified := strings.Cut(w, ":")
	claim := search.ParamClaim{Codes: []string{code}}
	if !modified {
		return claim
	}
	for m := search.Plain; m <= search.TextAdvanced; m++ {
		if m.String() == modifier {
			claim.Modifiers = []search.Modifier{m}
			return claim
		}
	}
	t.Fatalf("no modifier %q", modifier)
	return claim
}

func assign(t testing.TB, st *planner.StoreState, key, value string) {
	t.Helper()
	name, numbers, _ := strings.Cut(value, ":")
	switch key {
	case "at":
		st.Position = search.Position(number(t, value))
	case "fixed":
		st.FixedMS = float64(number(t, value))
	case "row":
		st.PerRowUS = float64(number(t, value))
	case "rows":
		if st.Statistics.Rows == nil {
			st.Statistics.Rows = map[string]int64{}
		}
		st.Statistics.Rows[name] = number(t, numbers)
	case "values":
		resource, code, _ := strings.Cut(name, ".")
		rows, distinct, _ := strings.Cut(numbers, "/")
		if st.Statistics.Params == nil {
			st.Statistics.Params = map[string]map[string]search.ParamStatistics{}
		}
		if st.Statistics.Params[resource] == nil {
			st.Statistics.Params[resource] = map[string]search.ParamStatistics{}
		}
		st.Statistics.Params[resource][code] = search.ParamStatistics{Rows: number(t, rows), Distinct: number(t, distinct)}
	case "building":
		if st.Claims.Building == nil {
			st.Claims.Building = map[string]float64{}
		}
		st.Claims.Building[value] = 0.5
	default:
		t.Fatalf("what is %s=%s?", key, value)
	}
}

func number(t testing.TB, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// script is a case: an operation, and the rules that are off.
type script struct {
	op  planner.Operation
	off map[string]bool
}

// parse reads an operation, a word and its arguments a line. "get", "history", "search" and "each" begin a part; what follows belongs
// to it. An indented part hangs on the one before it.
func parse(t testing.TB, text string) script {
	t.Helper()
	s := script{op: planner.Operation{Caller: search.Caller{Tenant: "main"}}, off: map[string]bool{}}
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "":
		case "get", "history", "search", "each":
			s.begin(t, word, rest, strings.HasPrefix(line, " "))
		case "off":
			for rule := range strings.FieldsSeq(rest) {
				s.off[rule] = true
			}
		case "at-least":
			s.op.AtLeast = search.Position(number(t, rest))
		case "policy":
			resource, where, _ := strings.Cut(rest, " ")
			if s.op.Caller.Policy == nil {
				s.op.Caller.Policy = map[string]search.Expr{}
			}
			s.op.Caller.Policy[resource] = condition(t, resource, where)
		default:
			s.set(t, &s.op.Parts[len(s.op.Parts)-1], word, rest)
		}
	}
	return s
}

func (s *script) begin(t testing.TB, word, rest string, nested bool) {
	t.Helper()
	resource, rest, _ := strings.Cut(rest, " ")
	p := planner.Part{Path: resource + "List", Parent: -1, Rows: true, Cap: 1000, Query: search.Query{Type: resource}}
	if nested {
		p.Parent = len(s.op.Parts) - 1
	}
	switch word {
	case "get":
		p.Kind, p.Path, p.Targets = planner.Get, resource, []string{resource}
	case "history":
		p.Kind, p.Path = planner.History, resource
		p.HistoryOf = fhir.Ref{Type: resource, ID: rest}
	case "each":
		p.Kind = planner.Each
		by, where, _ := strings.Cut(rest, " ")
		params, err := parameters()
		if err != nil {
			t.Fatal(err)
		}
		p.Param = params.Param(resource, by)
		p.Query.Where = condition(t, resource, where)
	default:
		p.Kind = planner.Search
		p.Query.Where = condition(t, resource, rest)
	}
	s.op.Parts = append(s.op.Parts, p)
}

func (s *script) set(t testing.TB, p *planner.Part, word, rest string) {
	t.Helper()
	switch word {
	case "sort":
		keys, err := reader(t).Sort(p.Query.Type, strings.Split(rest, ","))
		if err != nil {
			t.Fatal(err)
		}
		p.Query.Sort = keys
	case "page":
		p.Limit = int(number(t, rest))
	case "offset":
		p.Offset = int(number(t, rest))
	case "total":
		p.Total = planner.Accurate
		if rest == "estimate" {
			p.Total = planner.Estimate
		}
	case "score":
		p.Score = true
	case "no-rows":
		p.Rows = false
	case "cursor":
		p.After = &search.Cursor{ID: rest}
	case "backward":
		p.Reverse = true
	default:
		t.Fatalf("what is %q?", word)
	}
}

// program is the compiled form of an expression that is never run.
type program struct{}

func (program) Holds([]byte) (bool, error) { return false, errors.New("a plan was run") }

// condition reads "(and a=1 (or b=2 (not c=3)))", or one clause, or nothing.
func condition(t testing.TB, resource, text string) search.Expr {
	t.Helper()
	tokens := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
	if len(tokens) == 0 {
		return nil
	}
	e, rest, err := expression(t, resource, tokens)
	if err != nil || len(rest) > 0 {
		t.Fatalf("%s: %v %v", text, rest, err)
	}
	return e
}

func expression(t testing.TB, resource string, tokens []string) (search.Expr, []string, error) {
	t.Helper()
	if tokens[0] != "(" {
		name, value, _ := strings.Cut(tokens[0], "=")
		if name == "fhirpath" {
			return search.FHIRPath{Source: value, Program: program{}}, tokens[1:], nil
		}
		e, err := reader(t).Clause(resource, name, []string{strings.ReplaceAll(value, "_", " ")})
		return e, tokens[1:], err
	}
	operator := tokens[1]
	var parts []search.Expr
	tokens = tokens[2:]
	for tokens[0] != ")" {
		e, rest, err := expression(t, resource, tokens)
		if err != nil {
			return nil, nil, err
		}
		parts, tokens = append(parts, e), rest
	}
	switch operator {
	case "and":
		return search.And(parts), tokens[1:], nil
	case "or":
		return search.Or(parts), tokens[1:], nil
	case "not":
		return search.Not{X: parts[0]}, tokens[1:], nil
	}
	return nil, nil, fmt.Errorf("what is %q?", operator)
}
