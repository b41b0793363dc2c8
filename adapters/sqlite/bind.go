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
	codes  map[codesArg]string
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
	b.codes = map[codesArg]string{}
	for _, st := range statements {
		for _, a := range st.args {
			want, ok := a.(codesArg)
			if !ok || b.codes[want] != "" {
				continue
			}
			if b.codes[want], err = s.expansion(want.name, in.expanded(want.set)); err != nil {
				return b, err
			}
		}
	}
	return b, nil
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

// expansion gives the keys of codes, as a JSON array of [sid, code, system]. Codes of systems that never occurred are left out.
func (s *Store) expansion(name *paramName, codes []fhir.Code) (string, error) {
	c := &compiler{names: s.names}
	out := [][3]any{}
	for _, code := range codes {
		if code.Code == "" {
			continue
		}
		own, shared, _, _ := c.systems(name, subSystem, code.System, true)
		for _, sid := range own {
			out = append(out, [3]any{sid, boundKey(code.Code), ""})
		}
		if shared != 0 {
			out = append(out, [3]any{shared, boundKey(code.Code), code.System})
		}
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// arguments puts the run's values in the place of the marks; leave frees them.
func (s *Store) arguments(ctx context.Context, args []value, b bindings) (out []value, leave func()) {
	out = make([]value, len(args))
	var programs []int64
	for i, a := range args {
		switch a := a.(type) {
		case withinArg:
			out[i] = b.within
		case codesArg:
			out[i] = b.codes[a]
		case parentArg:
			out[i] = b.parent
		case *program:
			n := s.kit.enter(ctx, a)
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
	}
}
