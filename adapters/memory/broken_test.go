package memory_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/search"
)

// broken is a store with a mistake: a request is changed before it is answered, or the claims are too small.
type broken struct {
	*memory.Store
	change func(*search.Request)
	claims func(*search.Claims)
}

func (b broken) Search(ctx context.Context, r search.Request) adapters.Answer[search.Hit] {
	if b.change != nil {
		b.change(&r)
	}
	return b.Store.Search(ctx, r)
}

func (b broken) Describe() search.Claims {
	c := b.Store.Describe()
	if b.claims != nil {
		b.claims(&c)
	}
	return c
}

// mistakes are by the case of the suite that must find them.
func mistakes() map[string]broken {
	return map[string]broken{
		"tenants":   {change: func(r *search.Request) { r.Query.Caller.Tenant = "main" }},
		"policy":    {change: func(r *search.Request) { r.Query.Caller.Policy = nil }},
		"clauses":   {change: func(r *search.Request) { r.Query.Where = nil }},
		"junctions": {change: func(r *search.Request) { r.Query.Where = orForAnd(r.Query.Where) }},
		"orders":    {claims: func(c *search.Claims) { c.Features &^= search.CanSort }},
		"pages":     {change: func(r *search.Request) { r.After = nil; r.Limit = min(r.Limit, 200) }},
		"moving":    {change: func(r *search.Request) { r.Query.Sort = nil }},
		"sets":      {change: func(r *search.Request) { r.Within = nil }},
		"bodies":    {change: func(r *search.Request) { r.Bodies = false }},
		"lag":       {change: func(r *search.Request) { r.AtLeast = 0 }},
		"generated": {change: func(r *search.Request) { r.Limit = 0 }},
		"refusals":  {change: func(r *search.Request) { r.Query.Where = nil }},
	}
}

func orForAnd(e search.Expr) search.Expr {
	if a, ok := e.(search.And); ok {
		return search.Or(a)
	}
	return e
}

// TestSuiteFindsMistakes runs the suite against stores that are wrong, each in a process of its own, for it must fail.
func TestSuiteFindsMistakes(t *testing.T) {
	if name := os.Getenv("HELIOGRAPH_MISTAKE"); name != "" {
		adaptertest.Run(t, func(*testing.T) adaptertest.Harness {
			b := mistakes()[name]
			b.Store = memory.Open(memory.Config{})
			return adaptertest.Harness{Store: b}
		})
		return
	}
	for name := range mistakes() {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSuiteFindsMistakes$/^"+name+"$", "-test.timeout=60s")
		cmd.Env = append(os.Environ(), "HELIOGRAPH_MISTAKE="+name)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "--- FAIL: TestSuiteFindsMistakes/"+name) {
			t.Errorf("the case %q does not find its mistake (%v):\n%s", name, err, out)
		}
	}
}
