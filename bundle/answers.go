package bundle

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// answers are the entries of a response, spooled until they are written out in the order of the request.
type answers struct {
	mu    sync.Mutex
	spool spool
	spans []span
	read  int64 // bytes of what entries have read
}

type span struct{ from, size int64 }

func newAnswers(dir string, entries int) *answers {
	return &answers{spool: spool{dir: dir}, spans: make([]span, entries)}
}

// put keeps the answer to an entry.
func (a *answers) put(entry int, r reply) error {
	raw := r.append(nil)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spans[entry] = span{a.spool.size, int64(len(raw))}
	_, err := a.spool.Write(raw)
	return err
}

// room says whether an entry may answer with so many bytes that it has read, when all may have most.
func (a *answers) room(size int, most int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.read+int64(size) > most {
		return false
	}
	a.read += int64(size)
	return true
}

// reply is one entry of a response (R4, bundle-definitions.html#Bundle.entry.response).
type reply struct {
	status         int
	location, etag string
	lastModified   int64
	resource       []byte
	outcome        []byte
}

func (r *reply) append(dst []byte) []byte {
	dst = append(dst, '{')
	if r.resource != nil {
		dst = append(append(append(dst, `"resource":`...), r.resource...), ',')
	}
	dst = fmt.Appendf(dst, `"response":{"status":"%d`, r.status)
	if text := http.StatusText(r.status); text != "" {
		dst = append(append(dst, ' '), text...)
	}
	dst = append(dst, '"')
	for _, m := range [...]struct{ name, value string }{{"location", r.location}, {"etag", r.etag}} {
		if m.value != "" {
			dst = append(append(dst, `,"`+m.name+`":`...), quote(m.value)...)
		}
	}
	if r.lastModified != 0 {
		dst = append(dst, `,"lastModified":"`+fhir.FormatInstant(r.lastModified)+`"`...)
	}
	if r.outcome != nil {
		dst = append(append(dst, `,"outcome":`...), r.outcome...)
	}
	return append(dst, "}}"...)
}

func quote(s string) []byte {
	out, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		return []byte(`""`)
	}
	return out
}

// Response is the Bundle that answers. Its entries stand in the order of the request's.
type Response struct {
	// Type is transaction-response or batch-response.
	Type string
	// Position is the highest place in the log of what was written, 0 for nothing; Epoch the log's.
	Position search.Position
	Epoch    string

	answers *answers
}

// Close frees what the response holds.
func (r *Response) Close() { r.answers.spool.Close() }

// Entries is the number of entries.
func (r *Response) Entries() int { return len(r.answers.spans) }

// WriteTo writes the Bundle as JSON. It may be called more than once before Close.
func (r *Response) WriteTo(w io.Writer) (int64, error) {
	out := &counting{w: w}
	fmt.Fprintf(out, `{"resourceType":"Bundle","type":%q`, r.Type)
	for i, s := range r.answers.spans {
		if i == 0 {
			out.text(`,"entry":[`)
		} else {
			out.text(",")
		}
		if out.err == nil {
			_, out.err = io.Copy(out, r.answers.spool.section(s.from, s.size))
		}
	}
	if len(r.answers.spans) > 0 {
		out.text("]")
	}
	out.text("}")
	return out.n, out.err
}

// counting is a writer that counts, and keeps its first error.
type counting struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counting) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.err = err
	return n, err
}

func (c *counting) text(s string) { _, _ = c.Write([]byte(s)) }
