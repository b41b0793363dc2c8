package search

import "github.com/heliograph/heliograph/fhir"

// Values are all index values of one version of one resource: the only thing that a store or Match compares.
type Values struct {
	Ref fhir.Ref
	// LastUpdated is meta.lastUpdated in microseconds. The writer sets it, for a body is indexed before its commit time
	// is known; Params has no entry for it.
	LastUpdated int64
	// Params are sorted by Code and hold at least one item each.
	Params []ParamValues
	// Narrative and Content are the tokens (Tokens) of text.div and of all strings, in order, repetitions included. They
	// are not part of the binary form.
	Narrative, Content []string
}

// ParamValues are the index values for one parameter: distinct, in order of occurrence.
type ParamValues struct {
	Code  string
	Type  ParamType
	Items []Item
}

// Item is one index value. Which fields are used depends on the parameter's type:
//
//	string     Text: normalised (Normalise); Exact: as it stands
//	token      System, Code; Text: normalised display text; Types: the identifier's type codings
//	date       Lo, Hi: microseconds since the epoch, half open; MinTime and MaxTime where open
//	number     NLo, NHi: order-preserving bytes, both ends included; equal for a plain number; "" and MaxNumber where open
//	quantity   as number; System, Code, and Text: the unit as displayed; of a Param.Canonical System and Code are those of
//	           the base units, and Text is empty, where it converts
//	reference  Type, ID, Version for a resource here; URL (and Version for a canonical's |version) for one elsewhere;
//	           System, Code: its logical identifier
//	uri        Text
//	composite  Parts: an item for each part
type Item struct {
	Text, Exact       string
	System, Code      string
	Lo, Hi            int64
	NLo, NHi          string
	Type, ID, Version string
	URL               string
	Types             []fhir.Code
	Parts             []Item
}

// The ends of open ranges.
const (
	MinTime = -1 << 63
	MaxTime = 1<<63 - 1
	// MinNumber and MaxNumber sort below and above all encoded numbers.
	MinNumber = ""
	MaxNumber = "\xff"
)

// Of gives the items of a parameter; none if the resource has no value for it.
func (v *Values) Of(code string) []Item {
	lo, hi := 0, len(v.Params)
	for lo < hi {
		mid := (lo + hi) / 2
		if v.Params[mid].Code < code {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(v.Params) && v.Params[lo].Code == code {
		return v.Params[lo].Items
	}
	return nil
}
