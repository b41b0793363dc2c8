package sample

import "time"

// claim writes what the visit costs, and of most what the insurer pays.
func (c *chart) claim(v *visit) {
	cents := [...]int{9550, 42000, 380000, 4500}[v.kind] + 125*c.d.below(80)
	c.new("Claim")
	c.claimHead(v, "Claim")
	c.concept("priority", "", code{hl7 + "processpriority", "normal", "normal"})
	c.diagnoses()
	c.insurance()
	c.item1(v, cents)
	c.endEach()
	c.money("total", cents, c.of.currency)
	claim := c.finish()
	if c.d.chance(50) {
		c.benefit(v, claim, cents)
	}
}

func (c *chart) claimHead(v *visit, typ string) {
	kind := "professional"
	if v.kind == inpatient {
		kind = "institutional"
	}
	c.str("status", "active")
	c.concept("type", "", code{hl7 + "claim-type", kind, kind})
	c.str("use", "claim")
	c.to("patient", c.self())
	c.period("billablePeriod", v.start, v.end, day)
	created := v.end.AddDate(0, 0, 7)
	if typ == "ExplanationOfBenefit" {
		created = v.end.AddDate(0, 0, 30)
	}
	c.date("created", created, c.d.exact())
	c.to("insurer", c.insurer)
	c.to("provider", c.sites[v.doctor.site].hospital)
}

func (c *chart) diagnoses() {
	n := 0
	for _, a := range c.ailing {
		if a.ref.isZero() {
			continue
		}
		if n == 0 {
			c.list("diagnosis")
		}
		n++
		c.open("")
		c.int("sequence", n)
		if n == 1 {
			c.to("diagnosisReference", a.ref)
		} else {
			c.concept("diagnosisCodeableConcept", a.words, code{icd10, a.icd, ""})
		}
		c.close()
	}
	if n > 0 {
		c.endList()
	}
}

func (c *chart) insurance() {
	c.each("insurance")
	if c.at.typ == "Claim" {
		c.int("sequence", 1)
	}
	c.bool("focal", true)
	c.to("coverage", c.coverage)
	c.endEach()
}

// item1 begins the list of items with the visit itself and leaves it open.
func (c *chart) item1(v *visit, cents int) {
	c.each("item")
	c.int("sequence", 1)
	c.concept("productOrService", v.kind.code().display+" visit")
	c.period("servicedPeriod", v.start, v.end, day)
	c.open("quantity")
	c.raw("value", "1.0")
	c.close()
	c.money("unitPrice", cents, c.of.currency)
	c.money("net", cents, c.of.currency)
	c.toAll("encounter", v.ref)
}

func (c *chart) benefit(v *visit, claim ref, cents int) {
	paid := cents * c.d.between(60, 100) / 100
	c.new("ExplanationOfBenefit")
	c.meta(meta{updated: v.end.Add(31 * 24 * time.Hour)})
	c.claimHead(v, "ExplanationOfBenefit")
	c.to("claim", claim)
	c.str("outcome", "complete")
	c.insurance()
	c.item1(v, cents)
	c.each("adjudication")
	c.concept("category", "", code{hl7 + "adjudication", "benefit", "benefit"})
	c.money("amount", paid, c.of.currency)
	c.endEach()
	c.endEach()
	c.each("total")
	c.concept("category", "", code{hl7 + "adjudication", "submitted", "submitted"})
	c.money("amount", cents, c.of.currency)
	c.endEach()
	c.open("payment")
	c.date("date", v.end.AddDate(0, 1, 0), day)
	c.money("amount", paid, c.of.currency)
	c.close()
	c.finish()
}
