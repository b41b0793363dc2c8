package fhirpath_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
)

// TestBudget: whatever an expression does, it ends, and soon.
func TestBudget(t *testing.T) {
	nested := strings.Repeat("%resource.name.all(", 20) + "true" + strings.Repeat(")", 20)
	deep := strings.Repeat("%resource.descendants().where(", 20) + "true" + strings.Repeat(".exists())", 20)
	for _, source := range []string{
		deep,
		`descendants().repeat(%resource.descendants())` + strings.Repeat(`.select(%resource.descendants())`, 10),
		`'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'` + strings.Repeat(`.replace('', 'aaaaaaaaaaaaaaaaaaaaaaaa')`, 8),
		`'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'` + strings.Repeat(`.replaceMatches('a', '$0$0$0$0$0$0$0$0$0')`, 12),
		`(1|2|3|4|5|6|7|8|9)` + strings.Repeat(`.select(1|2|3|4|5|6|7|8|9)`, 9),
		`(1|2|3|4|5|6|7|8|9)` + strings.Repeat(`.combine($this.combine($this))`, 30) + `.select(%resource.descendants().select(%resource.descendants()))`,
		nested,
		`'a'.matches('` + strings.Repeat("(a?){50}", 20) + `')`,
		`(9.9)` + strings.Repeat(`.select($this*$this)`, 60), `2.power(1000000000)`, `1.5.power(0-1000000)`, `2.0.power(400)`,
		`(1|2|3|4|5|6|7|8|9).aggregate($total | $total.select($this & $this & $this & $this & $this & $this), 'aaaaaaaaaaaaaaaaaaaa')`,
	} {
		began := time.Now()
		e, err := fhirpath.New(fhirpath.Config{}).Compile(source)
		if err == nil {
			_, err = e.Evaluate([]byte(patient))
		}
		if code := fault.Of(err); code != "" && code != fault.TooCostly && code != fault.BadUserInput {
			t.Errorf("%.80s: %v", source, err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%.80s took %v", source, took)
		}
		t.Log(time.Since(began).Round(time.Microsecond), fault.Of(err), source[:min(60, len(source))])
	}
}

// TestGroups: a template that repeats a large match pays for what it makes.
func TestGroups(t *testing.T) {
	large := `{"resourceType":"Patient","id":"p","text":{"status":"generated","div":"<div>` + strings.Repeat("x", 1<<20) + `</div>"}}`
	for _, source := range []string{`text.div.replaceMatches('.+', '` + strings.Repeat("$0", 1000) + `').length()`, `text.div.replaceMatches('', '').length()`} {
		e, err := fhirpath.New(fhirpath.Config{}).Compile(source)
		if err == nil {
			_, err = e.Evaluate([]byte(large))
		}
		if fault.Of(err) != fault.TooCostly {
			t.Errorf("%.60s: %v", source, err)
		}
	}
}

// TestCache: expressions beyond the cache are compiled again, and nothing else is kept.
func TestCache(t *testing.T) {
	c := fhirpath.New(fhirpath.Config{Cache: 2})
	first, _ := c.Compile("1")
	if again, _ := c.Compile("1"); again != first {
		t.Error("not kept")
	}
	for i := range 5 {
		if _, err := c.Compile(fmt.Sprint(i + 2)); err != nil {
			t.Error(err)
		}
	}
	if again, _ := c.Compile("1"); again == first {
		t.Error("kept beyond the bound")
	}
}

func TestOutput(t *testing.T) {
	e, err := fhirpath.New(fhirpath.Config{Output: 100}).Compile(`name`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Evaluate([]byte(patient)); fault.Of(err) != fault.TooCostly {
		t.Error(err)
	}
}

func BenchmarkHolds(b *testing.B) {
	e, err := fhirpath.New(fhirpath.Config{}).Compile(`name.where(use = 'official').given.exists($this.startsWith('P'))`)
	if err != nil {
		b.Fatal(err)
	}
	raw := []byte(patient)
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := e.Holds(raw); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

// FuzzEvaluate: no text makes the compiler or an evaluation panic, or go beyond its budget.
func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{`name.given.first()`, `@2015-02-04T14:30:00Z + 3 days`, `4 'mg' * 2 / 1.5`, `descendants().repeat(children())`,
		`'a'.replaceMatches('(.)', '$1')`, `iif({}, %resource, $this.toQuantity('kg'))`, `-(1.0).power(3).round(2).toString().toChars().join('x')`} {
		f.Add(seed)
	}
	compiler := fhirpath.New(fhirpath.Config{Steps: 20_000})
	f.Fuzz(func(t *testing.T, source string) {
		e, err := compiler.Compile(source)
		if err == nil {
			_, err = e.Evaluate([]byte(patient))
		}
		if err != nil && fault.Of(err) == fault.Internal {
			t.Error(err)
		}
	})
}

// TestMeter: what evaluations take together is bounded as well; that one alone is within its budget does not help.
func TestMeter(t *testing.T) {
	e, err := fhirpath.New(fhirpath.Config{}).Compile(`descendants().exists()`)
	if err != nil {
		t.Fatal(err)
	}
	m := fhirpath.NewMeter(1000)
	n := 0
	for ; err == nil && n < 1000; n++ {
		_, err = e.Under(m).Holds([]byte(patient))
	}
	if fault.Of(err) != fault.TooCostly || n < 3 || n > 500 {
		t.Errorf("after %d: %v", n, err)
	}
	if holds, err := e.Under(fhirpath.NewMeter(1000)).Holds([]byte(patient)); err != nil || !holds {
		t.Error(holds, err)
	}
}
