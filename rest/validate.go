package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
	"github.com/heliograph/heliograph/search"
)

// validate answers $validate: what is wrong with a resource by the base definitions, and whether it could be written as mode says
// (R4, resource-operation-validate.html). The answer is an OperationOutcome with 200, whatever it says.
func (h *Handler) validate(ctx context.Context, q *request) (response, error) {
	v, err := h.validation(q)
	if err != nil {
		return response{}, err
	}
	instance := len(q.path) == 3
	ref := fhir.Ref{Type: q.path[0]}
	if instance {
		ref.ID = q.path[1]
		if _, err := h.get(ctx, q.caller, search.Key{Ref: ref}); err != nil && (v.mode == "delete" || v.resource == nil) {
			return response{}, err
		}
	}
	var issues []outcome.Issue
	switch v.mode {
	case "", "create", "update", "delete":
	case "profile":
		return response{}, fault.New(fault.BadUserInput, "mode profile needs a profile, and profiles are not checked here; mode is create, update or delete")
	default:
		return response{}, fault.New(fault.BadUserInput, "mode is create, update or delete")
	}
	switch {
	case v.mode == "delete" && !instance:
		return response{}, fault.New(fault.BadUserInput, "mode delete is for a resource: %s/[id]/$validate", ref.Type)
	case v.mode == "delete":
	case v.resource == nil:
		return response{}, fault.New(fault.BadUserInput, "there is no resource: send it, or Parameters with a parameter resource")
	default:
		issues = h.examine(v, ref)
	}
	if v.profile {
		issues = append(issues, note(outcome.Information, "not-supported", "profiles are not checked: only the base definitions of FHIR "+h.defs.Version))
	}
	if len(issues) == 0 || issues[0].Severity == outcome.Information {
		issues = append([]outcome.Issue{note(outcome.Information, "informational", "no problems were found")}, issues...)
	}
	return response{status: http.StatusOK, body: outcome.Append(nil, issues)}, nil
}

// validation is what $validate is given.
type validation struct {
	resource []byte
	mode     string
	profile  bool
}

// validation reads the body, a resource or Parameters, and the parameters of the URL.
func (h *Handler) validation(q *request) (*validation, error) {
	v := &validation{}
	for _, a := range q.args {
		switch a.name {
		case "mode":
			v.mode = a.value
		case "profile":
			v.profile = true
		case "_format", "_pretty":
		default:
			return nil, fault.New(fault.BadUserInput, "$validate has the parameters resource, mode and profile")
		}
	}
	if q.method != http.MethodPost {
		return v, nil
	}
	raw, err := q.all()
	if err != nil || len(raw) == 0 { // mode delete needs none
		return v, err
	}
	if err := q.jsonBody(); err != nil {
		return nil, err
	}
	body, meta, err := fhir.Strip(raw)
	if err != nil {
		v.resource = raw
		return v, nil // what is wrong with it is the answer
	}
	if meta.Type != "Parameters" || q.path[0] == "Parameters" {
		v.resource = raw
		return v, nil
	}
	return v, v.parameters(body.JSON)
}

func (v *validation) parameters(text []byte) error {
	root, err := fastjson.ParseBytes(text)
	if err != nil {
		return &fault.Error{Code: fault.BadUserInput, Message: "not a JSON object", Err: err}
	}
	for _, p := range root.GetArray("parameter") {
		switch string(p.GetStringBytes("name")) {
		case "resource":
			if r := p.Get("resource"); r != nil {
				v.resource = fhir.AppendJSON(nil, r)
			}
		case "mode":
			v.mode = string(p.GetStringBytes("valueCode"))
		case "profile":
			v.profile = true
		default:
			return fault.New(fault.BadUserInput, "$validate has the parameters resource, mode and profile")
		}
	}
	return nil
}

// examine says everything that is wrong with a resource.
func (h *Handler) examine(v *validation, ref fhir.Ref) []outcome.Issue {
	body, meta, err := fhir.Strip(v.resource)
	if err != nil {
		text := "not JSON that FHIR allows"
		var syntax *fhir.SyntaxError
		if errors.As(err, &syntax) {
			text = syntax.Error()
		}
		return []outcome.Issue{note(outcome.Fatal, "structure", text)}
	}
	root, err := fastjson.ParseBytes(body.JSON)
	if err != nil {
		return []outcome.Issue{note(outcome.Fatal, "structure", "not a JSON object")}
	}
	issues := outcome.Of(outcome.Error, h.defs.Validate(root, fhir.ValidateOptions{Base: h.base, Type: ref.Type}))
	add := func(code, text string) {
		issues = append(issues, outcome.Issue{Severity: outcome.Error, Code: code, Path: ref.Type + ".id", Text: text})
	}
	switch {
	case v.mode == "create" && meta.ID != "":
		issues = append(issues, outcome.Issue{Severity: outcome.Warning, Code: "informational", Path: ref.Type + ".id", Text: "is ignored by a create: the server gives the id"})
	case v.mode == "update" && meta.ID == "":
		add("required", "an update needs the id")
	case v.mode == "update" && ref.ID != "" && meta.ID != ref.ID:
		add("value", "is another than that of the path")
	}
	return issues
}
