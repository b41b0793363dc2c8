package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
)

// maxTransaction bounds a transaction Bundle, which must be held as a whole.
const (
	maxTransaction      = 25_000
	maxTransactionBytes = 256 << 20
)

// document loads one JSON document: a Bundle whose entries are resources to load, or a resource.
func (l *Loader) document(ctx context.Context, src source, f file, r io.Reader) error {
	head, err := outline(r, f.path)
	if err != nil {
		l.reject(Reject{File: f.path, Line: 1, Reasons: []Reason{{Message: err.Error()}}})
		return nil
	}
	again, err := f.open()
	if err != nil {
		return err
	}
	defer again.Close()
	if !head.unpacked() {
		raw, err := io.ReadAll(io.LimitReader(again, maxLine+1))
		if err != nil {
			return err
		}
		return l.single(ctx, &src, raw)
	}
	entries := func(yield func(entry) bool) error { return eachEntry(again, head, yield) }
	if head.kind == "transaction" {
		return l.transaction(ctx, &src, entries)
	}
	return l.entries(ctx, &src, entries, src.mark.lines)
}

// single loads a document that is one resource.
func (l *Loader) single(ctx context.Context, src *source, raw []byte) error {
	b := &batch{lines: []line{{number: 1, raw: raw}}, upTo: 1, last: true}
	l.prepare(b)
	return l.write(ctx, src, b)
}

// head is what must be known of a document before its entries are read.
type head struct {
	resourceType, kind string
	// renamed maps an entry's fullUrl to the reference by which its resource will be known.
	renamed map[string]string
	// seed makes the ids of entries that have none: the same Bundle gives the same ids.
	seed string
}

// unpacked says whether the entries are to be loaded; a document, a message or a history is a resource of its own.
func (h *head) unpacked() bool {
	if h.resourceType != "Bundle" {
		return false
	}
	switch h.kind {
	case "transaction", "batch", "collection", "searchset":
		return true
	}
	return false
}

// entry is an entry of a Bundle, its references rewritten.
type entry struct {
	number   int
	method   string
	url      string
	resource []byte
	err      error
}

// outline reads a document once to find its type and what its entries will be called.
func outline(r io.Reader, path string) (*head, error) {
	h := &head{renamed: map[string]string{}}
	sum := sha256.Sum256([]byte(path))
	h.seed = hex.EncodeToString(sum[:8])
	type named struct{ fullURL, ref string }
	var all []named
	err := members(r, func(name string, dec *jsontext.Decoder) error {
		switch name {
		case "resourceType", "type":
			v, err := dec.ReadValue()
			if err != nil {
				return err
			}
			text, _ := jsontext.AppendUnquote(nil, v)
			if name == "type" {
				h.kind = string(text)
			} else {
				h.resourceType = string(text)
			}
			return nil
		case "entry":
			return elements(dec, func(number int, raw []byte) error {
				e, err := fastjson.ParseBytes(raw)
				if err != nil {
					return nil // reported when the entry itself is read
				}
				if u := string(e.GetStringBytes("fullUrl")); u != "" {
					all = append(all, named{u, h.reference(e, number)})
				}
				return nil
			})
		}
		return dec.SkipValue()
	})
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.ref != "" && n.ref != n.fullURL {
			h.renamed[n.fullURL] = n.ref
		}
	}
	return h, nil
}

// reference is how an entry's resource will be known: by its own id, else by one made from its place.
func (h *head) reference(e *fastjson.Value, number int) string {
	t := string(e.GetStringBytes("resource", "resourceType"))
	if t == "" {
		return ""
	}
	if id := string(e.GetStringBytes("resource", "id")); id != "" {
		return t + "/" + id
	}
	return t + "/" + h.id(number)
}

func (h *head) id(number int) string {
	sum := sha256.Sum256([]byte(h.seed + "#" + strconv.Itoa(number)))
	return hex.EncodeToString(sum[:16])
}

// members calls f for every member of a JSON object; f reads or skips the value.
func members(r io.Reader, f func(string, *jsontext.Decoder) error) error {
	dec := jsontext.NewDecoder(r)
	t, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() != '{' {
		return errors.New("a JSON object is expected: a Bundle or a resource")
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if err := f(name.String(), dec); err != nil {
			return err
		}
	}
	if _, err = dec.ReadToken(); err != nil {
		return err
	}
	if _, err = dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the JSON object; a resource a line goes into a file that ends in .ndjson")
	}
	return nil
}

