package bundle_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"

	"github.com/heliograph/heliograph/adapters/adaptertest"
)

// vital is an observation of about 2 KB.
func vital(i int) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":"v%d","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"%d-4","display":"Heart rate"}],"text":"%s"},`+
		`"subject":{"reference":"Patient/p%d"},"effectiveDateTime":"2024-05-%02dT10:%02d:00Z","valueQuantity":{"value":%d.5,"unit":"beats/minute","system":"http://unitsofmeasure.org","code":"/min"},`+
		`"note":[{"text":"%s"}]}`, i, 8000+i%50, strings.Repeat("rate of the heart ", 5), i%500, 1+i%28, i%60, 60+i%40, strings.Repeat("seen at rest, left arm; ", 60))
}

func transactionOf(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"fullUrl":"urn:uuid:%d","request":{"method":"PUT","url":"Observation/v%d"},"resource":%s}`, i, i, vital(i))
	}
	b.WriteString("]}")
	return b.Bytes()
}

func (d desk) process(b testing.TB, raw []byte) {
	r, err := d.Process(b.Context(), here, bytes.NewReader(raw), bundle.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if _, err := r.WriteTo(io.Discard); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTransaction is a transaction of 2,000 entries; BenchmarkLoop writes the same rows by a bare loop over the store, in one member.
func BenchmarkTransaction(b *testing.B) {
	raw := transactionOf(2000)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		b.StopTimer()
		d := newDesk(b, openSQLite(b), bundle.Config{})
		b.StartTimer()
		d.process(b, raw)
	}
}

func BenchmarkLoop(b *testing.B) {
	models, err := composite.NewModels(composite.ModelConfig{Parameters: adaptertest.Parameters(b)})
	if err != nil {
		b.Fatal(err)
	}
	in := composite.NewIntake(fhir.R4(), models)
	for b.Loop() {
		b.StopTimer()
		s := openSQLite(b)
		b.StartTimer()
		m := adapters.Member{Tenant: "main"}
		for i := range 2000 {
			p, err := in.Prepare([]byte(vital(i)), composite.Admission{})
			if err != nil {
				b.Fatal(err)
			}
			m.Writes = append(m.Writes, p.Write)
		}
		if out, err := s.Write(b.Context(), []adapters.Member{m}); err != nil || out[0].Err != nil {
			b.Fatal(err, out)
		}
	}
}

// BenchmarkLargeTransaction is one of 25,000 entries of 2 KB: its time, the peak of the heap above what there was, and how long others who write
// meanwhile wait (p99, most).
func BenchmarkLargeTransaction(b *testing.B) {
	raw := transactionOf(25_000)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		b.StopTimer()
		d := newDesk(b, openSQLite(b), bundle.Config{})
		small := newDesk(b, d.primary, bundle.Config{})
		runtime.GC()
		ctx, stop := context.WithCancel(b.Context())
		var peak atomic.Uint64
		var wg sync.WaitGroup
		wg.Go(func() { watch(ctx, &peak) })
		var mu sync.Mutex
		var waits []time.Duration
		for w := range 4 {
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					began := time.Now()
					one := fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[%s]}`, entry("PUT", fmt.Sprintf("Patient/w%d", w), patient(fmt.Sprintf("w%d", w), fmt.Sprint("N", i))))
					small.process(b, []byte(one))
					mu.Lock()
					waits = append(waits, time.Since(began))
					mu.Unlock()
					time.Sleep(5 * time.Millisecond)
				}
			})
		}
		b.StartTimer()
		d.process(b, raw)
		b.StopTimer()
		stop()
		wg.Wait()
		slices.Sort(waits)
		b.ReportMetric(float64(peak.Load())/(1<<20), "peakMB")
		b.ReportMetric(float64(waits[len(waits)*99/100].Milliseconds()), "p99ms")
		b.ReportMetric(float64(waits[len(waits)-1].Milliseconds()), "maxms")
		b.StartTimer()
	}
}

// watch notes the highest size of the heap.
func watch(ctx context.Context, peak *atomic.Uint64) {
	var base, m runtime.MemStats
	runtime.ReadMemStats(&base)
	for ctx.Err() == nil {
		runtime.ReadMemStats(&m)
		if m.HeapAlloc > base.HeapAlloc {
			peak.Store(max(peak.Load(), m.HeapAlloc-base.HeapAlloc))
		}
		time.Sleep(20 * time.Millisecond)
	}
}
