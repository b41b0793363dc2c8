package bundle

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
)

// batch runs each entry on its own.
func (r *run) batch(ctx context.Context) error {
	for i := range r.items {
		if err := r.items[i].err; err != nil {
			if err := r.fail(i, err); err != nil {
				return err
			}
		}
	}
	links := r.cfg.Storage.Linking(r.caller)
	return r.content(ctx, func(ctx context.Context, i int, e Entry) error {
		done, err := r.one(ctx, links, i, e)
		if err != nil {
			return r.fail(i, err)
		}
		return r.reply(i, done)
	})
}

// one runs one entry.
func (r *run) one(ctx context.Context, links *composite.Linking, i int, e Entry) (composite.Done, error) {
	other := -1
	c, err := r.complete(ctx, links, i, e, func(l fhir.Link) (string, bool) {
		if to, ok := r.names.Entry(l, ""); ok && to != i && placeholder(l.Text) {
			other = to
		}
		return "", false
	})
	if other >= 0 {
		return composite.Done{}, fault.New(fault.BadUserInput, "the resource refers to entry[%d]; entries of a batch do not know each other: send a transaction", other)
	}
	if err != nil {
		return composite.Done{}, err
	}
	return r.cfg.Storage.Do(ctx, r.caller, c)
}

// fail answers an entry with an error.
func (r *run) fail(i int, err error) error {
	status, body := r.options.Failure(err)
	switch c, code := &r.items[i].command, fault.Of(err); {
	case c.Method == composite.Update && code == fault.NotFound:
		status = http.StatusMethodNotAllowed // R4, 3.1.0.4.1: an update does not create here
	case c.IfMatch > 0 && code == fault.Conflict:
		status = http.StatusPreconditionFailed
	}
	return fault.At("", "spool", r.answers.put(i, reply{status: status, outcome: body}))
}

// replies answers all entries of a transaction that wrote.
func (r *run) replies(order []int, done []composite.Done) error {
	for at, i := range order {
		if err := r.reply(i, done[at]); err != nil {
			return err
		}
	}
	return nil
}

// reply answers an entry that wrote.
func (r *run) reply(i int, d composite.Done) error {
	c := &r.items[i].command
	out := reply{status: statusOf(c.Method, d.Effect), lastModified: d.LastUpdated}
	if d.Version != 0 {
		out.etag = `W/"` + strconv.FormatInt(d.Version, 10) + `"`
		if c.Method != composite.Delete {
			out.location = fmt.Sprintf("%s/_history/%d", d.Ref, d.Version)
		}
	}
	if r.options.Return == Representation && d.Resource != nil {
		out.resource = d.Resource.Body.Append(nil, strconv.FormatInt(d.Version, 10), fhir.FormatInstant(d.LastUpdated))
	}
	issues := append(outcome.Of(outcome.Warning, d.Forgiven), outcome.Of(outcome.Information, d.Remarks)...)
	if r.options.Return == OperationOutcome && len(issues) == 0 {
		text := map[composite.Effect]string{
			composite.Created: "created", composite.Updated: "updated", composite.Deleted: "deleted", composite.Unchanged: "nothing had to be changed",
		}[d.Effect]
		issues = []outcome.Issue{{Severity: outcome.Information, Code: "informational", Text: text}}
	}
	if len(issues) > 0 {
		out.outcome = outcome.Append(nil, issues)
	}
	r.noted(d)
	return fault.At("", "spool", r.answers.put(i, out))
}

// noted keeps how far the log is with what was written.
func (r *run) noted(d composite.Done) {
	r.problems.mu.Lock()
	defer r.problems.mu.Unlock()
	r.epoch = d.Epoch
	r.position = max(r.position, d.Position)
}

func statusOf(m composite.Method, e composite.Effect) int {
	switch {
	case m == composite.Delete:
		return 204
	case e == composite.Created:
		return 201
	}
	return 200
}

// fetches answers the entries that read, now that all is written.
func (r *run) fetches(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.cfg.Workers)
	for i := range r.items {
		it := &r.items[i]
		if it.err != nil || !it.reads() {
			continue
		}
		g.Go(func() error {
			a := r.options.Fetch(ctx, Request{Method: it.method, URL: it.url, IfNoneMatch: it.ifNoneMatch, IfModifiedSince: it.ifModifiedSince})
			if !r.answers.room(len(a.Resource), r.cfg.Bytes) {
				return r.fail(i, fault.New(fault.TooCostly, "the Bundle reads more than %d MB; split it", r.cfg.Bytes>>20))
			}
			out := reply{status: a.Status, etag: a.ETag, lastModified: a.LastModified, resource: a.Resource}
			if a.Status >= 400 {
				out.resource, out.outcome = nil, a.Resource
			}
			return fault.At("", "spool", r.answers.put(i, out))
		})
	}
	return g.Wait()
}
