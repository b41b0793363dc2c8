package graph

import (
	"context"
	"io"
	"slices"

	"github.com/heliograph/heliograph/search"
)

// SchemaCache is schemaCache for its test: what it waits for cannot be held up from outside.
type SchemaCache struct{ cache *schemaCache }

// NewSchemaCache makes an empty one.
func NewSchemaCache() SchemaCache { return SchemaCache{newSchemaCache()} }

// Answer is schemaCache.answer, of which it gives the bytes.
func (c SchemaCache) Answer(key string, make func() ([]byte, error)) (string, error) {
	r, err := c.cache.answer(key, func(w io.Writer) error {
		b, err := make()
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return string(r.raw), nil
}

// ReadWhere is readWhere.
func ReadWhere(s *Schema, r *search.Reader, typeName string, value map[string]any) (search.Expr, error) {
	return readWhere(s, r, typeName, value)
}

// Merged is merged.
func Merged(all []map[string]any) map[string]any { return merged(all) }

// AsFHIR answers a query on the schema of the FHIR dialect, without the dialect's rewriting.
func (h *Handler) AsFHIR(ctx context.Context, query string, variables map[string]any) ([]byte, error) {
	s, err := h.edition.Load().fhir("")
	if err != nil {
		return nil, err
	}
	out := h.execute(ctx, &call{query: query, variables: variables, caller: search.Caller{Tenant: "main"}, surface: s})
	defer out.release()
	return slices.Clone(out.body), nil
}
