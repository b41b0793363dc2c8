package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Embedded files have no time of their own; the zero time keeps ServeContent from sending one.
var zeroTime time.Time

// file answers with one file. A packed one is sent as it is to whoever takes gzip, and unpacked to others.
type file struct {
	contentType, cacheControl, etag string
	body                            []byte
	packed                          bool
}

func newFile(address string, body []byte, packed bool) file {
	sum := sha256.Sum256(body)
	f := file{
		contentType:  contentType(address),
		cacheControl: "no-cache",
		etag:         hex.EncodeToString(sum[:12]),
		body:         body,
		packed:       packed,
	}
	if strings.HasPrefix(address, "assets/") {
		f.cacheControl = "public, max-age=31536000, immutable"
	}
	return f
}

// contentType goes by the extensions that a build has, so that it does not depend on the machine's own table.
func contentType(address string) string {
	switch extension := path.Ext(address); extension {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".ttf":
		return "font/ttf"
	case ".woff2":
		return "font/woff2"
	default:
		if known := mime.TypeByExtension(extension); known != "" {
			return known
		}
		return "application/octet-stream"
	}
}

func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	header.Set("Cache-Control", f.cacheControl)
	body, etag := f.body, f.etag
	if f.packed {
		header.Add("Vary", "Accept-Encoding")
		if takesGzip(r.Header.Get("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
			etag += "-gzip"
		} else {
			plain, err := unpack(body)
			if err != nil {
				http.Error(w, "the file cannot be unpacked", http.StatusInternalServerError)
				return
			}
			body = plain
		}
	}
	header.Set("ETag", strconv.Quote(etag))
	http.ServeContent(w, r, "", zeroTime, bytes.NewReader(body))
}

func unpack(packed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

// takesGzip reads Accept-Encoding as RFC 9110, section 12.5.3, means it: gzip by name or by *, unless its weight is 0.
func takesGzip(accept string) bool {
	byStar := false
	for item := range strings.SplitSeq(accept, ",") {
		coding, parameters, _ := strings.Cut(item, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return !weightZero(parameters)
		case "*":
			byStar = !weightZero(parameters)
		}
	}
	return byStar
}

func weightZero(parameters string) bool {
	name, value, _ := strings.Cut(strings.TrimSpace(parameters), "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return false
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err == nil && weight == 0
}
