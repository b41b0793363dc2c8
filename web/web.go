// Package web serves the playground: GraphiQL with the plan of each query beside its result. It embeds what
// `npm run build` leaves in dist; a build without Node embeds a page that says how to get it. It knows the
// gateway only by its addresses, /graphql, /graphql/schema.json and FHIR's $graphql, which the page asks relative to its own.
package web

import (
	"embed"
	"io/fs"
	"net/http"
)

// The page's files: a build's dist, whose assets are there in gzip form only, and the page that stands in.
//
//go:embed all:dist placeholder public/favicon.svg
var files embed.FS

// Examples holds the playground's example queries, examples/*.graphql, each one operation. The first line of one that is
// not for /graphql names its endpoint (# endpoint: /fhir/$graphql). Beside a query that has variables is
// examples/NAME.variables.json with their values. The id "example", there and in an endpoint, stands for any Patient there is.
//
//go:embed examples
var Examples embed.FS

// Config says what Handler serves. Its zero value is right for the program.
type Config struct {
	// Files replaces the embedded folders dist, placeholder and public, as tests do. Nil means the embedded ones.
	Files fs.FS
}

// Built reports whether this program was built with the playground. When it was not, Handler serves the page
// that says how to get it.
func Built() bool {
	return hasIndex(files)
}

// Handler serves the page at / and its files beside it, to GET and HEAD; anything else is 404 or 405. It sets
// a Content-Security-Policy that admits the page's own origin alone. Names under /assets/ contain a hash of
// what they hold and may be kept for ever; the rest is asked for again each time, by ETag. The error is about
// Files: one that cannot be read.
func Handler(config Config) (http.Handler, error) {
	source := config.Files
	if source == nil {
		source = files
	}
	pages, err := readPages(source)
	if err != nil {
		return nil, err
	}
	return withPolicy(pages), nil
}

func hasIndex(source fs.FS) bool {
	_, err := fs.Stat(source, "dist/index.html")
	return err == nil
}
