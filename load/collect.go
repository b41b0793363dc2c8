package load

import (
	"context"
	"io"
)

// collect notes which resources an input file has, for Enforce. What is wrong with the file is reported when it is loaded.
func (l *Loader) collect(ctx context.Context, f file) error {
	r, err := f.open(nil)
	if err != nil {
		return err
	}
	defer r.Close()
	note := func(raw []byte) {
		if p, err := l.cfg.Intake.Prepare(raw, l.cfg.Admission); err == nil {
			l.seen.known[l.seen.hash(p.Write.Ref)] = struct{}{}
		}
	}
	if !f.ndjson() {
		return l.collectDocument(ctx, f, r, note)
	}
	l.read(ctx, r, 0, func(b *batch) bool {
		for _, ln := range b.lines {
			if ln.err == nil {
				note(ln.raw)
			}
		}
		return ctx.Err() == nil
	})
	return ctx.Err()
}

func (l *Loader) collectDocument(ctx context.Context, f file, r io.Reader, note func([]byte)) error {
	h, err := outline(r)
	if err != nil {
		return ctx.Err()
	}
	again, err := f.open(nil)
	if err != nil {
		return err
	}
	defer again.Close()
	if !h.unpacked() {
		if raw, err := io.ReadAll(io.LimitReader(again, maxLine)); err == nil {
			note(raw)
		}
		return ctx.Err()
	}
	// An error here comes again when the entries are loaded.
	_ = eachEntry(again, h, func(e entry) bool {
		if e.err == nil && e.method != "DELETE" {
			note(e.resource)
		}
		return ctx.Err() == nil
	})
	return ctx.Err()
}
