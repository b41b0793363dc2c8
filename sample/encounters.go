package sample

import (
	"strconv"
	"time"
)

// visit writes what one visit leaves behind.
func (c *chart) visit(v *visit) {
	v.ref = ref{typ: "Encounter", id: c.next("Encounter")}
	appointment := ref{}
	if v.kind == ambulatory || v.kind == virtual {
		appointment = c.appointment(v)
	}
	twice := v.kind == inpatient
	c.encounter(v, appointment, 1, !twice)
	found := c.conditions(v)
	c.vitals(v)
	c.laboratory(v)
	c.procedures(v)
	c.prescriptions(v)
	c.immunization(v)
	c.documents(v)
	if c.every(4, v.n%4) {
		c.answers(v)
	}
	if twice {
		c.encounterAgain(v, found)
		c.changed = v.ref
	}
	if twice || c.d.chance(50) {
		c.claim(v)
	}
	c.encounters = append(c.encounters, v.ref)
}

func (c *chart) appointment(v *visit) ref {
	if c.d.chance(40) {
		return ref{}
	}
	c.new("Appointment")
	c.str("status", "fulfilled")
	c.concepts("serviceType", "consultation")
	c.concepts("reasonCode", v.reason.display, v.reason.coding())
	c.int("priority", 0)
	c.str("description", "About: "+v.reason.display)
	c.date("start", v.start, second)
	c.date("end", v.end, second)
	c.int("minutesDuration", int(v.end.Sub(v.start)/time.Minute))
	c.date("created", v.start.AddDate(0, 0, -9), day)
	c.each("participant")
	c.to("actor", c.self())
	c.str("status", "accepted")
	c.writer.next()
	c.to("actor", v.doctor.ref)
	c.str("required", "required")
	c.str("status", "accepted")
	c.writer.next()
	c.to("actor", v.at)
	c.str("status", "tentative")
	c.endEach()
	return c.finish()
}

// encounter writes the first version of an Encounter, of one that is over or goes on.
func (c *chart) encounter(v *visit, appointment ref, version int, over bool) {
	c.beginVersion("Encounter", v.id, version)
	if !over {
		c.meta(meta{version: "1", updated: v.start.Add(10 * time.Minute)})
	}
	c.encounterBody(v, over)
	if !appointment.isZero() {
		c.toAll("appointment", appointment)
	}
	c.encounterEnd(v, over)
	c.finish()
}

// encounterAgain writes the second version: over, with what was found.
func (c *chart) encounterAgain(v *visit, found []ref) {
	c.beginVersion("Encounter", v.id, 2)
	c.meta(meta{version: "2", updated: v.end.Add(time.Hour), tags: []code{tag("closed", "")}})
	c.narrative("Hospital stay", "From "+v.start.Format("2006-01-02")+" to "+v.end.Format("2006-01-02")+".")
	c.encounterBody(v, true)
	if len(found) > 0 {
		c.list("diagnosis")
		for i, f := range found {
			c.open("")
			c.to("condition", f)
			c.concept("use", "", code{hl7 + "diagnosis-role", "DD", "discharge"})
			c.int("rank", i+1)
			c.close()
		}
		c.endList()
	}
	c.open("hospitalization")
	c.concept("admitSource", "", code{hl7 + "admit-source", "emd", ""})
	c.concept("dischargeDisposition", "", code{hl7 + "discharge-disposition", "home", "home"})
	c.close()
	c.encounterEnd(v, true)
	c.finish()
}

func (c *chart) encounterBody(v *visit, over bool) {
	c.list("identifier")
	c.identifier("usual", "VN", canonicals+"ids/visit", c.id+"/"+strconv.Itoa(v.n+1))
	c.endList()
	status := "finished"
	end := v.end
	if !over {
		status, end = "in-progress", time.Time{}
	}
	c.str("status", status)
	c.coding("class", v.kind.code())
	c.concepts("type", "visit for "+v.doctor.special.words)
	c.to("subject", c.self())
	if !c.episode.isZero() {
		c.toAll("episodeOfCare", c.episode)
	}
	c.each("participant")
	c.concepts("type", "", code{hl7 + "v3-ParticipationType", "PPRF", "performer"})
	if v.n == 2 {
		c.toAbsolute("individual", v.doctor.ref)
	} else {
		c.to("individual", v.doctor.ref)
	}
	c.endEach()
	c.period("period", v.start, end, second)
	if over && v.kind != inpatient {
		c.quantity("length", decimal{int(v.end.Sub(v.start) / time.Minute), 0}, "min", "min")
	}
	c.concepts("reasonCode", v.reason.display, v.reason.coding())
	for _, a := range c.ailing {
		if !a.ref.isZero() && a.at(*v) {
			c.toAll("reasonReference", a.ref)
			break
		}
	}
}

