package rest

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// request is a request as far as FHIR is concerned: what came over HTTP, or stands in an entry of a Bundle.
type request struct {
	method string
	// path are its segments below the base, decoded.
	path   []string
	args   args
	header http.Header
	body   io.Reader
	caller search.Caller
	model  *composite.Model
	// base is the URL of this endpoint, without a slash at the end.
	base    string
	media   string // of the answer
	pretty  bool
	lenient bool
	// raw says that Binary is wanted as what it holds.
	raw bool
}

// arg is a parameter of the URL or of a form, decoded, in its place.
type arg struct{ name, value string }

type args []arg

// first gives the first value of a parameter.
func (a args) first(name string) (string, bool) {
	for i := range a {
		if a[i].name == name {
			return a[i].value, true
		}
	}
	return "", false
}

// list gives the values of a parameter that is a list, which may come in parts.
func (a args) list(name string) (string, bool) {
	var all []string
	for i := range a {
		if a[i].name == name {
			all = append(all, a[i].value)
		}
	}
	return strings.Join(all, ","), all != nil
}

// once checks that parameters with one value are not given two: which of them counts is nowhere said.
func (a args) once(names ...string) error {
	for _, name := range names {
		first, n := "", 0
		for i := range a {
			if a[i].name != name {
				continue
			}
			if n++; n > 1 && a[i].value != first {
				return fault.New(fault.BadUserInput, "%s is given more than once, with different values", name)
			}
			first = a[i].value
		}
	}
	return nil
}

// without gives the others.
func (a args) without(names ...string) args {
	var out args
next:
	for _, x := range a {
		for _, name := range names {
			if x.name == name {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

// encode writes the parameters as a URL has them.
func (a args) encode(b *strings.Builder) {
	for i, x := range a {
		if i > 0 {
			b.WriteByte('&')
		}
		// Colons, commas and dots are FHIR's own and need no escape in a query.
		b.WriteString(readable(x.name) + "=" + readable(x.value))
	}
}

func readable(s string) string {
	e := url.QueryEscape(s)
	if !strings.Contains(e, "%") {
		return e
	}
	e = strings.ReplaceAll(strings.ReplaceAll(e, "%3A", ":"), "%2C", ",")
	return strings.ReplaceAll(strings.ReplaceAll(e, "%2F", "/"), "%7C", "|")
}

// readArgs reads parameters in their order. Escapes that are none are an error, and so is _graphql, whatever the handling.
func readArgs(text string) (args, error) {
	if text == "" {
		return nil, nil
	}
	out := make(args, 0, 1+strings.Count(text, "&"))
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		var a arg
		var err, err2 error
		if a.name, err = url.QueryUnescape(name); err == nil {
			a.value, err2 = url.QueryUnescape(value)
		}
		if err != nil || err2 != nil {
			return nil, fault.New(fault.BadUserInput, "the parameters are not encoded as a URL's: a %% is followed by something else than two hexadecimal digits")
		}
		if a.name == "_graphql" {
			return nil, fault.New(fault.Unsupported,
				"_graphql is not served: send the query to $graphql below the base, or below a resource, as [base]/$graphql?query=… or by POST; lists in it have the search parameters of this request")
		}
		out = append(out, a)
	}
	return out, nil
}

// request reads the head of a request. It never gives nil.
func (h *Handler) request(w http.ResponseWriter, r *http.Request) (*request, error) {
	q := &request{method: r.Method, header: r.Header, model: h.models.Current(), base: h.base, media: mediaFHIR}
	if q.base == "" {
		scheme := "http://"
		if r.TLS != nil {
			scheme = "https://"
		}
		q.base = scheme + r.Host + h.path
	}
	var err error
	if q.args, err = readArgs(r.URL.RawQuery); err != nil {
		return q, err
	}
	if q.path, err = segments(strings.TrimPrefix(r.URL.EscapedPath(), h.path)); err != nil {
		return q, err
	}
	if err = q.prefer(); err != nil {
		return q, err
	}
	if err = q.negotiate(); err != nil {
		return q, err
	}
	if q.caller, err = h.caller(r); err != nil {
		return q, err
	}
	most := h.limits.Body
	if len(q.path) == 0 {
		most = h.limits.Bundle
	}
	q.body = http.MaxBytesReader(w, r.Body, most)
	return q, nil
}

func segments(path string) ([]string, error) {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil, nil
	}
	out := strings.Split(path, "/")
	for i, s := range out {
		if !strings.Contains(s, "%") {
			continue
		}
		var err error
		if out[i], err = url.PathUnescape(s); err != nil {
			return nil, fault.New(fault.BadUserInput, "the path is not encoded as a URL's")
		}
	}
	return out, nil
}

// form adds the parameters of a posted form, if there is one, to those of the URL (R4, 3.1.0.9.1).
func (q *request) form() error {
	if q.header.Get("Content-Type") == "" {
		if text, err := q.all(); err != nil || len(text) == 0 {
			return err
		}
	}
	media, _, _ := mime.ParseMediaType(q.header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" {
		return unsupportedMedia("application/x-www-form-urlencoded")
	}
	text, err := q.all()
	if err != nil {
		return err
	}
	more, err := readArgs(string(text))
	if err != nil {
		return err
	}
	for _, a := range more {
		if a.name == "_format" || a.name == "_pretty" {
			q.args = append(q.args, a)
			if err := q.negotiate(); err != nil {
				return err
			}
			continue
		}
		q.args = append(q.args, a)
	}
	return nil
}

func tooLarge(most int64) error {
	text := fmt.Sprintf("the body is larger than the %d bytes that this server takes here", most)
	return &refusal{status: http.StatusRequestEntityTooLarge, issue: "too-long", text: text}
}

// all reads the body.
func (q *request) all() ([]byte, error) {
	if q.body == nil {
		return nil, nil
	}
	text, err := io.ReadAll(q.body)
	var most *http.MaxBytesError
	if errors.As(err, &most) {
		return nil, tooLarge(most.Limit)
	}
	if err != nil {
		return nil, &fault.Error{Code: fault.BadUserInput, Message: "the body did not arrive whole", Err: err}
	}
	return text, nil
}
