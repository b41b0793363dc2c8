package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"time"
)

// standardQuery asks for a schema whole, as tools do.
const standardQuery = `{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { ...T } directives { name description locations args { ...I } } } }
fragment T on __Type { kind name description fields(includeDeprecated: true) { name description args { ...I } type { ...R } isDeprecated deprecationReason }
  inputFields { ...I } interfaces { ...R } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...R } }
fragment I on __InputValue { name description type { ...R } defaultValue }
fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

// introspection measures the answers about the schemas: how large they are, and how soon they begin, made and from the cache.
func (b *bench) introspection(ctx context.Context) error {
	s, err := b.serve(ctx, filepath.Join(b.work, "data"))
	if err != nil {
		return err
	}
	for _, v := range []struct {
		what, path        string
		barRaw, barZipped float64
	}{
		{"all types", "/graphql/schema.json", 22, 1500}, {"types that hold data", "/graphql/schema.json?types=data", 5, 0},
		{"the FHIR dialect", "/fhir/$graphql?query=" + url.QueryEscape(standardQuery), 0, 4000},
	} {
		made, err := s.fetch(v.path)
		if err != nil {
			return err
		}
		kept, err := s.fetch(v.path)
		if err != nil {
			return err
		}
		what := "introspection of " + v.what
		b.add(figure{What: what + ", made: first byte", Measured: made.first.Seconds() * 1000, Unit: "ms", Note: fmt.Sprintf("whole after %.0f ms", made.whole.Seconds()*1000)})
		b.add(figure{What: what + ", from the cache", Measured: kept.whole.Seconds() * 1000, Unit: "ms", Bar: 10, Better: "lower",
			Note: fmt.Sprintf("first byte after %.1f ms", kept.first.Seconds()*1000)})
		b.add(barred(figure{What: what + ", raw", Measured: float64(kept.raw) / 1e6, Unit: "MB"}, v.barRaw))
		b.add(barred(figure{What: what + ", gzipped", Measured: float64(kept.zipped) / 1000, Unit: "KB"}, v.barZipped))
	}
	return s.stop()
}

// barred is a figure with the bar that it must not be over; 0 is none.
func barred(f figure, bar float64) figure {
	if bar > 0 {
		f.Bar, f.Better = bar, "lower"
	}
	return f
}

// fetched is a document that came gzipped: its size, that on the wire, and how long it took to begin and to end.
type fetched struct {
	raw, zipped  int64
	first, whole time.Duration
}

func (s *server) fetch(path string) (f fetched, err error) {
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		return f, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	began := time.Now()
	resp, err := s.http.Do(req)
	if err != nil {
		return f, err
	}
	defer resp.Body.Close()
	var wire bytes.Buffer
	if _, err := io.CopyN(&wire, resp.Body, 1); err != nil {
		return f, err
	}
	f.first = time.Since(began)
	if _, err := io.Copy(&wire, resp.Body); err != nil {
		return f, err
	}
	f.whole, f.zipped = time.Since(began), int64(wire.Len())
	if resp.StatusCode != http.StatusOK {
		return f, fmt.Errorf("%.80s: %s", path, resp.Status)
	}
	if resp.Header.Get("Content-Encoding") != "gzip" {
		return f, errors.New("the answer is not gzipped")
	}
	z, err := gzip.NewReader(&wire)
	if err != nil {
		return f, err
	}
	f.raw, err = io.Copy(io.Discard, z)
	return f, err
}
