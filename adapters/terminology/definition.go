package terminology

import (
	"math"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// parsedKey is a version of a resource.
type parsedKey struct {
	tenant string
	adapters.Key
}

// definition is a CodeSystem or a ValueSet as it is worked with. It is immutable.
type definition struct {
	key adapters.Key
	// url and tag are its canonical: tag is the business version.
	url, tag   string
	codeSystem *codeSystem
	valueSet   *valueSet
}

// String is the definition for messages.
func (d *definition) String() string {
	name := d.url
	if name == "" {
		name = d.key.Ref.String()
	}
	if d.tag != "" {
		name += "|" + d.tag
	}
	return name
}

// weight is about how many concepts and codes it holds.
func (d *definition) weight() uint32 {
	n := 1
	if d.codeSystem != nil {
		n += len(d.codeSystem.concepts)
	}
	if d.valueSet != nil {
		n += d.valueSet.listed
	}
	return uint32(min(n, math.MaxInt32))
}

func parse(res *search.Resource) (*definition, error) {
	var p fastjson.Parser
	v, err := p.ParseBytes(res.Body.JSON)
	if err != nil {
		return nil, &fault.Error{Code: fault.StoreCorrupt, Message: "the stored bytes of " + res.Ref.String() + " are no resource", Err: err}
	}
	d := &definition{key: adapters.Key{Ref: res.Ref, Version: res.Version}, url: text(v, "url"), tag: text(v, "version")}
	if res.Ref.Type == codeSystemType {
		d.codeSystem = readCodeSystem(v)
	} else {
		d.valueSet = readValueSet(v)
	}
	return d, nil
}

// text is a member that is a string; "" if it is absent or something else.
func text(v *fastjson.Value, name string) string { return string(v.GetStringBytes(name)) }

func texts(v *fastjson.Value, name string) []string {
	var out []string
	for _, e := range v.GetArray(name) {
		if b, err := e.StringBytes(); err == nil {
			out = append(out, string(b))
		}
	}
	return out
}

// codes is a set of codes.
type codes map[fhir.Code]struct{}

func (c codes) addAll(o codes) {
	for code := range o {
		c[code] = struct{}{}
	}
}
