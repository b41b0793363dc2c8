// Package stream sends the results of GraphQL operations as they come: over WebSocket by the protocol graphql-transport-ws, and as
// server-sent events by that of graphql-sse, in both of its modes. What the operations are of it does not know.
package stream
