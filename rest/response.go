package rest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// response is an answer before it is sent.
type response struct {
	status int
	// body is JSON, unless media says otherwise.
	body  []byte
	media string
	// stream, if there is one, is JSON that is written in place of body.
	stream io.WriterTo
	// version and updated (microseconds) are those of the one resource that the answer is about; 0 for none.
	version, updated int64
	etag             string // instead of version
	location         string
	allow            string
	retry            string
	challenge        string
	// foreign says that the body is of a client's making and not to be shown by a browser as a page of ours.
	foreign bool
	// free gives the body's memory back.
	free func()
}

func (o *response) release() {
	if o.free != nil {
		o.free()
	}
}

// tag is the entity tag: W/"version".
func (o *response) tag() string {
	if o.etag != "" || o.version == 0 {
		return o.etag
	}
	return `W/"` + strconv.FormatInt(o.version, 10) + `"`
}

// send writes an answer.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, q *request, o *response) {
	head := w.Header()
	set := func(name, value string) {
		if value != "" {
			head[name] = []string{value}
		}
	}
	tag := o.tag()
	set("Etag", tag)
	if o.updated != 0 {
		set("Last-Modified", time.UnixMicro(o.updated).UTC().Format(http.TimeFormat))
	}
	set("Location", o.location)
	set("Allow", o.allow)
	set("Retry-After", o.retry)
	set("Www-Authenticate", o.challenge)
	set("Vary", "Accept, Authorization, Prefer")
	if o.status == http.StatusOK && unchanged(r.Method, r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since"), tag, o.updated) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if o.stream != nil {
		set("Content-Type", q.media+"; charset=utf-8")
		w.WriteHeader(o.status)
		h.stream(w, r, q, o.stream)
		return
	}
	if len(o.body) == 0 {
		w.WriteHeader(o.status)
		return
	}
	body := o.body
	if o.media == "" {
		o.media = q.media + "; charset=utf-8"
		body = indented(q, body)
	}
	set("Content-Type", o.media)
	if o.foreign {
		set("X-Content-Type-Options", "nosniff")
		set("Content-Security-Policy", "sandbox")
	}
	set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(o.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who has gone away needs no answer
	}
}

// stream writes an answer that does not fit in memory; one to be indented is held.
func (h *Handler) stream(w io.Writer, r *http.Request, q *request, from io.WriterTo) {
	var b bytes.Buffer
	to := w
	if q.pretty {
		to = &b
	}
	_, err := from.WriteTo(to)
	if err == nil && q.pretty {
		_, err = w.Write(indented(q, b.Bytes()))
	}
	if err != nil && r.Context().Err() == nil {
		h.log.ErrorContext(r.Context(), "an answer was cut off", "error", err)
		panic(http.ErrAbortHandler) // the status has gone: only a broken connection tells
	}
}

func indented(q *request, body []byte) []byte {
	if !q.pretty {
		return body
	}
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return body
	}
	return append(b.Bytes(), '\n')
}

// unchanged says whether a reader who has a version already may keep it (RFC 9110, 13.1.2 and 13.1.3).
func unchanged(method, tags, since, tag string, updated int64) bool {
	if method != http.MethodGet && method != http.MethodHead {
		return false
	}
	if tags != "" && tag != "" {
		for have := range strings.SplitSeq(tags, ",") {
			have = strings.TrimSpace(have)
			if have == "*" || strings.TrimPrefix(have, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
		return false
	}
	if since == "" || updated == 0 {
		return false
	}
	t, err := http.ParseTime(since)
	return err == nil && !time.UnixMicro(updated).Truncate(time.Second).After(t)
}
