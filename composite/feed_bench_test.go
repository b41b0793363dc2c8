package composite_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// BenchmarkFeedWrites writes Observations of 500 patients, by 16 at a time: with nobody following, with 500 who follow the one patient (of
// equal interest), and with one who follows each.
func BenchmarkFeedWrites(b *testing.B) {
	const subscribers = 500
	subject := adaptertest.Parameters(b).Param("Observation", "subject")
	for _, c := range []struct {
		name string
		of   func(n int) int // the patient whom a subscriber follows
	}{{"nobody", nil}, {"one filter", func(int) int { return 0 }}, {"one shape", func(n int) int { return n }}} {
		b.Run(c.name, func(b *testing.B) {
			s, err := sqlite.Open(b.Context(), sqlite.Config{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			m := models(b)
			f, stop := feedOf(b, composite.FeedConfig{Primary: s, Models: m})
			defer stop()
			var told atomic.Int64
			for n := range subscribers {
				if c.of == nil {
					break
				}
				g := mustFollow(b, f, composite.Interest{Caller: everyone, Types: []string{"Observation"},
					Where: search.Clause{Param: subject, Values: []search.Value{{Type: "Patient", Code: fmt.Sprint("p", c.of(n))}}}})
				go func() {
					for range g.Events() {
						told.Add(1)
					}
				}()
			}
			intake := composite.NewIntake(fhir.R4(), m)
			b.ResetTimer()
			before := cpu(b)
			var next atomic.Int64
			var writers sync.WaitGroup
			for range 16 {
				writers.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						p, err := intake.Prepare([]byte(observationOf(int(n), int(n)%subscribers)), composite.Admission{})
						if err == nil {
							err = s.Prepare(b.Context(), tenant, &p.Write)
						}
						if err == nil {
							_, err = s.Write(b.Context(), []adapters.Member{{Tenant: tenant, Writes: []adapters.Write{p.Write}}})
						}
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			writers.Wait()
			want := int64(0)
			switch c.name {
			case "one filter":
				want = int64(b.N/subscribers) * subscribers
			case "one shape":
				want = int64(b.N)
			}
			eventually(b, func() (bool, string) { return told.Load() >= want, fmt.Sprint(told.Load(), " of ", want) })
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// cpu is what the process has used, in nanoseconds: other than the time it does not depend on what else the machine does.
func cpu(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func observationOf(n, patient int) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":"o%d","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],`+
		`"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Heart rate"},"subject":{"reference":"Patient/p%d"},`+
		`"effectiveDateTime":"2024-05-01T10:30:00Z","issued":"2024-05-01T10:30:00.000Z","valueQuantity":{"value":%d,"unit":"beats/minute","system":"http://unitsofmeasure.org","code":"/min"}}`, n%20000, patient, 60+n%40)
}