func (c *chart) encounterEnd(v *visit, over bool) {
	status := "completed"
	if !over {
		status = "active"
	}
	c.each("location")
	c.to("location", v.at)
	c.str("status", status)
	if v.kind == inpatient {
		c.period("period", v.start.Add(2*time.Hour), time.Time{}, second)
	}
	c.endEach()
	c.to("serviceProvider", c.sites[v.doctor.site].hospital)
}

// conditions writes the Conditions that the visit found.
func (c *chart) conditions(v *visit) []ref {
	var found []ref
	for i := range c.ailing {
		a := &c.ailing[i]
		if a.visit != v.n {
			continue
		}
		c.new("Condition")
		c.condition(a, v, false)
		a.ref = c.finish()
		a.ref.display = a.words
		found = append(found, a.ref)
	}
	return found
}

// condition writes a Condition at its diagnosis, or healed, which is its second version.
func (c *chart) condition(a *ailing, v *visit, healed bool) {
	m := meta{updated: v.start.Add(30 * time.Minute)}
	status := "active"
	if healed {
		status, m.updated = "resolved", a.healed.Add(24*time.Hour)
	}
	if a.snomed == "35489007" {
		m.security = []code{restricted()}
	}
	if !a.healed.IsZero() || len(m.security) > 0 {
		c.meta(m)
	}
	c.narrative(a.words, "Found on "+v.start.Format("2 January 2006")+", "+status+".")
	c.concept("clinicalStatus", "", code{hl7 + "condition-clinical", status, ""})
	c.concept("verificationStatus", "", code{hl7 + "condition-ver-status", "confirmed", ""})
	kind := "encounter-diagnosis"
	if a.chronic {
		kind = "problem-list-item"
	}
	c.concepts("category", "", code{hl7 + "condition-category", kind, ""})
	c.concept("severity", "", code{snomed, [...]string{"255604002", "6736007", "24484000"}[c.k%3],
		[...]string{"mild", "moderate", "severe"}[c.k%3]})
	c.concept("code", a.words, code{snomed, a.snomed, a.words}, code{icd10, a.icd, ""})
	c.to("subject", c.self())
	c.to("encounter", v.ref)
	c.onset(a)
	if healed {
		c.date("abatementDateTime", a.healed, day)
	}
	c.date("recordedDate", v.start.Add(20*time.Minute), second)
	c.to("recorder", v.doctor.role)
	c.to("asserter", v.doctor.ref)
}

// onset writes when it began, as the patient remembers; by the ailment's code, so that every version says the same.
func (c *chart) onset(a *ailing) {
	switch (c.k + len(a.words)) % 8 {
	case 0:
		c.quantity("onsetAge", decimal{max(1, yearsBetween(c.birth, a.onset)), 0}, "years", "a")
	case 1:
		c.date("onsetDateTime", a.onset, year)
	case 2:
		c.date("onsetDateTime", a.onset, month)
	case 3:
		c.period("onsetPeriod", a.onset, time.Time{}, day)
	case 4:
		c.str("onsetString", "some time around "+a.onset.Format("2006"))
	case 5:
		c.date("onsetDateTime", a.onset, milli)
	default:
		c.date("onsetDateTime", a.onset, day)
	}
}

// after writes the later versions: passing ailments that have healed, and the Patient who moved or died.
func (c *chart) after() {
	for i := range c.ailing {
		a := &c.ailing[i]
		if a.healed.IsZero() {
			continue
		}
		c.beginVersion("Condition", a.ref.id, 2)
		c.condition(a, &c.visits[a.visit], true)
		c.finish()
	}
	if c.twice() {
		c.again()
	}
}
