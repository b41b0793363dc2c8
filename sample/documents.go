package sample

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// documents writes a letter about a stay in hospital, and a note now and then.
func (c *chart) documents(v *visit) {
	if v.kind != inpatient && !c.d.chance(12) {
		return
	}
	words := code{loinc, "11506-3", "progress note"}
	if v.kind == inpatient {
		words = code{loinc, "18842-5", "discharge letter"}
	}
	text := c.letter(v)
	outsider := v.n%2 == 1
	c.new("DocumentReference")
	if outsider {
		c.outsider()
	}
	c.open("masterIdentifier")
	c.str("system", "urn:ietf:rfc:3986")
	c.str("value", "urn:oid:2.999.7.2."+strconv.Itoa(c.k)+"."+strconv.Itoa(v.n+1))
	c.close()
	c.str("status", "current")
	c.str("docStatus", "final")
	c.concept("type", words.display, words)
	c.to("subject", c.self())
	c.date("date", v.end.Add(2*time.Hour), milli)
	if outsider {
		c.raw("author", `[{"reference":"#author"}]`)
	} else {
		c.toAll("author", v.doctor.ref)
	}
	c.codeableSecurity()
	c.each("content")
	c.open("attachment")
	c.str("contentType", "text/plain; charset=utf-8")
	c.str("language", "en")
	c.str("data", base64.StdEncoding.EncodeToString([]byte(text)))
	c.int("size", len(text))
	c.str("title", words.display)
	c.date("creation", v.end, c.d.exact())
	c.close()
	c.endEach()
	c.open("context")
	c.toAll("encounter", v.ref)
	c.period("period", v.start, v.end, second)
	c.close()
	c.finish()
}

func (c *chart) codeableSecurity() {
	if c.every(9, 4) {
		c.concepts("securityLabel", "", restricted())
	}
}

// outsider is an author from elsewhere, who exists in this document only.
func (c *chart) outsider() {
	c.each("contained")
	c.str("resourceType", "Practitioner")
	c.str("id", "author")
	c.list("name")
	c.humanName(c.of, c.of.name(c.d, true), "official", "Prof.")
	c.endList()
	c.endEach()
}

// letter is prose about the visit.
func (c *chart) letter(v *visit) string {
	var b strings.Builder
	b.WriteString("Dear colleague,\n\n")
	b.WriteString("we saw " + c.name.whole(c.of) + ", born " + c.birth.Format("2 January 2006") + ", on " +
		v.start.Format("2 January 2006") + " at " + c.sites[v.doctor.site].name + " for " +
		strings.ToLower(v.reason.display) + ".\n")
	for _, a := range c.ailing {
		switch {
		case a.visit == v.n:
			b.WriteString("We found " + a.words + ".\n")
		case a.at(*v):
			b.WriteString("Known is " + a.words + " since " + a.onset.Format("2006") + ".\n")
		}
	}
	b.WriteString(pick(c.d, []string{
		"The patient slept well, ate with appetite and walked the corridor without help.",
		"The wound is dry; the stitches may be taken out in ten days.",
		"We advise less salt, a walk every day, and another look in three months.",
		"The family has been told. Please call us if the fever comes back.",
	}))
	b.WriteString("\n\nWith kind regards\n" + v.doctor.display + "\n")
	return b.String()
}

// answers is a QuestionnaireResponse with groups, and an answer that has a question below it.
func (c *chart) answers(v *visit) {
	d := c.d
	c.new("QuestionnaireResponse")
	c.str("questionnaire", checkURL+"|1.2")
	c.str("status", "completed")
	c.to("subject", c.self())
	c.to("encounter", v.ref)
	c.date("authored", v.start.Add(-10*time.Minute), d.exact())
	c.to("source", c.self())
	c.list("item")
	c.open("")
	c.item("1", "Sleep")
	c.list("item")
	c.answer("1.1", "How often do you sleep badly?", func() { c.coding("valueCoding", pick(d, often())) })
	c.answer("1.2", "How many hours do you sleep?", func() { c.decimal("valueDecimal", decimal{50 + 5*d.below(8), 1}) })
	c.endList()
	c.close()
	pain := d.chance(40)
	c.answer("2", "Are you in pain?", func() {
		c.bool("valueBoolean", pain)
		if pain {
			c.list("item")
			c.answer("2.1", "Which?", func() { c.coding("valueCoding", code{complaintSystem, "back-pain", "Back pain"}) })
			c.answer("2.2", "Since when?", func() { c.date("valueDate", v.start.AddDate(0, -3, 0), month) })
			c.endList()
		}
	})
	if d.chance(30) {
		c.answer("3", "Anything else?", func() { c.str("valueString", "No, thank you 🙂") })
	}
	c.endList()
	c.finish()
}

func (w *writer) item(link, text string) {
	w.str("linkId", link)
	w.str("text", text)
}

func (c *chart) answer(link, text string, value func()) {
	c.open("")
	c.item(link, text)
	c.each("answer")
	value()
	c.endEach()
	c.close()
}
