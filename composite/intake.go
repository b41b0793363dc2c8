package composite

import (
	"fmt"
	"strings"
	"sync"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Intake turns the bytes of a resource into a write: parsed, validated and indexed, so that nothing of this is left to the
// writer. It is safe for concurrent use.
type Intake struct {
	defs    *fhir.Definitions
	models  *Models
	parsers sync.Pool
}

// NewIntake makes an intake over one version of FHIR. Each resource is indexed by the model that is current when it comes.
func NewIntake(defs *fhir.Definitions, models *Models) *Intake {
	return &Intake{defs: defs, models: models, parsers: sync.Pool{New: func() any { return new(fastjson.Parser) }}}
}

// Admission says how a resource is taken in.
type Admission struct {
	// Lenient accepts what legacy data bends (see fhir.ValidateOptions); broken structure is refused all the same.
	Lenient bool
	// Restamp gives the commit time as meta.lastUpdated; otherwise the one in the resource is kept, if there is one.
	Restamp bool
	// Identify gives a resource without an id one made from its content, so that the same content has the same id.
	Identify bool
	// Tenant is the one that it is for: what is remarked depends on it.
	Tenant string
	// Type and ID are what the resource must be; "" is anything.
	Type, ID string
	// Assign gives it ID, whatever id it has.
	Assign bool
}

// InvalidError says everything that is wrong with a resource.
type InvalidError struct {
	// Ref is the resource, as far as it could be told.
	Ref    fhir.Ref
	Issues []fhir.Issue
	// Code is what a client may do about it; "" is BadUserInput.
	Code fault.Code
}

// Unwrap gives the code.
func (e *InvalidError) Unwrap() error {
	if e.Code == "" {
		return &fault.Error{Code: fault.BadUserInput}
	}
	return &fault.Error{Code: e.Code}
}

// Error lists the issues with their FHIRPath locations. It carries no values.
func (e *InvalidError) Error() string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(e.Ref.String(), "/") + " is not valid:")
	for _, i := range e.Issues {
		b.WriteString(" " + i.Path + ": " + i.Message + ";")
	}
	return strings.TrimSuffix(b.String(), ";")
}

// Prepared is a resource ready to be written.
type Prepared struct {
	Write adapters.Write
	// Skipped are values that could not be indexed (lenient data only): they are stored and cannot be searched.
	Skipped []search.Skipped
	// Forgiven is what is wrong with the resource and was accepted all the same (lenient only).
	Forgiven []fhir.Issue
	// Remarks are for the one who writes: nothing is wrong.
	Remarks []fhir.Issue
}

// Prepare reads one resource. Its errors are *InvalidError (all problems at once) or a *fault.Error with BadUserInput.
func (in *Intake) Prepare(raw []byte, how Admission) (Prepared, error) {
	body, meta, err := fhir.Strip(raw)
	if err != nil {
		return Prepared{}, &fault.Error{Code: fault.BadUserInput, Message: err.Error()}
	}
	if how.Assign {
		if meta.ID = how.ID; !fhir.ValidID(how.ID) {
			return Prepared{}, fault.New(fault.Internal, "no id is given to be assigned")
		}
		if body, err = fhir.WithID(body, how.ID); err != nil {
			return Prepared{}, fault.At("", "assign", err)
		}
	}
	ref := fhir.Ref{Type: meta.Type, ID: meta.ID}
	p := in.parsers.Get().(*fastjson.Parser)
	defer in.parsers.Put(p)
	v, err := p.ParseBytes(body.JSON)
	if err != nil {
		return Prepared{}, &fault.Error{Code: fault.BadUserInput, Message: "not a JSON object that can be stored", Err: err}
	}
	var out Prepared
	updated, issues := in.validate(v, ref, meta, how, func(i fhir.Issue) { out.Forgiven = append(out.Forgiven, i) })
	model := in.models.Current()
	if ref.Type == searchParameter && len(issues) == 0 {
		out.Remarks, issues = in.models.parameter(model, v, how.Tenant)
	}
	if len(issues) > 0 {
		return Prepared{}, &InvalidError{Ref: ref, Issues: issues}
	}
	if ref.ID == "" {
		if body, ref.ID, err = identify(body); err != nil {
			return Prepared{}, err
		}
		// The id is part of the content that is indexed.
		if v, err = p.ParseBytes(body.JSON); err != nil {
			return Prepared{}, fault.At("", "identify "+ref.String(), err)
		}
	}
	values, skipped, err := model.Indexer.Index(v)
	if err != nil {
		return Prepared{}, fault.At("", "index "+ref.String(), err)
	}
	out.Write = adapters.Write{Ref: ref, Body: body, Values: values, Model: model.Number, LastUpdated: updated}
	out.Skipped = skipped
	return out, nil
}

// validate gives every problem of a resource, and the time of its last change that is to be kept; 0 for none.
func (in *Intake) validate(v *fastjson.Value, ref fhir.Ref, meta fhir.Meta, how Admission, forgiven func(fhir.Issue)) (updated int64, issues []fhir.Issue) {
	issues = in.defs.Validate(v, fhir.ValidateOptions{Lenient: how.Lenient, Forgiven: forgiven, Type: how.Type})
	if how.ID != "" && ref.ID != "" && ref.ID != how.ID {
		issues = append(issues, fhir.Issue{Path: ref.Type + ".id", Code: "value", Message: "is not the id that is written to"})
	}
	if ref.ID == "" && !how.Identify {
		issues = append(issues, fhir.Issue{
			Path: ref.Type + ".id", Code: "required", Message: "an id is needed: letters, digits, - and ., at most 64",
		})
	}
	if how.Restamp || meta.LastUpdated == "" {
		return 0, issues
	}
	updated, _, err := fhir.ParseInstantRange(meta.LastUpdated, nil)
	if err != nil {
		issues = append(issues, fhir.Issue{
			Path: ref.Type + ".meta.lastUpdated", Code: "value", Message: "not an instant (2024-05-01T10:30:00Z)",
		})
	}
	return updated, issues
}

// identify gives a body an id made from its content.
func identify(body fhir.Body) (fhir.Body, string, error) {
	hash := body.ContentHash()
	id := fmt.Sprintf("%x", hash[:16])
	body, err := fhir.WithID(body, id)
	return body, id, err
}
