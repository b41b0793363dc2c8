// Package hostile has requests that a GraphQL endpoint must refuse or bound, by family: tests send them, and the benchmark measures what
// refusing them costs.
package hostile
