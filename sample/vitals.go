package sample

import "time"

// observe begins an Observation of the visit, up to who made it.
func (c *chart) observe(v *visit, category string, what ...code) {
	c.new("Observation")
	c.observation(category, what...)
	c.to("encounter", v.ref)
	c.date("effectiveDateTime", v.start.Add(5*time.Minute), c.d.exact())
	c.toAll("performer", v.doctor.ref)
}

func (c *chart) observation(category string, what ...code) {
	c.str("status", "final")
	c.concepts("category", "", code{hl7 + "observation-category", category, ""})
	c.concept("code", what[0].display, what...)
	c.to("subject", c.self())
}

// done ends an Observation.
func (c *chart) done() ref {
	r := c.finish()
	c.observations = append(c.observations, r)
	return r
}

// vitals are what a nurse takes at each visit.
func (c *chart) vitals(v *visit) {
	if v.kind == virtual {
		c.notTaken(v)
		return
	}
	c.pressure(v)
	c.body(v)
	d := c.d
	if v.n%2 == 0 || v.kind != ambulatory {
		c.vital(v, code{loinc, "8867-4", "heart rate"}, decimal{d.bell(74, 9) + c.hurry(v), 0}, "/min", "/min")
	}
	if c.fever(v) || d.chance(25) {
		t := d.bell(3660, 25)
		if c.fever(v) {
			t = d.bell(3850, 50)
		}
		c.vital(v, code{loinc, "8310-5", "body temperature"}, decimal{t, 2}, "°C", "Cel")
	}
	if v.kind != ambulatory {
		c.vital(v, code{loinc, "59408-5", "oxygen saturation"}, decimal{min(100, d.bell(965, 14)/10), 0}, "%", "%")
	}
	if v.n == 1 {
		c.smoking(v)
	}
	c.curious(v)
}

// fever reports whether the patient has an infection at the visit.
func (c *chart) fever(v *visit) bool {
	for _, a := range c.ailing {
		if a.visit == v.n && !a.chronic && (a.icd == "J18.9" || a.icd == "H66.9") {
			return true
		}
	}
	return false
}

// hurry is what is added to the heart rate of children and in an emergency.
func (c *chart) hurry(v *visit) int {
	more := 4 * max(0, 12-yearsBetween(c.birth, v.start))
	if v.kind == emergency {
		more += 14
	}
	return more
}

func (c *chart) vital(v *visit, what code, value decimal, unit, symbol string) ref {
	c.observe(v, "vital-signs", what)
	c.quantity("valueQuantity", value, unit, symbol)
	return c.done()
}

// has reports whether the patient has the ailment at the visit.
func (c *chart) has(snomed string, v *visit) bool {
	for _, a := range c.ailing {
		if a.snomed == snomed && a.at(*v) {
			return true
		}
	}
	return false
}

// pressure is a blood pressure: high before treatment, and coming down.
func (c *chart) pressure(v *visit) {
	d := c.d
	age := min(yearsBetween(c.birth, v.start), 85)
	systolic := d.bell(108+age*3/10, 8)
	if age < 14 {
		systolic = d.bell(88+2*age, 5)
	} else if c.has("38341003", v) {
		systolic += max(4, 26-6*v.n)
	}
	diastolic := systolic*62/100 + d.bell(2, 4)
	c.new("Observation")
	c.meta(meta{profiles: []string{"http://hl7.org/fhir/StructureDefinition/bp"}})
	c.observation("vital-signs", code{loinc, "85354-9", "blood pressure"})
	c.to("encounter", v.ref)
	c.date("effectiveDateTime", v.start.Add(4*time.Minute), second)
	c.toAll("performer", v.doctor.ref)
	if v.kind == inpatient {
		c.to("device", ref{"Device", "monitor-" + string(rune('1'+v.doctor.site)), ""})
	}
	c.concept("bodySite", "upper arm")
	c.each("component")
	c.concept("code", "systolic", code{loinc, "8480-6", "systolic"})
	c.quantity("valueQuantity", decimal{systolic, 0}, "mmHg", "mm[Hg]")
	if systolic >= 140 {
		c.concepts("interpretation", "", code{hl7 + "v3-ObservationInterpretation", "H", "high"})
	}
	c.writer.next()
	c.concept("code", "diastolic", code{loinc, "8462-4", "diastolic"})
	if d.chance(4) {
		c.concept("dataAbsentReason", "", code{hl7 + "data-absent-reason", "error", ""})
	} else {
		c.quantity("valueQuantity", decimal{diastolic, 0}, "mmHg", "mm[Hg]")
	}
	c.endEach()
	c.done()
}

// childHeights are mean heights in cm from birth to the age of 18.
func childHeights() []int {
	return []int{50, 75, 87, 95, 102, 109, 115, 121, 127, 133, 138, 143, 149, 156, 161, 165, 168, 169, 170}
}

// body measures weight and, of children and the first time, height, from which the body mass index follows.
func (c *chart) body(v *visit) {
	age := yearsBetween(c.birth, v.start)
	mm, bmi := c.height, c.bulk
	if heights := childHeights(); age < len(heights) {
		mm = c.height * heights[age] / 170
		bmi = 155 + 3*age + (c.bulk-260)/5
	}
	bmi += c.d.bell(v.n, 4)
	grams := mm * mm / 1000 * bmi / 10
	weight := c.vital(v, code{loinc, "29463-7", "body weight"}, decimal{grams / 100, 1}, "kg", "kg")
	if v.n == 0 || age < 18 {
		height := c.vital(v, code{loinc, "8302-2", "body height"}, decimal{mm, 1}, "cm", "cm")
		c.bodyMass(v, bmi, weight, height)
	}
}

// bodyMass is derived from a weight and a height of the same visit.
func (c *chart) bodyMass(v *visit, bmi int, weight, height ref) {
	c.observe(v, "vital-signs", code{loinc, "39156-5", "body mass index"})
	c.quantity("valueQuantity", decimal{bmi * 10, 2}, "kg/m²", "kg/m2")
	c.toAll("derivedFrom", weight, height)
	c.done()
}

// smoking is an Observation with a code as its value.
func (c *chart) smoking(v *visit) {
	answer := pick(c.d, []code{{snomed, "266919005", "never smoked"}, {snomed, "266919005", "never smoked"},
		{snomed, "8517006", "used to smoke"}, {snomed, "77176002", "smokes"}})
	if yearsBetween(c.birth, v.start) < 14 {
		answer = code{snomed, "266919005", "never smoked"}
	}
	c.observe(v, "social-history", code{loinc, "72166-2", "smoking"})
	c.concept("valueCodeableConcept", answer.display, answer)
	c.done()
}

// notTaken is an Observation without its value, as on the telephone.
func (c *chart) notTaken(v *visit) {
	c.observe(v, "vital-signs", code{loinc, "29463-7", "body weight"})
	c.concept("dataAbsentReason", "", code{hl7 + "data-absent-reason", "not-performed", "not performed"})
	c.done()
}
