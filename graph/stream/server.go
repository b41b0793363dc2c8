package stream

import (
	"context"
	"iter"
	"net/http"
)

// Server runs operations for those who are connected.
type Server interface {
	// Session is that of who sent a request. authorization, unless it is empty, stands for the header Authorization, which a page can not
	// set on a WebSocket.
	Session(r *http.Request, authorization string) (Session, *Refusal)
}

// Session is one who is connected. It is safe for concurrent use.
type Session interface {
	// Key is the same for all sessions of one caller, and for no others.
	Key() string
	// Parse reads an operation from {"query", "operationName", "variables", "extensions"} (GraphQL over HTTP, 5.1). The payload is not
	// used afterwards.
	Parse(payload []byte) (Operation, *Refusal)
	// Read reads that of a request, GET or POST.
	Read(http.ResponseWriter, *http.Request) (Operation, *Refusal)
}

// Operation is one that was read, and not looked at.
type Operation interface {
	// ID is its extensions.operationId; "" without.
	ID() string
	// Start begins it, or refuses it because of what it is: nothing has then been done. The results are to be read once, and to the end or
	// until ctx ends, which ends them: one of a query or mutation, any number of a subscription.
	Start(ctx context.Context) (iter.Seq[Result], *Refusal)
}

// Result is one of the results of an operation: valid until the next one is asked for.
type Result struct {
	// Data is an execution result, JSON: {"data": …, "errors": …, "extensions": …}.
	Data []byte
	// Token is where to go on after it; "" if there is no going on.
	Token string
	// Errors, a JSON list of GraphQL errors, says instead why there are no more results: the operation failed as it ran.
	Errors []byte
}

// Refusal is why something was not begun.
type Refusal struct {
	// Status is the one that HTTP has for it.
	Status int
	// Errors are GraphQL errors, a JSON list.
	Errors []byte
}
