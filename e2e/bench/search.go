package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// large loads blaze-120 or, where it is not at hand, a sample of about the same size.
func (b *bench) large(ctx context.Context) (data, name string, err error) {
	dir, name := filepath.Join(b.packs, "blaze-120"), "blaze-120, 92,114 resources"
	if _, missing := os.Stat(dir); b.packs == "" || missing != nil {
		dir, name = filepath.Join(b.work, "population"), "own sample, 1,400 patients: the pack blaze-120 is not at hand"
		if out, err := exec.CommandContext(ctx, b.binary, "sample", "-n", "1400", "-o", dir).CombinedOutput(); err != nil {
			return "", "", fmt.Errorf("%w\n%s", err, out)
		}
	}
	data = filepath.Join(b.work, "blaze")
	out, err := exec.CommandContext(ctx, b.binary, "--data", data, "load", "--rejects", filepath.Join(b.work, "rejects"), dir).CombinedOutput()
	if err != nil {
		return "", "", fmt.Errorf("%w\n%s", err, out)
	}
	return data, name, nil
}

// searches measures what charts ask of a store of 92,114 resources: a code in order of time, a page deep down, and across references.
func (b *bench) searches(ctx context.Context) error {
	data, name, err := b.large(ctx)
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, data)
	if err != nil {
		return err
	}
	common, err := s.commonCode()
	if err != nil {
		return err
	}
	list := fmt.Sprintf(`{ ObservationList(code: %q, date: "ge2015", _sort: "-date", _count: 50) { id status effectiveDateTime } }`, common)
	ms, err := s.perRequest(func(int) string { return list })
	if err != nil {
		return err
	}
	b.add(figure{What: "filter by token and date with sort, first page of 50: CPU a request", Measured: ms, Unit: "ms", Bar: 3, Better: "lower", Note: name})
	if err := b.deep(s); err != nil {
		return err
	}
	code := url.QueryEscape(common)
	for _, path := range []string{
		"Patient?_has:Observation:patient:code=" + code,
		"Patient?_has:Encounter:subject:_has:Observation:encounter:code=" + code,
		"Observation?encounter:Encounter.service-provider:Organization.name=a&_sort=-date",
		"DiagnosticReport?result:Observation.subject:Patient.gender=male&_sort=-date",
		"Claim?encounter:Encounter.participant:Practitioner.name=a",
	} {
		ms, err := s.perPath(func(int) string { return "/fhir/" + path })
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(path, "=")
		b.add(figure{What: "CPU a request: " + name, Measured: ms, Unit: "ms", Bar: 20, Better: "lower"})
	}
	return s.stop()
}

