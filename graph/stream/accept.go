package stream

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const mediaEvents = "text/event-stream"

// wantsEvents says whether a client prefers a stream of events to JSON: what it accepts alike comes as JSON, as a plain query's does.
func wantsEvents(header http.Header) bool {
	events, others := 0.0, 0.0
	for part := range strings.SplitSeq(strings.Join(header.Values("Accept"), ","), ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text := params["q"]; text != "" {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		switch name {
		case mediaEvents:
			events = max(events, q)
		case "application/json", "application/graphql-response+json", "application/*":
			others = max(others, q)
		}
	}
	return events > others
}

// mediaOf is the media type of an error.
func mediaOf(header http.Header) string {
	const response = "application/graphql-response+json"
	if strings.Contains(strings.Join(header.Values("Accept"), ","), response) {
		return response
	}
	return "application/json"
}
