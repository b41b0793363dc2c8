package search

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhir/ucum"
	"github.com/heliograph/heliograph/internal/fault"
)

// Units says how quantities are indexed and compared.
type Units uint8

// The ways.
const (
	// UnitsExact compares the value with the system and code, or the unit, as they are stored.
	UnitsExact Units = iota
	// UnitsCanonical compares a value that is given with a UCUM unit (number|http://unitsofmeasure.org|code) in base units, with
	// every stored quantity that converts to the same ones: 70.5 kg finds 70500 g, and the precision of what is asked for
	// is scaled with it. Sorting is by the number in base units. Everything else is as with UnitsExact: a number without a
	// unit is compared with the number as stored, whatever its unit (FHIR R4, 3.1.1.4.11), number||code with the code or the
	// unit as stored, and units of other systems, and those that do not convert, with themselves. The index holds both
	// forms (Param.Canonical).
	UnitsCanonical
)

// Config says how resources are indexed. A change of it changes the index values, and so Indexer.Epoch.
type Config struct {
	Units Units
	// Location is the time zone of date-times that state none, and of dates; nil is UTC.
	Location *time.Location
	// Base is the address of our own FHIR endpoint: absolute references below it are references to resources here. May be "".
	Base string
}

// Indexer makes the index values of resources. It is safe for concurrent use.
type Indexer struct {
	params  *Parameters
	config  Config
	parsers fastjson.ParserPool
	scratch sync.Pool
}

// Skipped is a value that was not indexed because it is malformed: everything else of its resource was.
type Skipped struct {
	// Param is the code of the parameter, Path the FHIRPath of the element without indexes, Reason what is wrong with it. None
	// of them repeats the value.
	Param, Path, Reason string
}

// NewIndexer makes an indexer. It fails with BadUserInput for Units that are neither exact nor canonical.
func NewIndexer(params *Parameters, config Config) (*Indexer, error) {
	if config.Units > UnitsCanonical {
		return nil, fault.New(fault.BadUserInput, "units: they are exact or canonical")
	}
	config.Base = strings.TrimSuffix(config.Base, "/")
	return &Indexer{params: params, config: config}, nil
}

// Parameters are those that the indexer makes values for.
func (x *Indexer) Parameters() *Parameters { return x.params }

// Epoch identifies what rows indexed for a parameter by this indexer hold: Param.Epoch, and what of the configuration
// bears on the parameter's type. It covers the rows of Param.Canonical.
func (x *Indexer) Epoch(p *Param) uint64 {
	e := p.Epoch
	switch p.Type {
	case Date:
		e ^= epoch(x.config.location().String(), Date)
	case Quantity:
		if x.config.Units == UnitsCanonical {
			e = mix(e ^ ucum.Standard().Fingerprint())
		}
	case Reference:
		e ^= epoch(x.config.Base, Reference)
	case Composite:
		for _, part := range p.Parts {
			e = mix(e ^ x.Epoch(part))
		}
	}
	return e
}

// Fingerprint changes when any value that this version of the program makes by default may differ from what another makes: it
// covers FHIR's own parameters and the indexer, not custom ones and not the configuration.
func (x *Indexer) Fingerprint() string {
	sum := uint64(IndexerVersion)
	standard := x.params.standard()
	for _, resource := range standard.defs.Resources() {
		for _, p := range standard.Of(resource) {
			sum = mix(sum ^ p.Epoch)
		}
	}
	return strconv.FormatUint(sum, 16)
}

func (c Config) location() *time.Location {
	if c.Location == nil {
		return time.UTC
	}
	return c.Location
}

// IndexBytes is Index of a resource as JSON text. Text that is no JSON is BadUserInput, and is not repeated.
func (x *Indexer) IndexBytes(b []byte) (*Values, []Skipped, error) {
	p := x.parsers.Get()
	defer x.parsers.Put(p)
	v, err := p.ParseBytes(b)
	if err != nil {
		return nil, nil, fault.New(fault.BadUserInput, "the resource is not JSON")
	}
	return x.Index(v)
}

// Index gives all index values of a resource, and the values that it had to leave out. The result shares no memory with v, which
// must not be used by another goroutine meanwhile. Ref.ID is "" for a resource without an id; LastUpdated is left to the
// writer. It fails with BadUserInput if v is no resource of a known type, and with TooCostly if the parts of a composite combine
// to more than a million items.
func (x *Indexer) Index(v *fastjson.Value) (*Values, []Skipped, error) {
	name := string(v.GetStringBytes("resourceType"))
	params := x.params.types[name]
	if params == nil {
		return nil, nil, fault.New(fault.BadUserInput, "no resource of a known type")
	}
	e := x.extraction()
	defer x.scratch.Put(e)
	out := &Values{Ref: fhir.Ref{Type: name, ID: string(v.GetStringBytes("id"))}}
	if err := e.index(v, out, params.compiled, true, true); err != nil {
		return nil, nil, err
	}
	skipped := e.skipped
	e.skipped = nil
	return out, skipped, nil
}
