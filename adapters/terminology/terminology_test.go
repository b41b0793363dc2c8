package terminology_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/terminology"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func versioned(id, url, version, code string) string {
	return fmt.Sprintf(`{"resourceType":"CodeSystem","id":"%s","url":"%s","version":"%s","status":"active","content":"complete","concept":[{"code":"%s"}]}`,
		id, url, version, code)
}

// TestVersions: the version asked for, else the newest.
func TestVersions(t *testing.T) {
	k := newKit(t, versioned("b", "http://s", "1.10.0", "ten"), versioned("a", "http://s", "1.9.0", "nine"), versioned("c", "http://s", "1.9.0-draft", "draft"),
		`{"resourceType":"ValueSet","id":"one","url":"http://v/x","version":"1","status":"active","compose":{"include":[{"system":"http://s","version":"1.9.0"}]}}`,
		`{"resourceType":"ValueSet","id":"two","url":"http://v/x","version":"2","status":"active","compose":{"include":[{"system":"http://s"}]}}`,
		set("y", `{"include":[{"valueSet":["http://v/x|1"]}]}`))
	for canonical, want := range map[string]string{
		"http://v/x": "http://s|ten", "http://v/x|2": "http://s|ten", "http://v/x|1": "http://s|nine", "http://v/y": "http://s|nine", "ValueSet/one": "http://s|nine",
	} {
		got, err := k.expand(t, caller, in(canonical))
		if diff := cmp.Diff([]string{want}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", canonical, err, diff)
		}
	}
	if _, err := k.expand(t, caller, in("http://v/x|3")); !strings.Contains(fmt.Sprint(err), "versions 2, 1") {
		t.Error(err)
	}
}

// TestChanges: an expansion that is kept is not given once anything it was made of has changed, or something newer has come.
func TestChanges(t *testing.T) {
	k := newKit(t, versioned("s1", "http://s", "1", "a"), set("x", `{"include":[{"valueSet":["http://v/y"]}]}`), set("y", `{"include":[{"system":"http://s"}]}`))
	check := func(what, want string) {
		t.Helper()
		for range 2 {
			got, err := k.expand(t, caller, in("http://v/x"))
			if strings.Join(got, " ") != want || err != nil {
				t.Errorf("%s: %v, %v; want %s", what, got, err, want)
			}
		}
	}
	check("first", "http://s|a")
	k.put(t, "main", versioned("s1", "http://s", "1", "b"))
	check("the code system is another", "http://s|b")
	k.put(t, "main", versioned("s2", "http://s", "2", "c"))
	check("a newer code system", "http://s|c")
	k.put(t, "main", set("y", `{"include":[{"system":"http://s"},{"system":"t","concept":[{"code":"d"}]}]}`))
	check("the import is another", "http://s|c t|d")
	k.put(t, "main", `{"resourceType":"CodeSystem","id":"t","url":"t","status":"active","content":"complete","concept":[{"code":"e"}]}`)
	check("what was not there has come", "http://s|c")
}

// TestTenants: each has its own definitions, and a caller whose policy hides one does not have it.
func TestTenants(t *testing.T) {
	k := newKit(t, versioned("s", "http://s", "1", "a"), set("x", `{"include":[{"system":"http://s"}]}`))
	k.put(t, "other", versioned("s", "http://s", "1", "b"), set("x", `{"include":[{"system":"http://s"}]}`))
	hidden := search.Caller{Tenant: "main", Policy: map[string]search.Expr{"CodeSystem": search.False{}}}
	for range 2 {
		if got, err := k.expand(t, caller, in("http://v/x")); strings.Join(got, " ") != "http://s|a" || err != nil {
			t.Error(got, err)
		}
		if got, err := k.expand(t, search.Caller{Tenant: "other"}, in("http://v/x")); strings.Join(got, " ") != "http://s|b" || err != nil {
			t.Error(got, err)
		}
		if got, err := k.expand(t, hidden, in("http://v/x")); len(got) > 0 || fault.Of(err) != fault.BadUserInput {
			t.Error(got, err)
		}
	}
	if _, err := k.expand(t, search.Caller{Tenant: "third"}, in("http://v/x")); fault.Of(err) != fault.BadUserInput {
		t.Error(err)
	}
}

