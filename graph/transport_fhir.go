package graph

import "net/http"

// FHIR answers GraphQL as FHIR has it ($graphql), for the system and, where the path has a type and an id (r.PathValue), for
// one resource.
func (h *Handler) FHIR() http.Handler { return h }
