package bundle

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/patch"
)

// content reads the spooled Bundle again and gives the resource of every entry that writes to f, a bounded number side by side. f may
// keep what it is given. An error of f ends it.
func (r *run) content(ctx context.Context, f func(ctx context.Context, i int, e Entry) error) error {
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(r.cfg.Workers)
	_, err := Read(bufio.NewReaderSize(r.in.section(0, r.in.size), 1<<16), func(e *Entry) bool {
		i := e.Number - 1
		if it := &r.items[i]; it.err != nil || it.reads() {
			return within.Err() == nil
		}
		kept := Entry{Number: e.Number, FullURL: e.FullURL, Type: e.Type, Resource: bytes.Clone(e.Resource)}
		g.Go(func() error { return f(within, i, kept) })
		return within.Err() == nil
	})
	if waited := g.Wait(); waited != nil {
		return waited
	}
	if ctx.Err() != nil {
		return &fault.Error{Code: fault.Timeout, Message: "the request has ended", Err: ctx.Err()}
	}
	return fault.At("", "spool", err)
}

// complete puts into an entry's command what it writes.
func (r *run) complete(
	ctx context.Context, l *composite.Linking, i int, e Entry, names func(fhir.Link) (string, bool),
) (composite.Command, error) {
	c := r.items[i].command
	if c.Method == composite.Delete {
		return c, nil
	}
	raw, issues, err := l.Apply(ctx, e.Type, e.Resource, names)
	if err == nil && len(issues) > 0 {
		err = &composite.InvalidError{Ref: fhir.Ref{Type: e.Type}, Issues: issues, Code: fault.PreconditionFailed}
	}
	if err != nil {
		return c, err
	}
	if c.Method == composite.Patch {
		c.Patch, err = r.patch(e.Type, raw)
		return c, err
	}
	c.Resource = raw
	return c, nil
}

// patch reads the resource of a PATCH: a Binary that holds a JSON Patch, or Parameters that are a FHIRPath Patch (R4, 3.1.0.11.2).
func (r *run) patch(resourceType string, raw []byte) (patch.Patch, error) {
	switch {
	case resourceType == "Parameters" && r.cfg.Compiler != nil:
		return patch.FHIRPath(raw, r.cfg.Compiler)
	case resourceType != "Binary":
		return nil, fault.New(fault.BadUserInput, "the resource of a PATCH is a Binary with a JSON Patch or Parameters with a FHIRPath Patch")
	}
	var kind, data string
	if err := object(raw, "the Binary", func(name string, value []byte) {
		switch name {
		case "contentType":
			kind = textOf(value)
		case "data":
			data = textOf(value)
		}
	}); err != nil {
		return nil, fault.New(fault.BadUserInput, "%s", err.Error())
	}
	if kind, _, _ = strings.Cut(kind, ";"); strings.TrimSpace(kind) != "application/json-patch+json" {
		return nil, fault.New(fault.BadUserInput, "Binary.contentType of a PATCH is application/json-patch+json")
	}
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, fault.New(fault.BadUserInput, "Binary.data is not base64")
	}
	return patch.JSON(text)
}
