// Package cursor seals places in the answer to one query of one caller into opaque, signed text, and opens them again. GraphQL's
// cursors and REST's page links are made of it, with one key for all gateways of a primary.
package cursor
