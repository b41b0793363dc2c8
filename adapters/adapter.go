package adapters

import (
	"context"
	"iter"

	"github.com/heliograph/heliograph/search"
)

// Store is what every store has.
type Store interface {
	// ID is the backend's id in the configuration; Kind its kind, "sqlite".
	ID() string
	Kind() string
	// Describe gives what it claims now. It is cheap and does no I/O.
	Describe() search.Claims
	// Statistics give row counts by type and parameter for a tenant: cheap, at most some seconds old.
	Statistics(ctx context.Context, tenant string) (search.Statistics, error)
	// Ping fails if the store cannot answer.
	Ping(ctx context.Context) error
	// Close waits for running calls and frees everything.
	Close() error
}

// Compiler shows a request in the store's own language (SQL, a query body, Cypher), for EXPLAIN. It is pure: no I/O, and
// equal requests give equal text. Exactly this text is run.
type Compiler interface {
	Compile(search.Request) (string, error)
	CompileEach(search.EachRequest) (string, error)
}

// Answer is a stream of rows and the position it is of. Rows must be read to the end or left by breaking out of the loop;
// At is valid from the first row on, and after an empty stream.
type Answer[T any] struct {
	Rows iter.Seq2[T, error]
	// At gives the position of the answer.
	At func() search.Position
}

// Searcher answers queries.
type Searcher interface {
	// Search gives the hits in order: by the query's sort keys, ties and all else by id ascending, bytewise.
	Search(context.Context, search.Request) Answer[search.Hit]
	// Count gives the exact number of resources that satisfy the request, its Limit and After ignored.
	Count(context.Context, search.Request) (int64, search.Position, error)
}

// EachSearcher answers one query for many parents in one call.
type EachSearcher interface {
	// SearchEach gives the hits grouped by parent, in the order of the parents; parents without hits give none.
	SearchEach(context.Context, search.EachRequest) Answer[search.EachHit]
	// CountEach gives the number of matches of each parent, by index. Offset, Limit and After are ignored.
	CountEach(context.Context, search.EachRequest) ([]int64, search.Position, error)
}
