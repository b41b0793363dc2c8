package bundle

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// run is one Bundle being processed.
type run struct {
	*Processor
	caller  search.Caller
	options Options

	in      spool
	head    Head
	items   []item
	names   Names
	answers *answers

	problems problems
	epoch    string
	position search.Position
}

// item is what is kept of an entry in memory.
type item struct {
	fullURL, method, url         string
	ifNoneMatch, ifModifiedSince string
	// command is what a write does; its content is read later.
	command composite.Command
	// condition is what a conditional create or update is about, as a conditional reference.
	condition string
	// twin is an earlier entry with the same fullUrl; -1 for none.
	twin int
	err  error
}

// reads says whether the entry only asks.
func (it *item) reads() bool { return it.method == "GET" || it.method == "HEAD" }

// survey spools the Bundle and notes what each entry is to do.
func (r *run) survey(in io.Reader) error {
	limited := &io.LimitedReader{R: in, N: r.cfg.Bytes + 1}
	var full error
	head, err := Read(io.TeeReader(limited, &r.in), func(e *Entry) bool {
		if len(r.items) >= r.cfg.Entries {
			full = fault.New(fault.TooCostly, "the Bundle has more than %d entries; split it", r.cfg.Entries)
			return false
		}
		it := r.item(e)
		full = r.name(&it, e)
		r.items = append(r.items, it)
		return full == nil && limited.N > 0
	})
	switch {
	case limited.N <= 0:
		return fault.New(fault.TooCostly, "the Bundle has more than %d MB; split it", r.cfg.Bytes>>20)
	case full != nil:
		return full
	case err != nil:
		return fault.New(fault.BadUserInput, "%s", err.Error())
	case head.ResourceType != "Bundle" || head.Type != "transaction" && head.Type != "batch":
		return fault.New(fault.BadUserInput, "a Bundle of type transaction or batch is expected")
	}
	r.head = head
	return nil
}

// name notes what the resource of an entry is called: by its fullUrl and, where a condition finds or makes it, by that.
func (r *run) name(it *item, e *Entry) error {
	if it.err != nil || it.command.Method != composite.Create && it.command.Method != composite.Update {
		return nil
	}
	if other, ok := r.names.entries[e.FullURL]; ok && e.FullURL != "" {
		it.twin = other
	}
	err := r.names.Add(e.FullURL, len(r.items))
	if it.command.Criteria != nil && err == nil {
		_, query, _ := strings.Cut(it.url, "?")
		if e.IfNoneExist != "" {
			query = strings.TrimPrefix(e.IfNoneExist, "?")
		}
		it.condition = it.command.Type + "?" + query
		err = r.names.Add(it.condition, len(r.items))
	}
	return err
}

// item reads what an entry is to do.
func (r *run) item(e *Entry) item {
	it := item{twin: -1, fullURL: e.FullURL, method: e.Method, ifNoneMatch: e.IfNoneMatch, ifModifiedSince: e.IfModifiedSince, err: e.Err}
	if it.err != nil {
		it.err = fault.New(fault.BadUserInput, "%s", e.Err.Error())
		return it
	}
	it.url = strings.TrimPrefix(e.URL, "/")
	if base := strings.TrimSuffix(r.options.Base, "/"); base != "" {
		it.url = strings.TrimPrefix(it.url, base+"/")
	}
	if it.url == "" && e.Method != "" {
		it.err = fault.New(fault.BadUserInput, "request.url is missing")
		return it
	}
	if !it.reads() {
		it.command, it.err = r.command(e, it.url)
	} else if r.options.Fetch == nil {
		it.err = fault.New(fault.Unsupported, "entries that read are not answered here")
	}
	return it
}

// command makes the command of a write, without its content.
func (r *run) command(e *Entry, url string) (composite.Command, error) {
	c := composite.Command{Lenient: r.options.Lenient}
	method := map[string]composite.Method{"POST": composite.Create, "PUT": composite.Update, "PATCH": composite.Patch, "DELETE": composite.Delete}
	if c.Method = method[e.Method]; c.Method == 0 {
		return c, fault.New(fault.BadUserInput, "request.method is one of DELETE, POST, PUT, PATCH, GET, HEAD")
	}
	var err error
	if c.Method != composite.Create {
		err = r.aimed(&c, url)
	} else if c.Type = url; strings.ContainsAny(url, "/?$") {
		err = fault.New(fault.BadUserInput, "request.url of a POST is a resource type; operations and searches by POST are not part of Bundles here")
	}
	if err != nil {
		return c, err
	}
	if c.Method != composite.Delete && e.Resource == nil {
		return c, fault.New(fault.BadUserInput, "the entry has no resource")
	}
	if c.Method == composite.Create || c.Method == composite.Update {
		if e.Type != c.Type {
			return c, fault.New(fault.BadUserInput, "request.url names another type than the resource is of")
		}
		// The content is read later; what it is known by is needed before.
		if fhir.ValidID(e.ID) {
			c.Resource = []byte(`{"resourceType":"` + c.Type + `","id":"` + e.ID + `"}`)
		}
	}
	return c, r.conditions(&c, e)
}

// aimed reads the URL of a PUT, PATCH or DELETE: Type/id or Type?condition.
func (r *run) aimed(c *composite.Command, url string) error {
	ref, err := fhir.ParseReference(url, "")
	switch {
	case err == nil && ref.Kind == fhir.ReferenceLocal && ref.Version == "" && ref.Fragment == "":
		c.Type, c.ID = ref.Type, ref.ID
		return nil
	case strings.Contains(url, "?"):
		typ, query, _ := strings.Cut(url, "?")
		c.Type = typ
		c.Criteria, err = r.cfg.Storage.Condition(typ, query)
		return err
	}
	return fault.New(fault.BadUserInput, "request.url is Type/id, or Type?condition")
}

// conditions reads the ifs of entry.request.
func (r *run) conditions(c *composite.Command, e *Entry) (err error) {
	if e.IfNoneExist != "" {
		if c.Method != composite.Create {
			return fault.New(fault.BadUserInput, "request.ifNoneExist is of a POST only")
		}
		if c.Criteria, err = r.cfg.Storage.Condition(c.Type, e.IfNoneExist); err != nil {
			return err
		}
	}
	switch e.IfNoneMatch {
	case "":
	case "*":
		c.IfAbsent = true
	default:
		return fault.New(fault.BadUserInput, "request.ifNoneMatch of a write is *")
	}
	if e.IfMatch != "" {
		if c.IfMatch, err = version(e.IfMatch); err != nil {
			return err
		}
	}
	return nil
}

// version reads an ETag, W/"3".
func version(tag string) (int64, error) {
	tag = strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
	n, err := strconv.ParseInt(tag, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.BadUserInput, `request.ifMatch is a version, W/"3"`)
	}
	return n, nil
}

// messageOf is what a client may be told of an error.
func messageOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Message != "" {
		return f.Message
	}
	return "internal error"
}
