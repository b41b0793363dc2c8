package load

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// references watches what the input refers to.
type references struct {
	mode References
	seed maphash.Seed
	// known are hashes of the resources in the input: all of it for Enforce, some of what was read so far for Warn.
	known map[uint64]struct{}
	// wanted are targets that have not been seen yet (Warn); at askAt of them the store is asked.
	wanted map[fhir.Ref]struct{}
	askAt  int
}

const (
	// maxWanted is how many unseen targets are held before the store is first asked for them.
	maxWanted = 200_000
	// maxHeld is how many unseen targets are held at all.
	maxHeld = 1_000_000
	// maxKnown is how many seen resources are held, so that the store need not be asked for them (Warn).
	maxKnown = 2_000_000
	// maxNamed is how many dangling references are named; all are counted.
	maxNamed = 20
)

func newReferences(mode References) *references {
	return &references{
		mode: mode, seed: maphash.MakeSeed(), known: map[uint64]struct{}{}, wanted: map[fhir.Ref]struct{}{}, askAt: maxWanted,
	}
}

func (r *references) hash(ref fhir.Ref) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	h.WriteString(ref.Type)
	h.WriteByte('/')
	h.WriteString(ref.ID)
	return h.Sum64()
}

// check looks at the references of a resource that is about to be written. What it refuses, it says why; its error is the store's.
func (r *references) check(ctx context.Context, l *Loader, p *composite.Prepared) (refused, err error) {
	switch r.mode {
	case Warn:
		return nil, r.want(ctx, l, p)
	case Enforce:
		return r.enforce(ctx, l, p)
	}
	return nil, nil
}

// want notes the targets that have not been seen. Asking the store again waits until twice as many are wanted, so that targets which
// never come cost no more than a few questions each.
func (r *references) want(ctx context.Context, l *Loader, p *composite.Prepared) error {
	if len(r.known) >= maxKnown {
		clear(r.known)
	}
	r.known[r.hash(p.Write.Ref)] = struct{}{}
	for _, target := range targets(p.Write.Body.JSON) {
		if _, ok := r.known[r.hash(target)]; ok {
			continue
		}
		if _, ok := r.wanted[target]; !ok && len(r.wanted) >= maxHeld {
			l.sum.Unfollowed++
			continue
		}
		r.wanted[target] = struct{}{}
	}
	if len(r.wanted) < r.askAt {
		return nil
	}
	absent, err := r.unseen(ctx, l)
	r.askAt = max(maxWanted, 2*len(absent))
	return err
}

func (r *references) enforce(ctx context.Context, l *Loader, p *composite.Prepared) (refused, err error) {
	r.known[r.hash(p.Write.Ref)] = struct{}{}
	var missing []fhir.Ref
	for _, target := range targets(p.Write.Body.JSON) {
		if _, ok := r.known[r.hash(target)]; !ok {
			missing = append(missing, target)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	absent, err := l.absent(ctx, missing)
	if err != nil || len(absent) == 0 {
		return nil, err
	}
	invalid := &composite.InvalidError{Ref: p.Write.Ref}
	for _, ref := range absent {
		invalid.Issues = append(invalid.Issues, fhir.Issue{
			Path: p.Write.Ref.Type, Code: "not-found",
			Message: fmt.Sprintf("refers to %s, which is neither in the store nor in the input", ref),
		})
	}
	return invalid, nil
}

// unseen drops from wanted what has come since or is in the store, and gives the rest.
func (r *references) unseen(ctx context.Context, l *Loader) ([]fhir.Ref, error) {
	var ask []fhir.Ref
	for ref := range r.wanted {
		if _, ok := r.known[r.hash(ref)]; ok {
			delete(r.wanted, ref)
			continue
		}
		ask = append(ask, ref)
	}
	slices.SortFunc(ask, fhir.Ref.Compare)
	absent, err := l.absent(ctx, ask)
	if err != nil {
		return nil, err
	}
	clear(r.wanted)
	for _, ref := range absent {
		r.wanted[ref] = struct{}{}
	}
	return absent, nil
}

// absent gives those of the references that the store does not hold.
func (l *Loader) absent(ctx context.Context, refs []fhir.Ref) ([]fhir.Ref, error) {
	var out []fhir.Ref
	for part := range slices.Chunk(refs, 1000) {
		keys := make([]search.Key, len(part))
		for i, ref := range part {
			keys[i] = keyOf(ref)
		}
		found, _, err := l.cfg.Target.Read(ctx, l.caller(), 0, keys)
		if err != nil {
			return nil, err
		}
		for i, res := range found {
			if res.Version == 0 || res.Deleted {
				out = append(out, part[i])
			}
		}
	}
	return out, nil
}

// dangling counts, at the end of a load, the targets that never came.
func (l *Loader) dangling(ctx context.Context) error {
	if l.cfg.References != Warn {
		return nil
	}
	absent, err := l.seen.unseen(ctx, l)
	if err != nil {
		return err
	}
	l.sum.Dangling = int64(len(absent))
	for _, ref := range absent[:min(len(absent), maxNamed)] {
		l.sum.DanglingRefs = append(l.sum.DanglingRefs, ref.String())
	}
	return nil
}

// targets are the local literal references in a resource, each once.
func targets(body []byte) []fhir.Ref {
	var out []fhir.Ref
	seen := map[fhir.Ref]bool{}
	member := []byte(`"reference":"`)
	for {
		i := bytes.Index(body, member)
		if i < 0 {
			return out
		}
		start := i + len(member) - 1
		end := stringEnd(body, start)
		text := body[start+1 : end-1]
		if bytes.IndexByte(text, '\\') >= 0 {
			text, _ = jsontext.AppendUnquote(nil, body[start:end]) // a body is valid JSON
		}
		body = body[end:]
		ref, err := fhir.ParseReference(string(text), "")
		if local := ref.Ref(); err == nil && ref.Kind == fhir.ReferenceLocal && !seen[local] {
			seen[local] = true
			out = append(out, local)
		}
	}
}