// commonCode is the code that most of some observations have.
func (s *server) commonCode() (string, error) {
	raw, err := s.ask(`{ ObservationList(_count: 1000) { code { coding { system code } } } }`)
	if err != nil {
		return "", err
	}
	var got struct {
		Data struct {
			ObservationList []struct {
				Code struct {
					Coding []struct{ System, Code string }
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		return "", err
	}
	seen, best := map[string]int{}, ""
	for _, o := range got.Data.ObservationList {
		for _, c := range o.Code.Coding {
			token := c.System + "|" + c.Code
			if seen[token]++; seen[token] > seen[best] || seen[token] == seen[best] && token < best {
				best = token
			}
		}
	}
	if best == "" {
		return "", errors.New("no observation has a code")
	}
	return best, nil
}

// deep compares page 200 with page 1 of the same list, in one run.
func (b *bench) deep(s *server) error {
	page := func(after string) string {
		if after != "" {
			after = fmt.Sprintf(", after: %q", after)
		}
		return `{ ObservationConnection(_sort: "-date", first: 50` + after + `) { edges { node { id status } } pageInfo { endCursor } } }`
	}
	after := ""
	for range 199 {
		raw, err := s.ask(page(after))
		if err != nil {
			return err
		}
		var got struct {
			Data struct {
				ObservationConnection struct{ PageInfo struct{ EndCursor string } }
			}
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			return err
		}
		if after = got.Data.ObservationConnection.PageInfo.EndCursor; after == "" {
			return errors.New("there are not 200 pages")
		}
	}
	first, err := s.perRequest(func(int) string { return page("") })
	if err != nil {
		return err
	}
	last, err := s.perRequest(func(int) string { return page(after) })
	if err != nil {
		return err
	}
	b.add(figure{What: "page 200 against page 1", Measured: last / first, Unit: "×", Bar: 2, Better: "lower", Note: fmt.Sprintf("%.2f ms, %.2f ms", last, first)})
	return nil
}

// rest measures FHIR's RESTful API on the data of load.
func (b *bench) rest(ctx context.Context) error {
	s, err := b.serve(ctx, filepath.Join(b.work, "data"))
	if err != nil {
		return err
	}
	raw, err := s.ask(`{ PatientList(_count: 50) { id } ObservationList(_count: 200) { subject { reference } code { coding { code } } } }`)
	if err != nil {
		return err
	}
	var got struct {
		Data struct {
			PatientList     []struct{ ID string }
			ObservationList []struct {
				Subject struct{ Reference string }
				Code    struct{ Coding []struct{ Code string } }
			}
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		return err
	}
	patients, observations := got.Data.PatientList, got.Data.ObservationList
	if len(patients) == 0 || len(observations) == 0 {
		return errors.New("no patients or no observations")
	}
	for _, r := range []struct {
		what string
		bar  float64
		next func(int) string
	}{
		{"read by id", 0.12, func(i int) string { return "Patient/" + patients[i%len(patients)].ID }},
		{"Observation?subject=&code=", 0.6, func(i int) string {
			o := observations[i%len(observations)]
			return "Observation?subject=" + o.Subject.Reference + "&code=" + o.Code.Coding[0].Code
		}},
		{"Patient?name= of 50", 0.6, func(int) string { return "Patient?_count=50&name=m" }},
		{"Patient?_count=50", 1.1, func(int) string { return "Patient?_count=50" }},
	} {
		ms, err := s.perPath(func(i int) string { return "/fhir/" + r.next(i) })
		if err != nil {
			return err
		}
		b.add(figure{What: "REST, CPU of the process a request: " + r.what, Measured: ms, Unit: "ms", Bar: r.bar, Better: "lower"})
	}
	return s.stop()
}

// transactions measures writes of many resources at once, and what they do to other writers.
func (b *bench) transactions(ctx context.Context) error {
	got, err := b.goBench(ctx, "./bundle", "^Benchmark(Transaction|Loop)$", "-benchtime", "5x")
	if err != nil {
		return err
	}
	ours, bare := got["Transaction"]["ns/op"], got["Loop"]["ns/op"]
	if ours == 0 || bare == 0 {
		return fmt.Errorf("the benchmarks Transaction and Loop are missing: %v", got)
	}
	b.add(figure{What: "transaction of 2,000 entries against a bare loop that writes the same resources", Measured: bare / ours, Unit: "×", Bar: 0.6, Better: "higher",
		Note: fmt.Sprintf("%.0f entries/s", 2000/(ours/1e9))})
	if got, err = b.goBench(ctx, "./bundle", "^BenchmarkLargeTransaction$", "-benchtime", "1x"); err != nil {
		return err
	}
	m := got["LargeTransaction"]
	if m == nil {
		return fmt.Errorf("the benchmark LargeTransaction is missing: %v", got)
	}
	b.add(figure{What: "four other writers during a transaction of 25,000 entries: p99 of their waits", Measured: m["p99ms"], Unit: "ms",
		Note: fmt.Sprintf("longest %.0f ms; the transaction took %.1f s", m["maxms"], m["ns/op"]/1e9)})
	b.add(figure{What: "transaction of 25,000 entries of 2 KB: peak of the heap", Measured: m["peakMB"], Unit: "MB"})
	return nil
}
