package sample

import (
	"strconv"
	"time"
)

func (c *chart) procedures(v *visit) {
	for _, a := range c.ailing {
		if a.visit != v.n || a.service.words == "" {
			continue
		}
		c.new("Procedure")
		c.narrative(a.service.words, "Because of "+a.words+".")
		c.str("status", "completed")
		c.concept("code", a.service.words, code{snomed, a.service.snomed, a.service.words})
		c.to("subject", c.self())
		c.to("encounter", v.ref)
		if c.d.chance(50) {
			c.period("performedPeriod", v.start.Add(time.Hour), v.start.Add(90*time.Minute), second)
		} else {
			c.date("performedDateTime", v.start.Add(time.Hour), c.d.exact())
		}
		c.each("performer")
		c.to("actor", v.doctor.ref)
		c.to("onBehalfOf", c.sites[v.doctor.site].hospital)
		c.endEach()
		c.to("location", v.at)
		c.toAll("reasonReference", a.ref)
		c.concept("outcome", "without trouble")
		c.finish()
	}
}

// prescriptions are for what was found at the visit, and renewals each second visit after.
func (c *chart) prescriptions(v *visit) {
	for i := range c.ailing {
		a := &c.ailing[i]
		if !a.at(*v) || (v.n-a.visit)%2 != 0 || v.n != a.visit && !a.chronic {
			continue
		}
		for n, drug := range a.drugs {
			if n > 0 && v.n == a.visit {
				continue // the second drug comes when the first does not do
			}
			r := c.prescription(v, a, drug)
			a.takes = append(a.takes, r)
			c.medications = append(c.medications, r)
			if v.kind == inpatient {
				c.administration(v, r, drug)
			}
		}
	}
}

func (c *chart) prescription(v *visit, a *ailing, n int) ref {
	drug := c.drugs[n]
	c.new("MedicationRequest")
	inside := (c.k+n)%4 == 0
	if inside {
		c.containedMedication(drug)
	}
	status := "active"
	if !a.chronic {
		status = "completed"
	}
	c.str("status", status)
	c.str("intent", "order")
	c.medication(n, inside)
	c.to("subject", c.self())
	c.to("encounter", v.ref)
	c.date("authoredOn", v.start.Add(25*time.Minute), c.d.exact())
	if c.k%6 == 5 {
		c.toAbsolute("requester", v.doctor.ref)
	} else {
		c.to("requester", v.doctor.ref)
	}
	c.toAll("reasonReference", a.ref)
	if !c.coverage.isZero() {
		c.toAll("insurance", c.coverage)
	}
	if len(a.takes) > 0 {
		c.to("priorPrescription", a.takes[len(a.takes)-1])
	}
	c.dosage(drug, a.chronic)
	c.open("dispenseRequest")
	c.period("validityPeriod", v.start, v.start.AddDate(0, 6, 0), day)
	c.int("numberOfRepeatsAllowed", 1)
	c.quantity("expectedSupplyDuration", decimal{90, 0}, "days", "d")
	c.close()
	return c.finish()
}

// containedMedication is a preparation of this patient only, inside the request.
func (c *chart) containedMedication(drug drug) {
	c.each("contained")
	c.str("resourceType", "Medication")
	c.str("id", "med")
	c.concept("code", drug.words+", as prepared", drug.codes()...)
	c.concept("form", drug.form)
	c.open("batch")
	c.str("lotNumber", "B-"+c.id)
	c.date("expirationDate", c.cfg.Start.AddDate(7, 0, 0), month)
	c.close()
	c.endEach()
}

// medication names the drug in one of the three ways: inside, as a resource, or as a code.
func (c *chart) medication(n int, inside bool) {
	switch {
	case inside:
		c.open("medicationReference")
		c.str("reference", "#med")
		c.close()
	case (c.k+n)%4 == 1:
		c.concept("medicationCodeableConcept", c.drugs[n].words, c.drugs[n].codes()...)
	default:
		c.to("medicationReference", c.medicationRef(n))
	}
}

func (c *chart) dosage(drug drug, lasting bool) {
	c.each("dosageInstruction")
	c.int("sequence", 1)
	if drug.times == 0 {
		c.str("text", "1 when needed")
		c.bool("asNeededBoolean", true)
	} else {
		c.str("text", strconv.Itoa(drug.times)+" × a day")
		c.open("timing")
		c.open("repeat")
		if !lasting {
			c.open("boundsDuration")
			c.int("value", 7)
			c.str("unit", "days")
			c.str("system", ucum)
			c.str("code", "d")
			c.close()
		}
		c.int("frequency", drug.times)
		c.raw("period", "1")
		c.str("periodUnit", "d")
		c.close()
		c.close()
	}
	c.each("doseAndRate")
	c.quantity("doseQuantity", drug.amount, drug.unit, drug.symbol)
	c.endEach()
	c.endEach()
}

func (c *chart) administration(v *visit, request ref, n int) {
	drug := c.drugs[n]
	for i := range 2 {
		at := v.start.Add(time.Duration(4+8*i) * time.Hour)
		c.new("MedicationAdministration")
		c.str("status", "completed")
		c.to("medicationReference", c.medicationRef(n))
		c.to("subject", c.self())
		c.to("context", v.ref)
		if i == 0 {
			c.date("effectiveDateTime", at, second)
		} else {
			c.period("effectivePeriod", at, at.Add(10*time.Minute), second)
		}
		c.each("performer")
		c.to("actor", v.doctor.ref)
		c.endEach()
		c.to("request", request)
		c.open("dosage")
		c.quantity("dose", drug.amount, drug.unit, drug.symbol)
		c.close()
		c.finish()
	}
}

type vaccine struct {
	words, cvx   string
	from, to     int
	dose, series int
}

func vaccines() []vaccine {
	return []vaccine{{"measles, mumps, rubella", "03", 1, 12, 1, 2}, {"influenza", "88", 18, 120, 1, 1},
		{"tetanus and diphtheria", "09", 10, 120, 2, 3}, {"pneumococcus", "33", 60, 120, 1, 1},
		{"polio", "10", 0, 9, 3, 4}, {"hepatitis B", "08", 0, 30, 2, 3}}
}

func (c *chart) immunization(v *visit) {
	age := yearsBetween(c.birth, v.start)
	for i, x := range vaccines() {
		if age < x.from || age > x.to || (v.n+i+c.k)%6 != 0 || v.kind == virtual {
			continue
		}
		c.new("Immunization")
		done := !c.d.chance(6)
		if done {
			c.str("status", "completed")
		} else {
			c.str("status", "not-done")
			c.concept("statusReason", "", code{hl7 + "v3-ActReason", "PATOBJ", "patient objects"})
		}
		c.concept("vaccineCode", x.words, code{cvx, x.cvx, x.words})
		c.to("patient", c.self())
		c.to("encounter", v.ref)
		if c.d.chance(15) {
			c.str("occurrenceString", "as a child, year not sure")
		} else {
			c.date("occurrenceDateTime", v.start, c.d.exact())
		}
		c.bool("primarySource", done)
		c.str("lotNumber", "V"+strconv.Itoa(10000+c.d.below(90000)))
		c.each("performer")
		c.to("actor", v.doctor.ref)
		c.endEach()
		c.each("protocolApplied")
		c.int("doseNumberPositiveInt", x.dose)
		c.int("seriesDosesPositiveInt", x.series)
		c.endEach()
		c.finish()
		break
	}
}
