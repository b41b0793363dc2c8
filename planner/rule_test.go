package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/planner"
)

// stores is a primary that hydrates and a store with words, for rules.
const stores = `
main primary all and or not ids sort within bodies gender birthdate rows=Patient:1000 values=Patient.gender:1000/2
text and text within fixed=3 row=20
slow content fixed=9`

// ruleCases are plans without any rule, and with one; after is "" where the rule does not apply.
var ruleCases = []struct{ rule, query, before, after string }{
	{
		"fuse-bodies", "search Patient gender=female\npage 5", `
page of 5
  hydrate main, verify [gender=female]
    match main Patient [gender=female]`, `
page of 5
  match main Patient [gender=female] with bodies`,
	},
	{
		"fuse-bodies", "search Patient _text=x\npage 5", `
page of 5
  hydrate main, verify [_text=x]
    match text Patient [_text=x]`, "",
	},
	{
		"push-semi-join", "search Patient (and gender=female _text=x)\npage 5", `
page of 5
  hydrate main, verify [_text=x AND gender=female]
    intersect
      match main Patient [gender=female]
      match text Patient [_text=x]`, `
page of 5
  hydrate main, verify [_text=x AND gender=female]
    intersect
      match main Patient [gender=female]
      match text Patient [_text=x] within the ids so far`,
	},
	{
		"push-semi-join", "search Patient (and gender=female _content=x)\npage 5", `
page of 5
  hydrate main, verify [_content=x AND gender=female]
    intersect
      match main Patient [gender=female]
      match slow Patient [_content=x]`, "",
	},
	{
		"push-sort", "search Patient (and gender=female _text=x)\nsort birthdate\npage 5\ncursor p1\nbackward", `
page of 5
  sort here by birthdate after a cursor backward
    hydrate main, verify [_text=x AND gender=female]
      intersect
        match text Patient [_text=x]
        match main Patient [gender=female]`, `
page of 5
  hydrate main, verify [_text=x AND gender=female]
    intersect
      match text Patient [_text=x]
      match main Patient [gender=female] by birthdate after a cursor backward`,
	},
	{
		"push-sort", "search Patient (or gender=female _text=x)\nsort birthdate\npage 5", `
page of 5
  sort here by birthdate
    hydrate main, verify [_text=x OR gender=female]
      union
        match text Patient [_text=x]
        match main Patient [gender=female]`, "",
	},
	{
		"push-limit", "search Patient _text=x\nsort birthdate\npage 5\noffset 2", `
page of 5 after 2
  sort here by birthdate
    hydrate main, verify [_text=x]
      match text Patient [_text=x]`, `
page of 5 after 2
  sort here by birthdate limit 8
    hydrate main, verify [_text=x]
      match text Patient [_text=x]`,
	},
	{
		"push-limit", "search Patient _text=x\npage 5", `
page of 5
  hydrate main, verify [_text=x]
    match text Patient [_text=x]`, "",
	},
}

// TestRules shows each rule alone: the plan without any rule, and with this one.
func TestRules(t *testing.T) {
	for _, c := range ruleCases {
		t.Run(c.rule, func(t *testing.T) {
			if c.after == "" {
				c.after = c.before
			}
			if diff := cmp.Diff(c.before, bare(t, c.query, "")); diff != "" {
				t.Errorf("before:\n%s", diff)
			}
			if diff := cmp.Diff(c.after, bare(t, c.query, c.rule)); diff != "" {
				t.Errorf("after:\n%s", diff)
			}
		})
	}
}

// TestPushLimitFused shows push-limit where it needs fuse-bodies: every row of one store's own page reaches the page.
func TestPushLimitFused(t *testing.T) {
	got := bare(t, "search Patient gender=female\npage 5", "push-limit fuse-bodies")
	want := `
page of 5
  match main Patient [gender=female] limit 6 with bodies`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// bare is the tree of a query with only these rules on, without estimates and reasons.
func bare(t *testing.T, query, rules string) string {
	t.Helper()
	s := snapshot(t, stores)
	s.Off = map[string]bool{}
	for _, r := range planner.Rules() {
		s.Off[r.Name] = !strings.Contains(rules, r.Name)
	}
	plan, err := planner.Make(parse(t, query).op, s)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(plan.String()) {
		if !strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "  - ") {
			continue
		}
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), " — ")
		line, _, _ = strings.Cut(line, " ~")
		out.WriteString("\n" + strings.TrimPrefix(line, "  "))
	}
	return out.String()
}
