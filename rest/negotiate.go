package rest

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// The media types of FHIR in JSON (R4, 3.1.0.1.10).
const (
	mediaFHIR = "application/fhir+json"
	mediaJSON = "application/json"
)

// negotiate decides the media type of the answer by _format, else by Accept.
func (q *request) negotiate() error {
	if pretty, ok := q.args.first("_pretty"); ok {
		switch pretty {
		case "true", "false":
			q.pretty = pretty == "true"
		default:
			return fault.New(fault.BadUserInput, "_pretty is true or false")
		}
	}
	if format, ok := q.args.first("_format"); ok {
		// A plus that was not encoded has become a space.
		media := jsonMedia(strings.ReplaceAll(format, " ", "+"))
		if media == "" {
			return notAcceptable() // in the type that is there already
		}
		q.media = media
		return nil
	}
	accept := q.header["Accept"]
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == mediaFHIR || accept[0] == "*/*" || accept[0] == "") {
		return nil
	}
	return q.accept(strings.Join(accept, ","))
}

// accept takes the best of the types that are JSON. What else is accepted is kept in mind for Binary.
func (q *request) accept(list string) error {
	best, at := "", 0.0
	for part := range strings.SplitSeq(list, ",") {
		media, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		weight := 1.0
		if w, err := strconv.ParseFloat(params["q"], 64); err == nil {
			weight = w
		}
		if version := params["fhirversion"]; version != "" && version != "4.0" && version != "4.0.1" {
			continue
		}
		found := jsonMedia(media)
		if media == "*/*" || media == "application/*" {
			found = mediaFHIR
		}
		if found != "" && weight > at {
			best, at = found, weight
		}
	}
	if best == "" {
		if q.raw = q.ofBinary(); q.raw {
			return nil
		}
		return notAcceptable()
	}
	q.media = best
	return nil
}

// jsonMedia is the media type of an answer for one of the names of JSON; "" for any other.
func jsonMedia(name string) string {
	if i := strings.IndexByte(name, ';'); i >= 0 {
		name = strings.TrimSpace(name[:i])
	}
	switch strings.ToLower(name) {
	case "json", mediaFHIR, "application/json+fhir":
		return mediaFHIR
	case mediaJSON, "text/json":
		return mediaJSON
	}
	return ""
}

func notAcceptable() error {
	return &refusal{status: http.StatusNotAcceptable, issue: "not-supported", text: "the answer is JSON of FHIR 4.0: accept " + mediaFHIR}
}

func unsupportedMedia(wanted string) error {
	return &refusal{status: http.StatusUnsupportedMediaType, issue: "not-supported", text: "send " + wanted}
}

// jsonBody checks that a body says that it is JSON.
func (q *request) jsonBody() error {
	media, params, err := mime.ParseMediaType(q.header.Get("Content-Type"))
	if err != nil || jsonMedia(media) == "" {
		return unsupportedMedia(mediaFHIR)
	}
	if set := params["charset"]; set != "" && !strings.EqualFold(set, "utf-8") {
		return unsupportedMedia(mediaFHIR + "; charset=utf-8")
	}
	return nil
}

// prefer reads the preferences that change how a request is read; return is read where something is written.
func (q *request) prefer() error {
	switch handling := q.preference("handling"); handling {
	case "", "strict":
	case "lenient":
		q.lenient = true
	default:
		return fault.New(fault.BadUserInput, "Prefer: handling is strict or lenient")
	}
	return nil
}

// returned is what is to be given back of what is written.
func (q *request) returned() (string, error) {
	how := q.preference("return")
	if _, known := returns[how]; !known {
		return "", fault.New(fault.BadUserInput, "Prefer: return is minimal, representation or OperationOutcome")
	}
	return how, nil
}

// preference is the value of a preference (RFC 7240); "" if it is not stated.
func (q *request) preference(name string) string {
	for _, line := range q.header["Prefer"] {
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ',' || r == ';' }) {
			if key, value, _ := strings.Cut(strings.TrimSpace(part), "="); strings.EqualFold(strings.TrimSpace(key), name) {
				return strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return ""
}
