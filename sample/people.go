package sample

import "time"

// people are those around the patient, and who pays.
func (c *chart) people() {
	if c.every(2, 1) || c.d.chance(40) {
		c.relatedPerson()
	}
	c.new("Coverage")
	c.str("status", "active")
	c.concept("type", "", code{hl7 + "v3-ActCode", "PUBLICPOL", "public health care"})
	c.str("subscriberId", "M-"+c.id)
	c.to("beneficiary", c.self())
	c.concept("relationship", "", code{hl7 + "subscriber-relationship", "self", ""})
	c.period("period", c.cfg.Start, time.Time{}, year)
	c.toAll("payor", c.insurer)
	c.coverage = c.finish()
	if c.chronic() != nil {
		c.episodeOfCare()
		c.careTeam()
	}
	if c.every(3, 0) {
		c.implant()
	}
}

// chronic is the patient's first lasting ailment, nil without one.
func (c *chart) chronic() *ailing {
	for i := range c.ailing {
		if c.ailing[i].chronic {
			return &c.ailing[i]
		}
	}
	return nil
}

func (c *chart) relatedPerson() {
	kin := code{hl7 + "v3-RoleCode", "SPS", "spouse"}
	if yearsBetween(c.birth, c.cfg.Start) < 20 {
		kin = code{hl7 + "v3-RoleCode", "MTH", "mother"}
	}
	n := c.of.name(c.d, kin.code == "MTH" || !c.woman)
	c.new("RelatedPerson")
	c.bool("active", true)
	c.to("patient", c.self())
	c.concepts("relationship", "", kin, code{hl7 + "v2-0131", "C", "emergency contact"})
	c.list("name")
	c.humanName(c.of, n, "usual", "")
	c.endList()
	c.each("telecom")
	c.str("system", "sms")
	c.str("value", "+1-555-0199")
	c.endEach()
	c.period("period", c.birth, time.Time{}, month)
	c.relative = c.finish()
	c.relative.display = n.whole(c.of)
}

func (c *chart) episodeOfCare() {
	a := c.chronic()
	start := a.onset
	if start.Before(c.cfg.Start) {
		start = c.cfg.Start
	}
	c.new("EpisodeOfCare")
	c.str("status", "active")
	c.each("statusHistory")
	c.str("status", "planned")
	c.period("period", start.AddDate(0, -1, 0), start, day)
	c.endEach()
	c.concepts("type", "care for "+a.words)
	c.to("patient", c.self())
	c.to("managingOrganization", c.sites[c.doctor.site].hospital)
	c.period("period", start, time.Time{}, day)
	c.to("careManager", c.doctor.role)
	c.episode = c.finish()
}

func (c *chart) careTeam() {
	c.new("CareTeam")
	c.str("status", "active")
	c.str("name", "Team of "+c.name.whole(c.of))
	c.to("subject", c.self())
	c.period("period", c.visits[0].start, time.Time{}, c.d.vague())
	c.each("participant")
	c.concepts("role", "in charge")
	c.to("member", c.doctor.ref)
	c.to("onBehalfOf", c.sites[c.doctor.site].hospital)
	if !c.relative.isZero() {
		c.writer.next()
		c.concepts("role", "carer")
		c.to("member", c.relative)
	}
	c.writer.next()
	c.to("member", c.self())
	c.endEach()
	c.team = c.finish()
}

func (c *chart) implant() {
	c.new("Device")
	c.str("status", "active")
	c.str("lotNumber", "L"+c.id)
	c.date("manufactureDate", c.birth.AddDate(0, 1, 0), month)
	c.date("expirationDate", c.cfg.Start.AddDate(9, 0, 0), second)
	c.concept("type", "blood glucose meter", code{snomed, "337414009", ""})
	c.to("patient", c.self())
	c.finish()
}

type allergen struct {
	words, snomed, category, reaction, reactionCode string
}

func allergens() []allergen {
	return []allergen{
		{"penicillin", "373270004", "medication", "rash", "271807003"},
		{"peanut", "762952008", "food", "hives", "126485001"},
		{"grass pollen", "256277009", "environment", "sneezing", "76067001"},
		{"bee venom", "288328004", "environment", "swelling", "423666004"},
		{"egg", "102263004", "food", "vomiting", "422400008"},
	}
}

// allergies also writes the list that says there are none.
func (c *chart) allergies() {
	if !c.d.chance(45) {
		c.new("List")
		c.str("status", "current")
		c.str("mode", "snapshot")
		c.str("title", "Allergies")
		c.concept("code", "", code{loinc, "48765-2", "allergies"})
		c.to("subject", c.self())
		c.date("date", c.visits[0].start, day)
		c.concept("emptyReason", "", code{hl7 + "list-empty-reason", "nilknown", "none known"})
		c.finish()
		return
	}
	first := c.d.below(5)
	for i := range 1 + c.d.below(2) {
		c.allergy(allergens()[(first+i)%5], i)
	}
}

func (c *chart) allergy(a allergen, i int) {
	d := c.d
	c.new("AllergyIntolerance")
	c.narrative("Allergy to "+a.words, "Causes "+a.reaction+".")
	c.concept("clinicalStatus", "", code{hl7 + "allergyintolerance-clinical", pick(d, []string{"active", "active", "inactive"}), ""})
	c.concept("verificationStatus", "", code{hl7 + "allergyintolerance-verification", "confirmed", ""})
	c.str("type", "allergy")
	c.strs("category", a.category)
	c.str("criticality", pick(d, []string{"low", "high", "unable-to-assess"}))
	c.concept("code", a.words, code{snomed, a.snomed, a.words})
	c.to("patient", c.self())
	days := int(c.visits[0].start.Sub(c.birth) / (24 * time.Hour))
	if i == 0 || days < 7*365 {
		c.date("onsetDateTime", c.birth.AddDate(0, 0, d.below(max(1, days))), d.vague())
	} else {
		c.open("onsetRange")
		c.quantity("low", decimal{2, 0}, "years", "a")
		c.quantity("high", decimal{6, 0}, "years", "a")
		c.close()
	}
	c.date("recordedDate", c.visits[0].start, d.exact())
	c.to("asserter", c.self())
	c.each("reaction")
	c.concepts("manifestation", a.reaction, code{snomed, a.reactionCode, a.reaction})
	c.str("severity", pick(d, []string{"mild", "moderate", "severe"}))
	c.endEach()
	c.finish()
}
