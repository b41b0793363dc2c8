package load

import (
	"context"
	"errors"
	"fmt"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
)

// maxTransaction and maxTransactionBytes bound a transaction Bundle, which must be held as a whole.
const (
	maxTransaction      = 25_000
	maxTransactionBytes = 256 << 20
)

// transaction loads a Bundle whole or not at all. Its checkpoint is in the same transaction: a rerun finds it done.
func (l *Loader) transaction(ctx context.Context, src *source, each func(func(entry) bool) error) error {
	var member adapters.Member
	member.Tenant = l.cfg.Tenant
	var bad []Reject
	var failure error
	size, count := 0, 0
	err := each(func(e entry) bool {
		count++
		size += len(e.resource)
		var w adapters.Write
		var refused error
		if w, refused, failure = l.transactionWrite(ctx, src.name, e); refused != nil {
			bad = append(bad, rejectOf(src.name, &line{number: e.number, raw: e.resource, err: refused}))
		} else {
			member.Writes = append(member.Writes, w)
		}
		return failure == nil && ctx.Err() == nil && count <= maxTransaction && size <= maxTransactionBytes
	})
	if failure = errors.Join(failure, ctx.Err()); failure != nil {
		return failure
	}
	switch {
	case err != nil:
		bad = append(bad, Reject{File: src.name, Line: count + 1, Reasons: []Reason{{Message: err.Error()}}})
	case count > maxTransaction || size > maxTransactionBytes:
		bad = append(bad, Reject{File: src.name, Line: count, Reasons: []Reason{{
			Message: fmt.Sprintf("a transaction has at most %d entries and %d MB", maxTransaction, maxTransactionBytes>>20),
		}}})
	}
	if len(bad) > 0 {
		for _, r := range bad {
			l.reject(r)
		}
		l.cfg.Logger.Warn("the transaction was not loaded: it is whole or not at all", "file", src.name, "entries", count)
		return l.rejects.failure()
	}
	member.Meta = []adapters.Swap{src.mark.next(count, true)}
	outcomes, err := l.submit(ctx, []adapters.Member{member})
	if err != nil {
		return err
	}
	if o := outcomes[0]; o.Err != nil {
		l.reject(rejectOf(src.name, &line{number: o.Failed + 1, err: o.Err}))
		return nil
	}
	l.count(member.Writes, outcomes[0].Results)
	l.progress()
	return nil
}

// transactionWrite makes the write of an entry, or says why it is refused; its last error is the store's.
func (l *Loader) transactionWrite(ctx context.Context, name string, e entry) (w adapters.Write, refused, err error) {
	if e.err != nil {
		return w, e.err, nil
	}
	if e.method == "DELETE" {
		ref, err := fhir.ParseReference(e.url, "")
		if err != nil || ref.Kind != fhir.ReferenceLocal {
			return w, errors.New("entry.request.url of a DELETE is Type/id"), nil
		}
		return adapters.Write{Action: adapters.Delete, Ref: ref.Ref()}, nil, nil
	}
	p, refused := l.cfg.Intake.Prepare(e.resource, l.cfg.Admission)
	if refused != nil {
		return w, refused, nil
	}
	if refused, err = l.seen.check(ctx, l, &p); refused != nil || err != nil {
		return w, refused, err
	}
	l.remark(name, &line{number: e.number, prepared: p})
	p.Write.If.Changed, p.Write.If.Newer = true, true
	return p.Write, nil, nil
}
