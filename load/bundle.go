package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/fhir"
)

// document loads one JSON document: a Bundle whose entries are resources to load, or a resource.
func (l *Loader) document(ctx context.Context, src source, f file) error {
	r, err := f.open(nil)
	if err != nil {
		return err
	}
	defer r.Close()
	head, err := outline(r)
	if err != nil {
		l.bytes.Add(f.size)
		l.reject(Reject{File: f.path, Line: 1, Reasons: []Reason{{Message: err.Error()}}})
		return l.rejects.failure()
	}
	again, err := f.open(&l.bytes)
	if err != nil {
		return err
	}
	defer again.Close()
	if !head.unpacked() {
		return l.single(ctx, &src, again)
	}
	entries := func(yield func(entry) bool) error { return eachEntry(again, head, yield) }
	if head.Type == "transaction" {
		return l.transaction(ctx, &src, entries)
	}
	return l.entries(ctx, &src, entries, src.mark.lines)
}

// single loads a document that is one resource.
func (l *Loader) single(ctx context.Context, src *source, r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxLine+1))
	if err != nil {
		return err
	}
	one := line{number: 1, raw: raw}
	if len(raw) > maxLine {
		one = line{number: 1, err: bundle.ErrLarge}
	}
	b := &batch{lines: []line{one}, upTo: 1, last: true}
	l.prepare(ctx, b)
	err = l.write(ctx, src, b)
	l.progress()
	return err
}

// head is what must be known of a document before its entries are read.
type head struct {
	bundle.Head
	// names are what the entries' resources are called, targets what they will be known by, by the number of the entry.
	names   bundle.Names
	targets map[int]target
	// seed makes the ids of entries that have none: the same Bundle gives the same ids, and another Bundle others.
	seed string
}

// target is how an entry's resource will be known: by its own id, else by one made from its number.
type target struct{ typ, id string }

// unpacked says whether the entries are to be loaded; a document, a message or a history is a resource of its own.
func (h *head) unpacked() bool {
	if h.ResourceType != "Bundle" {
		return false
	}
	switch h.Type {
	case "transaction", "batch", "collection", "searchset":
		return true
	}
	return false
}

// outline reads a document once to find its type and what its entries will be called.
func outline(r io.Reader) (*head, error) {
	h := &head{targets: map[int]target{}}
	hash := sha256.New()
	types := map[string]string{}
	var full error
	read, err := bundle.Read(io.TeeReader(r, hash), func(e *bundle.Entry) bool {
		// What cannot be read is reported when the entry itself is.
		if e.Err != nil || e.FullURL == "" || e.Type == "" || e.FullURL == e.Type+"/"+e.ID {
			return true
		}
		if _, ok := types[e.Type]; !ok {
			types[e.Type] = e.Type
		}
		h.targets[e.Number] = target{typ: types[e.Type], id: e.ID}
		full = h.names.Add(e.FullURL, e.Number)
		return full == nil
	})
	h.Head, h.seed = read, hex.EncodeToString(hash.Sum(nil))
	return h, errors.Join(err, full)
}

// reference is how the resource that a link means is referred to.
func (h *head) reference(l fhir.Link, own string) (string, bool) {
	number, ok := h.names.Entry(l, own)
	if !ok {
		return "", false
	}
	t := h.targets[number]
	if t.id == "" {
		t.id = h.id(number)
	}
	return t.typ + "/" + t.id, true
}

func (h *head) id(number int) string {
	sum := sha256.Sum256([]byte(h.seed + "#" + strconv.Itoa(number)))
	return hex.EncodeToString(sum[:16])
}

// entries loads the entries of a collection or batch, each on its own.
func (l *Loader) entries(ctx context.Context, src *source, each func(func(entry) bool) error, skip int) error {
	b := &batch{}
	var failure error
	size := 0
	flush := func(last bool) {
		b.last = last
		l.prepare(ctx, b)
		failure = l.write(ctx, src, b)
		l.progress()
		b, size = &batch{upTo: b.upTo}, 0
	}
	err := each(func(e entry) bool {
		b.upTo = e.number
		if e.number <= skip {
			return true
		}
		b.lines = append(b.lines, line{number: e.number, raw: e.resource, err: e.problem()})
		size += len(e.resource)
		if len(b.lines) >= l.cfg.Batch || size >= maxBatchBytes {
			flush(false)
		}
		return failure == nil && ctx.Err() == nil
	})
	if failure != nil {
		return failure
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	flush(err == nil)
	if failure == nil && err != nil {
		l.reject(Reject{File: src.name, Line: b.upTo + 1, Reasons: []Reason{{Message: err.Error()}}})
		failure = l.rejects.failure()
	}
	return failure
}

// problem says why an entry outside a transaction cannot be loaded.
func (e *entry) problem() error {
	if e.err == nil && e.method == "DELETE" {
		return errors.New("entry.request.method DELETE: only a transaction deletes")
	}
	return e.err
}
