package sqlite

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// bindings are what a plan's statements are run with.
type bindings struct {
	within string
	codes  map[codesArg]*codeKeys
	known  search.Expansions
	parent string
	made   *vintage
}

// inputs are the streams of a request, each read once: a stream may not be there a second time when a plan is compiled again.
type inputs struct {
	request *search.Request
	within  *string
	codes   map[search.CodeSet][]fhir.Code
}

// bind reads the streams that a plan uses.
func (s *Store) bind(in *inputs, made *vintage, statements ...statement) (b bindings, err error) {
	b.made = made
	if in.request.Within != nil {
		if in.within == nil {
			list, err := marshalIDs(in.request.Within)
			if err != nil {
				return b, err
			}
			in.within = &list
		}
		b.within = *in.within
	}
	if len(in.request.Codes) == 0 {
		return b, nil
	}
	b.codes, b.known = map[codesArg]*codeKeys{}, search.Expansions{}
	for _, st := range statements {
		for _, a := range st.args {
			s.bindCodes(in, &b, a)
		}
	}
	return b, nil
}

// bindCodes reads the code sets that an argument needs.
func (s *Store) bindCodes(in *inputs, b *bindings, a value) {
	switch a := a.(type) {
	case codesArg:
		if b.codes[a] == nil {
			b.codes[a] = s.keysOf(a.name, in.expanded(a.set))
		}
	case *program:
		for _, set := range search.CodeSets(a.where) {
			if _, known := b.known[set]; !known {
				b.known[set] = make(map[fhir.Code]struct{})
				for _, c := range in.expanded(set) {
					b.known[set][c] = struct{}{}
				}
			}
		}
	}
}

func (in *inputs) expanded(set search.CodeSet) []fhir.Code {
	codes, ok := in.codes[set]
	if !ok {
		for code := range in.request.Codes[set] {
			codes = append(codes, code)
		}
		if in.codes == nil {
			in.codes = map[search.CodeSet][]fhir.Code{}
		}
		in.codes[set] = codes
	}
	return codes
}

func marshalIDs(ids iter.Seq[string]) (string, error) {
	list := []string{}
	for id := range ids {
		list = append(list, id)
	}
	b, err := json.Marshal(list)
	return string(b), err
}

// arguments puts the run's values in the place of the marks; leave frees them.
func (s *Store) arguments(ctx context.Context, c *conn, args []value, b bindings) (out []value, leave func(), err error) {
	out = make([]value, len(args))
	var programs []int64
	for i, a := range args {
		switch a := a.(type) {
		case withinArg:
			out[i] = b.within
		case codesArg:
			if out[i], err = b.codes[a].list(ctx, c); err != nil {
				break
			}
		case parentArg:
			out[i] = b.parent
		case *program:
			n := s.kit.enter(ctx, a, b.known)
			programs = append(programs, n)
			out[i] = n
		default:
			out[i] = a
		}
	}
	return out, func() {
		for _, n := range programs {
			s.kit.leave(n)
		}
	}, err
}
