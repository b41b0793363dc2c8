package composite

import (
	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/patch"
	"github.com/heliograph/heliograph/search"
)

// Method is what a Command does.
type Method uint8

// The methods (FHIR R4, 3.1.0).
const (
	Create Method = iota + 1
	Update
	Patch
	Delete
)

// String is the interaction's name in FHIR.
func (m Method) String() string {
	switch m {
	case Create:
		return "create"
	case Update:
		return "update"
	case Patch:
		return "patch"
	case Delete:
		return "delete"
	}
	return "nothing"
}

// Effect is what a Command did.
type Effect = adapters.Effect

// The effects.
const (
	Unchanged = adapters.Unchanged
	Created   = adapters.Created
	Updated   = adapters.Updated
	Deleted   = adapters.Deleted
)

// Command is one write as a client asks for it. With ID it is about that resource, with Criteria about the one that they find (R4,
// 3.1.0.4.3, 3.1.0.7.1, 3.1.0.8.1); exactly one of the two is set, except for Create, which has no ID and whose Criteria
// are If-None-Exist.
type Command struct {
	Method Method
	// Type is the resource's type, ID its logical id.
	Type, ID string
	// Resource is the content of Create and Update. Its meta.versionId and meta.lastUpdated are ignored, and so is the id of
	// a Create; an Update by ID must have that id.
	Resource []byte
	// Patch is what a Patch applies: to the resource as it is served, meta.versionId and meta.lastUpdated included.
	Patch patch.Patch
	// Criteria find what a conditional command is about; they must say something. Sort keys and the caller in it are ignored.
	Criteria *search.Query
	// Many lets a conditional Delete remove all matches, at most StorageConfig.Matches, all or none.
	Many bool
	// IfMatch demands that this is the current version; 0 demands nothing.
	IfMatch int64
	// IfAbsent demands that there is no current version (If-None-Match: *).
	IfAbsent bool
	// Lenient accepts what legacy data bends (Admission.Lenient).
	Lenient bool
}

// Done is what became of a Command. It is durable.
type Done struct {
	// Effect is Unchanged where nothing had to be written: a conditional Create that found the resource, an Update or a Patch
	// to the same content, a Delete of what is not there. There is then no new version.
	Effect Effect
	// Ref is the resource; its ID is "" if a conditional Delete found none or many.
	Ref fhir.Ref
	// Version and LastUpdated (microseconds) are those of the current version after the write, a tombstone's included; 0 if
	// there never was one.
	Version, LastUpdated int64
	// Position is the place of that version in the log, Epoch the log's.
	Position search.Position
	Epoch    string
	// Resource is the current version after the write; nil if there is none.
	Resource *search.Resource
	// Deleted are what a conditional Delete of Many removed.
	Deleted []fhir.Ref
	// Forgiven and Skipped are what Prepared says (lenient only).
	Forgiven []fhir.Issue
	Skipped  []search.Skipped
	// Remarks are for the one who writes; nothing is wrong.
	Remarks []fhir.Issue
}

// check refuses what is no command. Its mistakes are of the caller's code or of a client that names no type.
func (c *Command) check(defs *fhir.Definitions) error {
	bad := func(format string, args ...any) error { return fault.New(fault.BadUserInput, format, args...) }
	switch {
	case !defs.IsResource(c.Type):
		return bad("%s: there is no such resource type", c.Method)
	case c.ID != "" && !fhir.ValidID(c.ID):
		return bad("%s of %s: an id is 1 to 64 letters, digits, hyphens and dots", c.Method, c.Type)
	case c.Method == Create && c.ID != "":
		return bad("create of %s: the server gives the id; to write to an id, update it", c.Type)
	case c.Method != Create && (c.ID == "") == (c.Criteria == nil):
		return bad("%s of %s: either an id or a condition is needed", c.Method, c.Type)
	case c.Criteria != nil && c.Criteria.Type != c.Type:
		return bad("%s of %s: the condition is about %s", c.Method, c.Type, c.Criteria.Type)
	case c.Criteria != nil && search.Simplify(c.Criteria.Where) == search.Expr(search.True{}):
		return bad("%s of %s: the condition says nothing, and would find everything", c.Method, c.Type)
	case c.Method < Create || c.Method > Delete:
		return fault.New(fault.Internal, "a command without a method")
	case c.Many && c.IfMatch != 0:
		return bad("%s of %s: a version is of one resource, not of all matches", c.Method, c.Type)
	case c.Many && (c.Method != Delete || c.Criteria == nil):
		return bad("%s of %s: only a conditional delete is of many", c.Method, c.Type)
	}
	return nil
}
