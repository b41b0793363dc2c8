package graph

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/patch"
	"github.com/heliograph/heliograph/search"
)

// commander makes a command of the arguments of a mutation. Whatever is wrong with them is said at once.
type commander struct {
	h      *Handler
	c      *call
	in     *inputs
	vars   map[string]any
	errors []error
}

func (k *commander) fail(format string, args ...any) {
	k.errors = append(k.errors, fault.New(fault.BadUserInput, format, args...))
}

func (k *commander) note(err error) {
	if err != nil {
		k.errors = append(k.errors, err)
	}
}

// command reads a mutation that writes one resource.
func (k *commander) command(m *mutation) (composite.Command, error) {
	k.errors = nil
	args := arguments{m.field, k.vars}
	cmd := composite.Command{Type: m.typ, Lenient: k.c.lenient}
	switch m.kind {
	case mutationCreate:
		cmd.Method = composite.Create
		cmd.Resource = k.resource(m.field)
		if args.has("ifNoneExist") {
			cmd.Criteria = k.criteria(m.typ, "ifNoneExist", args.text("ifNoneExist"))
		}
		return cmd, k.failure()
	case mutationUpdate:
		cmd.Method = composite.Update
		cmd.Resource = k.resource(m.field)
	case mutationPatch:
		cmd.Method = composite.Patch
		cmd.Patch = k.patch(m.field)
	case mutationDelete:
		cmd.Method = composite.Delete
	}
	k.target(&cmd, args)
	if cmd.Method == composite.Update && cmd.ID != "" {
		cmd.Resource = identified(cmd.Resource, cmd.ID)
	}
	return cmd, k.failure()
}

// failure is one error of all; its code is that of the first.
func (k *commander) failure() error {
	if len(k.errors) < 2 {
		for _, err := range k.errors {
			return err
		}
		return nil
	}
	texts := make([]string, 0, len(k.errors))
	for _, err := range k.errors {
		texts = append(texts, messageOf(err, codeOf(err)))
	}
	return fault.New(codeOf(k.errors[0]), "%s", strings.Join(texts, "; "))
}

// target reads which resource a mutation is about, and which version it must have.
func (k *commander) target(cmd *composite.Command, args arguments) {
	given := 0
	if args.has("id") {
		given++
		cmd.ID = args.text("id")
	}
	if args.has("search") {
		given++
		cmd.Criteria = k.criteria(cmd.Type, "search", args.text("search"))
	}
	if args.has(argWhere) {
		given++
		cmd.Criteria = k.where(cmd.Type, args)
	}
	if given != 1 {
		k.fail("give id, search or where, one of them")
	}
	if !args.has("ifMatch") {
		return
	}
	text := strings.TrimPrefix(args.text("ifMatch"), "W/")
	if n := len(text); n > 1 && text[0] == '"' && text[n-1] == '"' {
		text = text[1 : n-1]
	}
	var ok bool
	if cmd.IfMatch, ok = parseVersion(text); !ok {
		k.fail(`ifMatch: a version is a number above 0, as in meta.versionId ("3"), or an ETag of it`)
	}
}

// resource is the content of a create or an update: exactly one of its two forms.
func (k *commander) resource(f *ast.Field) []byte {
	typed, err := k.in.json(f, "resource")
	k.note(err)
	raw, other := k.in.json(f, "res")
	k.note(other)
	switch {
	case err != nil || other != nil:
	case typed != nil && raw != nil:
		k.fail("give resource or res, not both")
	case typed != nil:
		return typed
	case raw != nil:
		return raw
	default:
		k.fail("give the resource, as resource or as res")
	}
	return nil
}

// identified is a resource with the id that an update names, if it has none of its own.
func identified(resource []byte, id string) []byte {
	body, meta, err := fhir.Strip(resource)
	if err != nil || meta.ID != "" {
		return resource // what is wrong will be said when it is taken in
	}
	if with, err := fhir.WithID(body, id); err == nil {
		return with.JSON
	}
	return resource
}

// patch reads a patch of either kind: a JSON Patch is a list, a FHIRPath Patch is a Parameters resource.
func (k *commander) patch(f *ast.Field) patch.Patch {
	raw, err := k.in.json(f, "patch")
	if err != nil {
		k.note(err)
		return nil
	}
	var p patch.Patch
	switch {
	case len(raw) > 0 && raw[0] == '[':
		p, err = patch.JSON(raw)
	case len(raw) > 0 && raw[0] == '{':
		p, err = patch.FHIRPath(raw, k.h.compiler)
	default:
		k.fail("patch: a JSON Patch is a list of operations, a FHIRPath Patch is a resource of type Parameters")
		return nil
	}
	k.note(err)
	return p
}

// where reads a typed condition.
func (k *commander) where(typ string, args arguments) *search.Query {
	value, _ := args.lookup(argWhere)
	e, err := readWhere(k.c.schema, k.c.reader, typ, asInput(value))
	k.note(err)
	if object, ok := value.(map[string]any); ok && len(object) == 0 {
		k.fail("where: an empty condition would find everything")
	}
	return &search.Query{Caller: k.c.caller, Type: typ, Where: e}
}

// criteria reads a condition as a URL has it: "identifier=http://example.org|1&active=true".
func (k *commander) criteria(typ, name, text string) *search.Query {
	q := &search.Query{Caller: k.c.caller, Type: typ, Where: search.False{}}
	if len(text) > composite.MaxCondition {
		k.note(fault.New(fault.TooCostly, "%s: a condition has at most %d bytes", name, composite.MaxCondition))
		return q
	}
	var and search.And
	before := len(k.errors)
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "?"), "&") {
		code, value, _ := strings.Cut(part, "=")
		code, err := url.QueryUnescape(code)
		value, other := url.QueryUnescape(value)
		switch {
		case part == "":
			continue
		case err != nil || other != nil:
			k.fail("%s: a %% is not followed by two hexadecimal digits", name)
			continue
		}
		e, err := k.c.reader.Clause(typ, code, []string{value})
		k.note(err)
		and = append(and, e)
	}
	if len(and) == 0 && len(k.errors) == before {
		k.fail("%s: a condition has at least one search parameter, as in identifier=http://example.org|1", name)
	}
	q.Where = and
	return q
}

func etag(version int64) string { return strconv.FormatInt(version, 10) }
