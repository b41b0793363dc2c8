package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/e2e/hostile"
)

// hostile measures what it costs to refuse requests that ask too much, each with a text that was not seen before. The row is of the dearest
// family; the note names the next ones.
func (b *bench) hostile(ctx context.Context) error {
	s, err := b.serve(ctx, filepath.Join(b.work, "hostile"), "--sample", "5")
	if err != nil {
		return err
	}
	type cost struct {
		name string
		ms   float64
	}
	var all []cost
	for _, f := range hostile.Families() {
		ms, err := s.refused(&f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		fmt.Printf("  %-40s %8.2f ms\n", f.Name, ms)
		all = append(all, cost{f.Name, ms})
	}
	slices.SortFunc(all, func(x, y cost) int { return int(1000 * (y.ms - x.ms)) })
	var next []string
	for _, c := range all[1:5] {
		next = append(next, fmt.Sprintf("%s %.1f", c.name, c.ms))
	}
	b.add(figure{
		What: fmt.Sprintf("hostile queries at the limits: CPU until refused, the dearest of %d families", len(all)), Measured: all[0].ms, Unit: "ms",
		Bar: 5, Better: "lower", Note: all[0].name + "; next " + strings.Join(next, ", "),
	})
	return s.stop()
}

// refused is the CPU of the process a request of a family, in milliseconds.
func (s *server) refused(f *hostile.Family) (float64, error) {
	const warm, n = 20, 200
	bodies := make([][]byte, warm+n)
	for i := range bodies {
		var err error
		if bodies[i], err = f.Body(i); err != nil {
			return 0, err
		}
	}
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	for i, body := range bodies {
		if i == warm {
			if before, err = s.cpu(); err != nil {
				return 0, err
			}
		}
		resp, err := s.http.Post(s.url+"/graphql", "application/json", bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		raw, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return 0, err
		}
		if resp.StatusCode >= http.StatusInternalServerError || !bytes.Contains(raw, []byte(f.Code)) {
			return 0, fmt.Errorf("%s: %.300s", resp.Status, raw)
		}
	}
	after, err := s.cpu()
	return (after - before).Seconds() * 1000 / n, err
}
