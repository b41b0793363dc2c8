// Package composite makes many stores answer as one: it knows which there are and how they are (Snapshot), runs plans
// (Engine), and writes to the primary.
//
// It knows no SQL and no GraphQL. It runs exactly the plan that EXPLAIN prints.
package composite
