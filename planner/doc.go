// Package planner turns what an operation asks (Operation) into a plan (Plan) over the stores of a Snapshot.
//
// It is pure: no I/O, no clock, no goroutine, no context; equal input gives an equal plan. A plan is a closed set of
// nodes; its text is what EXPLAIN prints, what tests pin, and exactly what the engine runs.
package planner
