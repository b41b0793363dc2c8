package sample

import (
	"strconv"
	"time"
)

// laboratory orders, takes and reports the tests for what the patient has.
func (c *chart) laboratory(v *visit) {
	if v.kind == virtual {
		return
	}
	tests, ill := c.tests(v)
	if len(tests) == 0 {
		return
	}
	order := c.order(v)
	specimen := c.specimen(v, order)
	var results []ref
	for i, t := range tests {
		if t == cholesterol {
			results = append(results, c.lipids(v, order, specimen, ill[i]))
			continue
		}
		results = append(results, c.result(v, order, specimen, t, ill[i]))
	}
	c.report(v, order, specimen, results)
}

// tests are the tests of the visit, and how long the ailment has been treated, in visits; -1 when there is none.
func (c *chart) tests(v *visit) (tests, treated []int) {
	seen := map[int]bool{}
	add := func(t, n int) {
		if !seen[t] {
			seen[t] = true
			tests, treated = append(tests, t), append(treated, n)
		}
	}
	for _, a := range c.ailing {
		if a.at(*v) && (a.chronic || a.visit == v.n) {
			for _, t := range a.labs {
				add(t, v.n-a.visit)
			}
		}
	}
	if v.n == 0 && c.every(2, 0) || v.kind == inpatient {
		add(hemoglobin, -1)
		add(leukocytes, -1)
	}
	return tests, treated
}

func (c *chart) order(v *visit) ref {
	c.new("ServiceRequest")
	c.each("identifier")
	c.str("system", canonicals+"ids/order")
	c.str("value", c.id+"."+strconv.Itoa(v.n))
	c.endEach()
	c.str("status", "completed")
	c.str("intent", "order")
	c.concepts("category", "laboratory", code{snomed, "108252007", "laboratory"})
	if v.kind == emergency {
		c.str("priority", "stat")
	}
	c.concept("code", "blood tests")
	c.to("subject", c.self())
	c.to("encounter", v.ref)
	c.date("occurrenceDateTime", v.start.Add(15*time.Minute), second)
	c.date("authoredOn", v.start.Add(8*time.Minute), c.d.exact())
	c.to("requester", v.doctor.role)
	c.toAll("performer", labHouse())
	c.concepts("reasonCode", v.reason.display, v.reason.coding())
	return c.finish()
}

func (c *chart) specimen(v *visit, order ref) ref {
	c.new("Specimen")
	c.open("accessionIdentifier")
	c.str("system", canonicals+"ids/accession")
	c.str("value", "A"+strconv.Itoa(v.start.Year())+"-"+c.id+"-"+strconv.Itoa(v.n))
	c.close()
	c.str("status", "available")
	c.concept("type", "venous blood", code{snomed, "122555007", "venous blood"})
	c.to("subject", c.self())
	c.date("receivedTime", v.start.Add(3*time.Hour), second)
	c.toAll("request", order)
	c.open("collection")
	c.to("collector", v.doctor.ref)
	c.date("collectedDateTime", v.start.Add(16*time.Minute), second)
	c.quantity("quantity", decimal{750, 2}, "mL", "mL")
	c.close()
	return c.finish()
}

// value draws the result: near the mean of the ill at first, then halfway back under treatment.
func (c *chart) value(t, treated int) int {
	l := c.labs[t]
	mean := l.usual
	if treated >= 0 {
		mean = l.ill - (l.ill-l.usual)*min(treated, 5)/8
	}
	return max(l.floor, c.d.bell(mean, l.spread))
}

func (c *chart) beginResult(v *visit, order, specimen ref, what code) {
	c.new("Observation")
	c.toAll("basedOn", order)
	c.observation("laboratory", what)
	c.to("encounter", v.ref)
	c.date("effectiveDateTime", v.start.Add(16*time.Minute), second)
	c.date("issued", v.start.Add(5*time.Hour), milli)
	c.toAll("performer", labHouse())
	c.to("specimen", specimen)
}

func (c *chart) result(v *visit, order, specimen ref, t, treated int) ref {
	l := c.labs[t]
	c.beginResult(v, order, specimen, code{loinc, l.loinc, l.words})
	switch {
	case l.unit == "":
		c.str("valueString", pick(c.d, []string{"yellow", "dark yellow", "amber", "clear"}))
	case c.d.chance(2):
		c.concept("dataAbsentReason", "clotted", code{hl7 + "data-absent-reason", "error", ""})
	default:
		c.measured(l, c.value(t, treated))
	}
	return c.done()
}

// measured writes a value with what it means.
func (c *chart) measured(l lab, value int) {
	c.quantity("valueQuantity", decimal{value, l.digits}, l.unit, l.symbol)
	mark := code{hl7 + "v3-ObservationInterpretation", "N", "normal"}
	if l.high > 0 && value > l.high {
		mark.code, mark.display = "H", "high"
	} else if value < l.low {
		mark.code, mark.display = "L", "low"
	}
	c.concepts("interpretation", "", mark)
	c.each("referenceRange")
	if l.low > 0 {
		c.quantity("low", decimal{l.low, l.digits}, l.unit, l.symbol)
	}
	if l.high > 0 {
		c.quantity("high", decimal{l.high, l.digits}, l.unit, l.symbol)
	}
	c.endEach()
}

// lipids is a panel with its members.
func (c *chart) lipids(v *visit, order, specimen ref, treated int) ref {
	var members []ref
	for _, t := range []int{cholesterol, hdl, ldl, triglycerides} {
		members = append(members, c.result(v, order, specimen, t, treated))
	}
	c.beginResult(v, order, specimen, code{loinc, "57698-3", "lipid panel"})
	c.toAll("hasMember", members...)
	return c.done()
}

func (c *chart) report(v *visit, order, specimen ref, results []ref) {
	c.new("DiagnosticReport")
	c.meta(meta{updated: v.start.Add(6 * time.Hour), source: canonicals + "feed/lab"})
	c.narrative("Laboratory report", strconv.Itoa(len(results))+" results for "+c.name.whole(c.of))
	c.toAll("basedOn", order)
	c.str("status", "final")
	c.concepts("category", "", code{hl7 + "v2-0074", "LAB", "laboratory"})
	c.concept("code", "laboratory report", code{loinc, "11502-2", "laboratory report"})
	c.to("subject", c.self())
	c.to("encounter", v.ref)
	c.date("effectiveDateTime", v.start.Add(16*time.Minute), c.d.exact())
	c.date("issued", v.start.Add(6*time.Hour), milli)
	c.toAll("performer", labHouse())
	c.toAll("specimen", specimen)
	c.toAll("result", results...)
	c.str("conclusion", "See the results marked high or low.")
	c.finish()
}
