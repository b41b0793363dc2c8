package graph

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/graph/resolvers"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
)

// delegate lets gqlgen's generated code answer the gateway's own root fields, and gives their values by response key.
func (h *Handler) delegate(ctx context.Context, c *call, d *document, op *operation, vars map[string]any) (map[string]json.RawMessage, []problem) {
	def := *op.def
	def.SelectionSet = op.gateway
	if vars == nil {
		vars = map[string]any{}
	}
	ctx = graphql.WithOperationContext(resolvers.WithCaller(ctx, c.caller), &graphql.OperationContext{
		RawQuery: c.query, OperationName: c.name, Variables: vars, Doc: d.doc, Operation: &def, DisableIntrospection: true,
		RecoverFunc:            func(_ context.Context, p any) error { return fault.New(fault.Internal, "panic: %v", p) },
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	})
	present := func(ctx context.Context, err error) *gqlerror.Error {
		var g *gqlerror.Error
		if errors.As(err, &g) {
			return g
		}
		return &gqlerror.Error{Err: err, Path: graphql.GetPath(ctx)}
	}
	ctx = graphql.WithResponseContext(ctx, present, func(_ context.Context, p any) error { return fault.New(fault.Internal, "panic: %v", p) })
	response := c.gateway.Exec(ctx)(ctx)
	var problems []problem
	for _, e := range graphql.GetErrors(ctx) {
		problems = append(problems, problem{err: cause(e), path: plainPath(e.Path), field: fieldAt(op, e.Path)})
	}
	var data map[string]json.RawMessage
	if response != nil && len(response.Data) > 0 {
		if err := json.Unmarshal(response.Data, &data); err != nil {
			problems = append(problems, problem{err: err})
		}
	}
	return data, problems
}

func cause(e *gqlerror.Error) error {
	if e.Err != nil {
		return e.Err
	}
	return e
}

// fieldAt is the root field that a path starts with: where in the query an error below it is said to be.
func fieldAt(op *operation, path ast.Path) *ast.Field {
	for i := range op.roots {
		if len(path) > 0 && path[0] == ast.PathName(op.roots[i].key) {
			return op.roots[i].fields[0]
		}
	}
	return nil
}

func plainPath(path ast.Path) []any {
	out := make([]any, 0, len(path))
	for _, step := range path {
		switch step := step.(type) {
		case ast.PathName:
			out = append(out, string(step))
		case ast.PathIndex:
			out = append(out, int(step))
		}
	}
	return out
}

// gatewayEngine is the engine as the gateway's resolvers see it.
type gatewayEngine struct {
	engine Engine
	feed   Feed
}

// Snapshot implements resolvers.Engine.
func (g gatewayEngine) Snapshot() *planner.Snapshot { return g.engine.Snapshot() }

// Sync implements resolvers.Engine.
func (g gatewayEngine) Sync(ctx context.Context) (*string, error) {
	if g.feed == nil {
		return nil, nil
	}
	token, err := g.feed.Head(ctx)
	return &token, err
}

// Run implements resolvers.Engine.
func (g gatewayEngine) Run(ctx context.Context, op planner.Operation, calls []composite.Call) ([]composite.Result, error) {
	plan, err := g.engine.Plan(op)
	if err != nil {
		return nil, err
	}
	return g.engine.Start(plan).Run(ctx, calls), nil
}