// elements calls f for every element of a JSON array, counted from 1.
func elements(dec *jsontext.Decoder, f func(int, []byte) error) error {
	if dec.PeekKind() != '[' {
		return errors.New("entry is not an array")
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for n := 1; dec.PeekKind() != ']'; n++ {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if err := f(n, raw); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

var errStop = errors.New("load: stop")

// eachEntry reads the entries one by one.
func eachEntry(r io.Reader, h *head, yield func(entry) bool) error {
	err := members(r, func(name string, dec *jsontext.Decoder) error {
		if name != "entry" {
			return dec.SkipValue()
		}
		return elements(dec, func(number int, raw []byte) error {
			if !yield(h.entry(number, raw)) {
				return errStop
			}
			return nil
		})
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

func (h *head) entry(number int, raw []byte) entry {
	out := entry{number: number, method: "PUT"}
	e, err := fastjson.ParseBytes(raw)
	if err != nil {
		out.err, out.resource = err, append([]byte(nil), raw...)
		return out
	}
	if m := string(e.GetStringBytes("request", "method")); m != "" {
		out.method, out.url = m, string(e.GetStringBytes("request", "url"))
	}
	res := e.Get("resource")
	switch {
	case out.method == "DELETE":
		return out
	case out.method != "PUT" && out.method != "POST":
		out.err = fmt.Errorf("entry.request.method %s cannot be loaded; only PUT, POST and DELETE can", out.method)
	case e.Exists("request", "ifNoneExist"):
		out.err = errors.New("entry.request.ifNoneExist: a conditional create cannot be loaded; give the resource an id")
	case res == nil:
		out.err = errors.New("entry.resource is missing")
	}
	if res == nil {
		return out
	}
	if !res.Exists("id") && out.err == nil {
		var arena fastjson.Arena
		res.Set("id", arena.NewString(h.id(number)))
	}
	out.resource = rename(res.MarshalTo(nil), h.renamed)
	return out
}

// rename replaces every string that is a fullUrl of the Bundle by the reference to its resource.
func rename(raw []byte, renamed map[string]string) []byte {
	if len(renamed) == 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '"' {
			out = append(out, raw[i])
			i++
			continue
		}
		end := i + 1
		for end < len(raw) && raw[end] != '"' {
			if raw[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(raw)-1)
		if to, ok := renamed[string(raw[i+1:end])]; ok {
			out = append(append(append(out, '"'), to...), '"')
		} else {
			out = append(out, raw[i:end+1]...)
		}
		i = end + 1
	}
	return out
}

// entries loads the entries of a collection or batch, each on its own.
func (l *Loader) entries(ctx context.Context, src *source, each func(func(entry) bool) error, skip int) error {
	b := &batch{}
	var failure error
	size := 0
	flush := func(last bool) {
		b.last = last
		l.prepareEntries(b)
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
	if err != nil {
		l.reject(Reject{File: src.name, Line: b.upTo + 1, Reasons: []Reason{{Message: err.Error()}}})
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	flush(true)
	return failure
}

// problem says why an entry outside a transaction cannot be loaded.
func (e *entry) problem() error {
	if e.err == nil && e.method == "DELETE" {
		return errors.New("entry.request.method DELETE: only a transaction deletes")
	}
	return e.err
}

// prepareEntries takes in those lines that are not refused already.
func (l *Loader) prepareEntries(b *batch) {
	for i := range b.lines {
		if ln := &b.lines[i]; ln.err == nil {
			ln.prepared, ln.err = l.cfg.Intake.Prepare(ln.raw, l.cfg.Admission)
		}
	}
}

// transaction loads a Bundle whole or not at all. Its checkpoint is in the same transaction: a rerun finds it done.
func (l *Loader) transaction(ctx context.Context, src *source, each func(func(entry) bool) error) error {
	var member adapters.Member
	member.Tenant = l.cfg.Tenant
	var bad []Reject
	size, count := 0, 0
	err := each(func(e entry) bool {
		count++
		size += len(e.resource)
		w, err := l.transactionWrite(ctx, src.name, e)
		if err != nil {
			bad = append(bad, rejectOf(src.name, &line{number: e.number, raw: e.resource, err: err}))
		} else {
			member.Writes = append(member.Writes, w)
		}
		return count <= maxTransaction && size <= maxTransactionBytes
	})
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
		return nil
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
	l.count(outcomes[0].Results)
	l.progress()
	return nil
}

func (l *Loader) transactionWrite(ctx context.Context, name string, e entry) (adapters.Write, error) {
	if e.err != nil {
		return adapters.Write{}, e.err
	}
	if e.method == "DELETE" {
		ref, err := fhir.ParseReference(e.url, "")
		if err != nil || ref.Kind != fhir.ReferenceLocal {
			return adapters.Write{}, errors.New("entry.request.url of a DELETE is Type/id")
		}
		return adapters.Write{Action: adapters.Delete, Ref: ref.Ref()}, nil
	}
	p, err := l.cfg.Intake.Prepare(e.resource, l.cfg.Admission)
	if err == nil {
		err = l.seen.check(ctx, l, &p)
	}
	if err != nil {
		return adapters.Write{}, err
	}
	l.remark(name, &line{number: e.number, prepared: p})
	p.Write.If.Changed = true
	return p.Write, nil
}

// collect notes what an input file has, for Enforce.
func (l *Loader) collect(ctx context.Context, f file) error {
	r, err := f.open()
	if err != nil {
		return err
	}
	defer r.Close()
	note := func(raw []byte) {
		if p, err := l.cfg.Intake.Prepare(raw, l.cfg.Admission); err == nil {
			l.seen.known[l.seen.hash(p.Write.Ref)] = struct{}{}
		}
	}
	if f.ndjson() {
		l.read(ctx, r, 0, func(b *batch) bool {
			for _, ln := range b.lines {
				note(ln.raw)
			}
			return ctx.Err() == nil
		})
		return ctx.Err()
	}
	h, err := outline(r, f.path)
	if err != nil {
		return nil // reported when the file is loaded
	}
	for _, to := range h.renamed {
		if ref, err := fhir.ParseReference(to, ""); err == nil {
			l.seen.known[l.seen.hash(ref.Ref())] = struct{}{}
		}
	}
	return ctx.Err()
}