// large is a code system of so many codes.
func large(n int) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"CodeSystem","id":"large","url":"http://s/large","status":"active","content":"complete","concept":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"c%d"}`, i)
	}
	return b.String() + "]}"
}

// TestLarge: as many codes as a search may compare with, and one more.
func TestLarge(t *testing.T) {
	k := newKit(t, large(adapters.MaxCodes+1),
		set("all", `{"include":[{"system":"http://s/large"}]}`),
		set("most", `{"include":[{"valueSet":["http://v/all"]}],"exclude":[{"system":"http://s/large","concept":[{"code":"c7"}]}]}`))
	if got, err := k.expand(t, caller, in("http://v/most")); len(got) != adapters.MaxCodes || err != nil {
		t.Error(len(got), err)
	}
	if got, err := k.expand(t, caller, in("http://v/all")); len(got) > 0 || fault.Of(err) != fault.TooCostly {
		t.Error(len(got), err)
	}
}

// TestBase: value sets of FHIR itself are known, unless others of their URL are stored.
func TestBase(t *testing.T) {
	k := newKit(t)
	const gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
	want := []string{"female", "male", "other", "unknown"}
	for i := range want {
		want[i] = "http://hl7.org/fhir/administrative-gender|" + want[i]
	}
	for _, canonical := range []string{gender, gender + "|4.0.1"} {
		got, err := k.expand(t, caller, in(canonical))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	}
	k.put(t, "main", `{"resourceType":"ValueSet","id":"g","url":"`+gender+`","status":"active","compose":{"include":[{"system":"s","concept":[{"code":"x"}]}]}}`)
	if got, err := k.expand(t, caller, in(gender)); strings.Join(got, " ") != "s|x" || err != nil {
		t.Error(got, err)
	}
}

// counting counts what a source is asked.
type counting struct {
	terminology.Source
	searches, reads int
}

func (c *counting) Search(ctx context.Context, r search.Request) adapters.Answer[search.Hit] {
	c.searches++
	return c.Source.Search(ctx, r)
}

func (c *counting) Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error) {
	c.reads++
	return c.Source.Read(ctx, caller, atLeast, keys)
}

// TestKept: what is kept costs a search a definition and no read; the position is the source's.
func TestKept(t *testing.T) {
	k := newKit(t, versioned("s", "http://s", "1", "a"), set("x", `{"include":[{"system":"http://s"}]}`))
	source := &counting{Source: k.store}
	terms, err := terminology.Open(terminology.Config{Source: source, Parameters: adaptertest.Parameters(t)})
	if err != nil {
		t.Fatal(err)
	}
	for i, reads := range []int{2, 2, 2} {
		answer := terms.Expand(t.Context(), caller, 2, in("http://v/x"))
		for _, err := range answer.Rows {
			if err != nil {
				t.Fatal(err)
			}
		}
		if source.searches != 2*(i+1) || source.reads != reads || answer.At() != 2 {
			t.Errorf("run %d: %d searches, %d reads, position %d", i, source.searches, source.reads, answer.At())
		}
	}
	for _, err := range terms.Expand(t.Context(), caller, 3, in("http://v/x")).Rows {
		if fault.Of(err) != fault.StoreLagging {
			t.Errorf("a position that has not been reached: %v", err)
		}
	}
}

// BenchmarkExpand is an expansion of 50,000 codes that is kept.
func BenchmarkExpand(b *testing.B) {
	k := newKit(b, large(adapters.MaxCodes), set("all", `{"include":[{"system":"http://s/large"}]}`))
	for b.Loop() {
		for _, err := range k.Expand(b.Context(), caller, 0, in("http://v/all")).Rows {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
