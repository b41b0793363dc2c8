package sample

import (
	"strconv"
	"time"
)

// care is what looks over the whole record: goals, a plan, lists.
func (c *chart) care() {
	var problems []ref
	for i := range c.ailing {
		problems = append(problems, c.ailing[i].ref)
	}
	if a := c.chronic(); a != nil && a.plan != "" {
		c.carePlan(a, c.goal(a))
	}
	if len(problems) > 0 {
		c.listOf("Problems", code{loinc, "11450-4", "problems"}, problems)
	}
	if len(c.medications) > 1 {
		c.listOf("Medicines", code{loinc, "10160-0", "medicines"}, c.medications)
	}
}

func (c *chart) goal(a *ailing) ref {
	start := c.visits[a.visit].start
	c.new("Goal")
	c.str("lifecycleStatus", "active")
	c.concept("achievementStatus", "", code{hl7 + "goal-achievement", "improving", "improving"})
	c.concept("description", a.plan)
	c.to("subject", c.self())
	c.date("startDate", start, []precision{day, month, year}[c.k%3])
	if a.snomed == "44054006" {
		c.each("target")
		c.concept("measure", "HbA1c", code{loinc, "4548-4", "HbA1c"})
		c.open("detailRange")
		c.quantity("low", decimal{60, 1}, "%", "%")
		c.quantity("high", decimal{70, 1}, "%", "%")
		c.close()
		c.date("dueDate", start.AddDate(1, 0, 0), day)
		c.endEach()
	}
	c.to("expressedBy", c.doctor.ref)
	c.toAll("addresses", a.ref)
	return c.finish()
}

func (c *chart) carePlan(a *ailing, goal ref) {
	start := c.visits[a.visit].start
	c.new("CarePlan")
	c.meta(meta{updated: start.Add(time.Hour), tags: []code{tag("chronic", "long-term care")}})
	c.narrative("Plan for "+a.words, a.plan, "Reviewed at each visit.")
	c.str("status", "active")
	c.str("intent", "plan")
	c.concepts("category", "long-term care")
	c.str("title", "Plan for "+a.words)
	c.to("subject", c.self())
	c.to("encounter", c.visits[a.visit].ref)
	c.period("period", start, time.Time{}, day)
	c.date("created", start, c.d.exact())
	c.to("author", c.doctor.role)
	c.toAll("careTeam", c.team)
	c.toAll("addresses", a.ref)
	c.toAll("goal", goal)
	c.list("activity")
	for _, r := range a.takes {
		c.open("")
		c.to("reference", r)
		c.close()
	}
	c.open("")
	c.open("detail")
	c.concept("code", "walking")
	c.str("status", "in-progress")
	c.open("scheduledTiming")
	c.open("repeat")
	c.int("frequency", 3)
	c.raw("period", "1")
	c.str("periodUnit", "wk")
	c.strs("dayOfWeek", "mon", "wed", "fri")
	c.close()
	c.close()
	c.str("description", "Walk for half an hour & rest <afterwards>.")
	c.close()
	c.close()
	c.endList()
	c.finish()
}

func (c *chart) listOf(title string, what code, items []ref) {
	last := c.visits[len(c.visits)-1]
	c.new("List")
	c.str("status", "current")
	c.str("mode", "working")
	c.str("title", title)
	c.concept("code", title, what)
	c.to("subject", c.self())
	c.to("encounter", last.ref)
	c.date("date", last.end, c.d.exact())
	c.to("source", c.doctor.ref)
	c.concept("orderedBy", "", code{hl7 + "list-order", "event-date", ""})
	c.list("entry")
	for _, r := range items {
		c.open("")
		c.to("item", r)
		c.close()
	}
	c.endList()
	c.finish()
}

// home is a long series of one patient in 32, measured at home every morning and evening.
func (c *chart) home() {
	if !c.every(32, 3) {
		return
	}
	const count = 240
	at := c.visits[0].start.AddDate(0, 0, 7)
	for i := range count {
		c.new("Observation")
		c.observation("laboratory", code{loinc, "2339-0", "blood glucose, at home"})
		c.date("effectiveDateTime", at.Add(time.Duration(12*i)*time.Hour+time.Duration(c.d.below(90))*time.Minute), second)
		if i%20 == 0 {
			c.raw("performer", `[{"reference":"`+Base+"/Patient/"+c.id+`"}]`)
		} else {
			c.toAll("performer", c.self())
		}
		// It falls by a sixth of a unit a day, and is higher in the evening.
		c.quantity("valueQuantity", decimal{max(45, c.d.bell(168-i/6+14*(i%2), 14)), 0}, "mg/dL", "mg/dL")
		c.done()
	}
}

// provenance says where the record came from: all its Observations, and both versions of an Encounter.
func (c *chart) provenance() {
	last := c.visits[len(c.visits)-1].end.Add(48 * time.Hour)
	c.new("Provenance")
	c.toAll("target", c.observations...)
	c.date("recorded", last, micro)
	c.concept("activity", "import")
	c.each("agent")
	c.concept("type", "", code{hl7 + "provenance-participant-type", "assembler", ""})
	c.to("who", network())
	c.writer.next()
	c.toIdentifier("who", "Organization", canonicals+"ids/organization", "ORG-elsewhere", "An office that is not on record")
	c.endEach()
	c.finish()
	if c.changed.isZero() {
		return
	}
	c.new("Provenance")
	c.list("target")
	c.toVersion("", c.changed, strconv.Itoa(2))
	c.endList()
	c.period("occurredPeriod", c.visits[0].start, last, second)
	c.date("recorded", last, milli)
	c.each("agent")
	c.to("who", c.doctor.ref)
	c.endEach()
	c.each("entity")
	c.str("role", "revision")
	c.open("what")
	c.str("reference", Base+"/Encounter/"+c.changed.id+"/_history/1")
	c.close()
	c.endEach()
	c.finish()
}
