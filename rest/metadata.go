package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// capabilities keeps the CapabilityStatement of the current model.
type capabilities struct {
	h       *Handler
	version string
	date    string

	mu     sync.Mutex
	number uint64
	text   []byte
	tag    string
}

func newCapabilities(h *Handler, version string) *capabilities {
	return &capabilities{h: h, version: version, date: time.Now().UTC().Format(time.DateOnly)}
}

// metadata answers GET metadata: what is really supported, made of the tables that the requests go by.
func (h *Handler) metadata(_ context.Context, q *request) (response, error) {
	text, tag, err := h.about.of(q.model)
	return response{status: http.StatusOK, body: text, etag: tag}, err
}

func (c *capabilities) of(m *composite.Model) (text []byte, tag string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.number != m.Number {
		if c.text, err = json.Marshal(c.statement(m)); err != nil {
			return nil, "", err
		}
		sum := sha256.Sum256(c.text)
		c.number, c.tag = m.Number, `W/"`+hex.EncodeToString(sum[:8])+`"`
	}
	return c.text, c.tag, nil
}

// object is a JSON object of the statement: it is made once a model, so that maps cost nothing.
type object map[string]any

func (c *capabilities) statement(m *composite.Model) object {
	h := c.h
	server := object{
		"mode": "server",
		"documentation": "JSON only. Parameters that are not known are an error unless Prefer: handling=lenient. " +
			"What is a page, what is counted and what else is decided stands in docs/rest.md.",
		"interaction": codes("search-system", "history-system"), "searchParam": commonParams(),
		"compartment": compartmentURLs(h.defs), "resource": c.resources(m), "operation": []object{operation("validate", "Resource-validate")},
	}
	if h.graphql != nil {
		server["operation"] = []object{operation("validate", "Resource-validate"), operation("graphql", "Resource-graphql")}
	}
	if h.bundles != nil {
		server["interaction"] = codes("transaction", "batch", "search-system", "history-system")
	}
	return object{
		"resourceType": "CapabilityStatement", "status": "active", "date": c.date, "kind": "instance", "fhirVersion": h.defs.Version,
		"software":       object{"name": "Heliograph", "version": c.version},
		"implementation": object{"description": "Heliograph: FHIR over several stores"},
		"format":         []string{mediaFHIR, "json"}, "patchFormat": []string{"application/json-patch+json", mediaFHIR},
		"rest": []object{server},
	}
}

func codes(list ...string) []object {
	out := make([]object, len(list))
	for i, code := range list {
		out[i] = object{"code": code}
	}
	return out
}

func operation(name, definition string) object {
	return object{"name": name, "definition": "http://hl7.org/fhir/OperationDefinition/" + definition}
}

func compartmentURLs(defs *fhir.Definitions) []string {
	var out []string
	for _, name := range defs.Compartments() {
		if name == "RelatedPerson" {
			name = "relatedPerson" // as R4 spells it
		}
		out = append(out, "http://hl7.org/fhir/CompartmentDefinition/"+lowerFirst(name))
	}
	return out
}

func lowerFirst(s string) string { return string(s[0]|0x20) + s[1:] }

// commonParams are those of a search over several types that have no definition of their own there.
func commonParams() []object {
	return []object{{"name": "_type", "type": "special", "documentation": "The types to search, with commas between."}}
}

func (c *capabilities) resources(m *composite.Model) []object {
	var out []object
	for _, name := range c.h.types {
		r := object{
			"type": name, "profile": "http://hl7.org/fhir/StructureDefinition/" + name,
			"interaction": codes("read", "vread", "history-instance", "history-type", "search-type"),
			"versioning":  "versioned", "readHistory": true, "conditionalRead": "full-support", "referencePolicy": []string{"literal", "local"},
			"operation": c.operations(name),
		}
		if c.h.storage != nil {
			r["interaction"] = codes("read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type")
			r["versioning"], r["updateCreate"] = "versioned-update", !c.h.given
			r["conditionalCreate"], r["conditionalUpdate"], r["conditionalDelete"] = true, true, "single"
		}
		c.params(m, name, r)
		out = append(out, r)
	}
	return out
}

// operations are those of one type.
func (c *capabilities) operations(name string) []object {
	out := []object{operation("validate", "Resource-validate")}
	if name == "Patient" {
		out = append(out, operation("everything", "Patient-everything"))
	}
	if c.h.graphql != nil {
		out = append(out, operation("graphql", "Resource-graphql"))
	}
	return out
}

// params lists what a type can be searched by, and what can be included.
func (c *capabilities) params(m *composite.Model, name string, r object) {
	var params []object
	include := []string{"*"}
	for _, p := range m.Parameters.Of(name) {
		if p.Type == search.Special && !searchable(p.Code) {
			continue
		}
		one := object{"name": p.Code, "type": p.Type.String()}
		if sp := c.h.defs.SearchParameter(name, p.Code); sp != nil {
			one["definition"] = sp.URL
		}
		if p.Description != "" {
			one["documentation"] = p.Description
		}
		params = append(params, one)
		if p.Type == search.Reference {
			include = append(include, name+":"+p.Code)
		}
	}
	if len(params) > 0 {
		r["searchParam"] = params
	}
	r["searchInclude"] = include
	var reverse []string
	for _, source := range c.h.types {
		for _, p := range m.Parameters.Of(source) {
			if p.Type == search.Reference && len(p.Targets) > 0 && mayPointAt(p, name) {
				reverse = append(reverse, source+":"+p.Code)
			}
		}
	}
	if len(reverse) > 0 {
		r["searchRevInclude"] = reverse
	}
}

// searchable are the special parameters that a request may have as conditions.
func searchable(code string) bool {
	switch code {
	case search.ParamText, search.ParamContent, search.ParamList, "_filter", "_has":
		return true
	}
	return false
}
