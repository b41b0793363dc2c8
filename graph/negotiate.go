package graph

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// negotiate chooses the media type of the answer: what Accept prefers of the two, application/json when it does not care.
func negotiate(header http.Header) (media string, ok bool) {
	accept := header.Values("Accept")
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == "*/*" || accept[0] == mediaJSON) {
		return mediaJSON, true
	}
	return preferred(ranges(accept))
}

// mediaRange is a part of Accept: a media type, "application/*" or "*/*", and what it weighs.
type mediaRange struct {
	name    string
	quality float64
}

func ranges(accept []string) (out []mediaRange) {
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if set := params["charset"]; set != "" && !strings.EqualFold(set, "utf-8") {
			continue
		}
		out = append(out, mediaRange{name, quality(params["q"])})
	}
	return out
}

// weigh is what a media type weighs: by the range that names it best (RFC 9110, 12.5.1). at is where that stands, for what weighs the same.
func weigh(all []mediaRange, media string) (weight float64, exact bool, at int) {
	best := -1
	for i, r := range all {
		precision := -1
		switch r.name {
		case media:
			precision = 2
		case "application/*":
			precision = 1
		case "*/*":
			precision = 0
		}
		if precision > best {
			weight, at, best = r.quality, i, precision
		}
	}
	return weight, best == 2, at
}

// preferred is the heavier of the two; of equal ones that which is named, then named first, then application/json.
func preferred(all []mediaRange) (media string, ok bool) {
	plain, plainNamed, plainAt := weigh(all, mediaJSON)
	response, named, at := weigh(all, mediaResponse)
	switch {
	case response <= 0 && plain <= 0:
		return "", false
	case response > plain, response == plain && named && (!plainNamed || at < plainAt):
		return mediaResponse, true
	}
	return mediaJSON, true
}

// accepts says whether a client takes a media type.
func accepts(header http.Header, media string) bool {
	accept := header.Values("Accept")
	weight, _, _ := weigh(ranges(accept), media)
	return len(accept) == 0 || weight > 0
}

// replaceMedia turns FHIR's media types of JSON into the plain one.
func replaceMedia(accept string) string {
	return strings.NewReplacer("application/fhir+json", mediaJSON, "application/json+fhir", mediaJSON).Replace(accept)
}

func quality(q string) float64 {
	if q == "" {
		return 1
	}
	n, err := strconv.ParseFloat(q, 64)
	if err != nil || !(n >= 0 && n <= 1) { // which is none, NaN included
		return 0
	}
	return n
}

// minGzip is the size from which compressing an answer is worth its time.
const minGzip = 16 << 10

// send writes a body, compressed where the client takes it and it is worth it. r is nil for errors before a request was read.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, media string, status int, body, gzipped []byte) {
	head := w.Header()
	head.Set("Content-Type", media+"; charset=utf-8")
	head.Set("X-Content-Type-Options", "nosniff")
	if head.Get("Cache-Control") == "" {
		head.Set("Cache-Control", "no-store")
	}
	kept := r != nil && body == nil && gzipped != nil
	if kept && !acceptsGzip(r.Header) {
		h.sendInflated(w, status, gzipped)
		return
	}
	large := r != nil && (len(body) >= minGzip || kept)
	if large {
		head.Add("Vary", "Accept-Encoding")
	}
	if !large || !acceptsGzip(r.Header) {
		head.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		h.sent(w.Write(body))
		return
	}
	head.Set("Content-Encoding", "gzip")
	if gzipped != nil {
		head.Set("Content-Length", strconv.Itoa(len(gzipped)))
		w.WriteHeader(status)
		h.sent(w.Write(gzipped))
		return
	}
	w.WriteHeader(status)
	z, _ := h.gzips.Get().(*gzip.Writer)
	if z == nil {
		z, _ = gzip.NewWriterLevel(w, gzip.BestSpeed) // fails for a wrong level only
	} else {
		z.Reset(w)
	}
	defer h.gzips.Put(z)
	h.sent(z.Write(body))
	h.sent(0, z.Close())
}

// sendInflated writes an answer that is kept compressed to a client that does not want it so.
func (h *Handler) sendInflated(w http.ResponseWriter, status int, gzipped []byte) {
	w.Header().Add("Vary", "Accept-Encoding")
	w.WriteHeader(status)
	z, err := gzip.NewReader(bytes.NewReader(gzipped))
	if err == nil {
		_, err = io.Copy(w, z)
	}
	h.sent(0, err)
}

// sendRunning writes an answer about the schema as it is made. Once it has begun there is no other way to say that it fails than to break off.
func (h *Handler) sendRunning(w http.ResponseWriter, r *http.Request, media string, zipped io.Reader) {
	buf := make([]byte, 32<<10)
	n, err := zipped.Read(buf)
	if err != nil {
		h.refuseFHIR(w, media, statusOf(err), err)
		return
	}
	head := w.Header()
	head.Set("Content-Type", media+"; charset=utf-8")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-store")
	head.Add("Vary", "Accept-Encoding")
	from := io.MultiReader(bytes.NewReader(buf[:n]), zipped)
	if acceptsGzip(r.Header) {
		head.Set("Content-Encoding", "gzip")
	} else if from, err = gzip.NewReader(from); err != nil {
		h.refuseFHIR(w, media, statusOf(err), err)
		return
	}
	_, err = io.Copy(flushed{w, http.NewResponseController(w)}, from)
	h.sent(0, err)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// flushed is a response of which each piece is sent at once.
type flushed struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write implements io.Writer.
func (f flushed) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	if err == nil {
		err = f.control.Flush()
	}
	if errors.Is(err, http.ErrNotSupported) {
		err = nil
	}
	return n, err
}

// sent notes an answer that did not reach its client, who is gone.
func (h *Handler) sent(_ int, err error) {
	if err != nil {
		h.log.Debug("an answer did not reach its client", "error", err)
	}
}

// acceptsGzip says whether a client takes gzip (RFC 9110, 12.5.3).
func acceptsGzip(header http.Header) bool {
	for part := range strings.SplitSeq(strings.Join(header.Values("Accept-Encoding"), ","), ",") {
		name, q, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		q = strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q=")
		return quality(q) > 0
	}
	return false
}

// prefers reads the header Prefer (RFC 7240; FHIR R4, 3.1.0.1.5): handling=lenient accepts what legacy data bends,
// return=representation puts what was written into the response Bundle of a transaction or batch.
func prefers(h http.Header, preference, wanted string) bool {
	for _, line := range h.Values("Prefer") {
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ',' || r == ';' }) {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if strings.EqualFold(name, preference) && strings.EqualFold(strings.Trim(value, `"`), wanted) {
				return true
			}
		}
	}
	return false
}
