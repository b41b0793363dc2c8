// Package resolvers answers the gateway's own fields (schema.graphqls): gqlgen calls them. They decide nothing: what there is to
// know is asked of the engine.
package resolvers

import (
	"context"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// Engine is what the resolvers ask.
type Engine interface {
	Snapshot() *planner.Snapshot
	// Sync names the state that the primary has now; nil where changes are not followed.
	Sync(context.Context) (*string, error)
	// Run plans an operation and runs the calls of one level.
	Run(context.Context, planner.Operation, []composite.Call) ([]composite.Result, error)
}

// Resolver is the root of the gateway's fields.
type Resolver struct {
	// Version is the program's.
	Version string
	Engine  Engine
	// Types are the resource types that the schema has.
	Types []string
	// NoSuggestions keeps names out of errors about unknown ones.
	NoSuggestions bool
}

type callerKey struct{}

// WithCaller puts the caller of a request where the resolvers find it: gqlgen hands them nothing but a context.
func WithCaller(ctx context.Context, c search.Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) search.Caller {
	c, _ := ctx.Value(callerKey{}).(search.Caller)
	return c
}
