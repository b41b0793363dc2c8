package terminology

import (
	"context"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// The types of the definitions.
const (
	codeSystemType = "CodeSystem"
	valueSetType   = "ValueSet"
)

// run is one call: on whose behalf, how old its answer is, and what it has looked up.
type run struct {
	*Terminology
	caller  search.Caller
	atLeast search.Position
	// at is the lowest position of the source's answers.
	at   search.Position
	uses []use
	// inside are the value sets that are being expanded, outermost first.
	inside []*definition
	// done are those that have been.
	done map[*definition]codes
	// held counts the codes of the sets in done.
	held int
}

// use is a definition that was looked for, and what was found.
type use struct {
	lookup
	key adapters.Key // of Version 0: none
}

// lookup names a definition: by canonical URL, and version unless the newest is meant, or by id.
type lookup struct{ resourceType, url, version, id string }

// String is the lookup for messages.
func (l lookup) String() string {
	switch {
	case l.id != "":
		return l.resourceType + "/" + l.id
	case l.version != "":
		return l.kind() + l.url + "|" + l.version
	}
	return l.kind() + l.url
}

func (l lookup) kind() string {
	if l.resourceType == codeSystemType {
		return "the code system "
	}
	return "the value set "
}

// canonical reads url|version, and "ValueSet/id".
func canonical(resourceType, text string) lookup {
	if id, ok := strings.CutPrefix(text, resourceType+"/"); ok && fhir.ValidID(id) {
		return lookup{resourceType: resourceType, id: id}
	}
	url, version, _ := strings.Cut(text, "|")
	return lookup{resourceType: resourceType, url: url, version: version}
}

// find looks a definition up and notes it; nil if there is none.
func (r *run) find(ctx context.Context, l lookup) (*definition, error) {
	d, _, err := r.look(ctx, l)
	if err != nil {
		return nil, err
	}
	u := use{lookup: l}
	if d != nil {
		u.key = d.key
	}
	r.uses = append(r.uses, u)
	if d == nil {
		return r.cfg.Base.find(l), nil
	}
	return d, nil
}

// unchanged says whether lookups still find what they found.
func (r *run) unchanged(ctx context.Context, uses []use) (bool, error) {
	for _, u := range uses {
		d, _, err := r.look(ctx, u.lookup)
		if err != nil {
			return false, err
		}
		var key adapters.Key
		if d != nil {
			key = d.key
		}
		if key != u.key {
			return false, nil
		}
	}
	return true, nil
}

// need is find for a definition without which nothing can be said.
func (r *run) need(ctx context.Context, l lookup) (*definition, error) {
	d, err := r.find(ctx, l)
	if d == nil && err == nil {
		err = r.missing(ctx, l)
	}
	return d, err
}

// missing says that there is no such definition, and which versions of it there are.
func (r *run) missing(ctx context.Context, l lookup) error {
	missing := fault.New(fault.BadUserInput, "%s is not stored here", l)
	if l.version == "" {
		return missing
	}
	_, others, err := r.look(ctx, lookup{resourceType: l.resourceType, url: l.url})
	if err != nil {
		return err
	}
	if len(others) > 0 {
		missing.Message += "; there are the versions " + strings.Join(others, ", ")
	}
	return missing
}

// look asks the source: of several definitions of one URL it takes that of the version asked for, else of the newest. It gives the
// versions that there are, besides.
func (r *run) look(ctx context.Context, l lookup) (*definition, []string, error) {
	var keys []adapters.Key
	if l.id != "" {
		keys = []adapters.Key{{Ref: fhir.Ref{Type: l.resourceType, ID: l.id}}}
	} else {
		var err error
		if keys, err = r.candidates(ctx, l); err != nil {
			return nil, nil, err
		}
	}
	all, err := r.read(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(all, func(a, b *definition) int { return fhir.CompareVersions(b.tag, a.tag) })
	var best *definition
	var versions []string
	for _, d := range all {
		if best == nil && (l.version == "" || l.version == d.tag) {
			best = d
		}
		if d.tag != "" {
			versions = append(versions, d.tag)
		}
	}
	return best, versions, nil
}

func (r *run) candidates(ctx context.Context, l lookup) ([]adapters.Key, error) {
	answer := r.cfg.Source.Search(ctx, search.Request{AtLeast: r.atLeast, Query: search.Query{
		Caller: r.caller, Type: l.resourceType,
		Where: search.Clause{Param: r.url[l.resourceType], Values: []search.Value{{Text: l.url}}},
	}})
	var keys []adapters.Key
	for h, err := range answer.Rows {
		if err != nil {
			return nil, err
		}
		keys = append(keys, adapters.Key{Ref: h.Ref, Version: h.Version})
	}
	r.at = min(r.at, answer.At())
	return keys, nil
}

// read gives the definitions with these keys, in order: those that are kept, and the others from the source, at their version of now.
func (r *run) read(ctx context.Context, keys []adapters.Key) ([]*definition, error) {
	out := make([]*definition, len(keys))
	var missing []adapters.Key
	for i, k := range keys {
		var ok bool
		if out[i], ok = r.parsed.GetIfPresent(parsedKey{r.caller.Tenant, k}); !ok || k.Version == 0 {
			out[i] = nil
			missing = append(missing, adapters.Key{Ref: k.Ref})
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	found, at, err := r.cfg.Source.Read(ctx, r.caller, r.atLeast, missing)
	if err != nil {
		return nil, err
	}
	r.at = min(r.at, at)
	for i := range out {
		if out[i] != nil {
			continue
		}
		if out[i], err = r.parse(&found[0]); err != nil {
			return nil, err
		}
		found = found[1:]
	}
	return slices.DeleteFunc(out, func(d *definition) bool { return d == nil }), nil
}

// parse reads a definition and keeps it; nil for what is not there.
func (r *run) parse(res *search.Resource) (*definition, error) {
	if res.Version == 0 || res.Deleted {
		return nil, nil
	}
	key := parsedKey{r.caller.Tenant, adapters.Key{Ref: res.Ref, Version: res.Version}}
	if d, ok := r.parsed.GetIfPresent(key); ok {
		return d, nil
	}
	d, err := parse(res)
	if err != nil {
		return nil, err
	}
	r.parsed.Set(key, d)
	return d, nil
}
