package sample

import (
	"strconv"
	"time"
)

// patient writes the first version of the Patient.
func (c *chart) patient() {
	c.begin("Patient", c.id)
	c.patientHead(c.visits[0].start.Add(-time.Hour), "1")
	c.contact(c.of.cities[0], c.every(4, 1))
	c.household()
	c.finish()
}

// twice reports whether there is a second version of the Patient.
func (c *chart) twice() bool { return c.every(5, 2) }

// dies reports whether the patient dies at the end of the record whatever the age.
func (c *chart) dies() bool { return c.every(20, 7) }

func (c *chart) patientHead(updated time.Time, version string) {
	m := meta{tags: []code{tag("synthetic", "made up")}, source: canonicals + "feed/adt"}
	if c.twice() || c.d.chance(50) {
		m.updated = updated
	}
	if c.twice() {
		m.version = version
	}
	if c.every(9, 4) {
		m.security = []code{restricted(), {hl7 + "v3-ActCode", "CEL", ""}}
	}
	if c.every(2, 0) {
		m.profiles = []string{structures + "resident"}
	}
	c.meta(m)
	sex := "male"
	if c.woman {
		sex = "female"
	}
	c.narrative(c.name.whole(c.of), sex+", born "+c.birth.Format("2006-01-02"), "Speaks "+c.of.speech+" <"+c.of.language+">")
	c.patientExtensions()
	c.identifiers()
	c.bool("active", !c.every(13, 12))
	c.names()
	c.str("gender", c.sex(sex))
	c.birthDate()
}

func (c *chart) sex(usual string) string {
	switch {
	case c.every(40, 17):
		return "other"
	case c.every(40, 33):
		return "unknown"
	}
	return usual
}

// birthDate writes the date of birth in the precision that is known, and its time for those born during the record.
func (c *chart) birthDate() {
	switch {
	case c.every(17, 5):
		c.date("birthDate", c.birth, year)
	case c.every(17, 9):
		c.date("birthDate", c.birth, month)
	case c.every(17, 13):
		c.open("_birthDate")
		c.absent("unknown")
		c.close()
	default:
		c.date("birthDate", c.birth, day)
		if c.every(4, 0) {
			c.open("_birthDate")
			c.each("extension")
			c.str("url", "http://hl7.org/fhir/StructureDefinition/patient-birthTime")
			c.date("valueDateTime", c.birth.Add(time.Duration(c.k%1440)*time.Minute), second)
			c.endEach()
			c.close()
		}
	}
}

// absent writes the extension that says why a value is missing.
func (w *writer) absent(why string) {
	w.each("extension")
	w.str("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason")
	w.str("valueCode", why)
	w.endEach()
}

// patientExtensions writes a standard extension and one of ours with parts.
func (c *chart) patientExtensions() {
	c.list("extension")
	c.open("")
	c.str("url", "http://hl7.org/fhir/StructureDefinition/patient-birthPlace")
	c.open("valueAddress")
	c.str("city", c.of.cities[len(c.of.cities)-1].name)
	c.str("country", c.of.country)
	c.close()
	c.close()
	if c.every(3, 1) {
		c.open("")
		c.list("extension")
		c.open("")
		c.str("url", "people")
		c.int("valueInteger", 1+c.k%5)
		c.close()
		c.open("")
		c.str("url", "income")
		c.money("valueMoney", 1234500+c.k*1000, c.of.currency)
		c.close()
		c.open("")
		c.str("url", "pets")
		c.bool("valueBoolean", c.every(2, 0))
		c.close()
		c.endList()
		c.str("url", structures+"household")
		c.close()
	}
	c.endList()
}

func (c *chart) identifiers() {
	c.list("identifier")
	c.open("")
	c.str("use", "usual")
	c.concept("type", "record number", code{hl7 + "v2-0203", "MR", ""})
	c.str("system", canonicals+"ids/mrn")
	c.str("value", strconv.Itoa(1000000+c.k))
	c.period("period", c.cfg.Start.AddDate(-1, 0, 0), time.Time{}, month)
	c.to("assigner", c.sites[c.doctor.site].hospital)
	c.close()
	// Numbers from 900 on were never given out.
	c.identifier("official", "SS", canonicals+"ids/social-like",
		strconv.Itoa(900+c.k%100)+"-"+strconv.Itoa(10+c.k%90)+"-"+strconv.Itoa(1000+c.k%9000))
	if c.every(3, 2) {
		c.identifier("old", "DL", canonicals+"ids/driver", "X "+strconv.Itoa(c.k)+"/"+c.of.country)
	}
	c.endList()
}

func (c *chart) names() {
	c.list("name")
	c.humanName(c.of, c.name, "official", "")
	if c.name.latin != "" {
		c.open("")
		c.str("use", "usual")
		c.str("family", c.name.latin)
		c.period("period", c.birth, time.Time{}, year)
		c.close()
	}
	if c.woman && c.every(3, 0) && yearsBetween(c.birth, c.cfg.Start) > 25 {
		c.open("")
		c.str("use", "maiden")
		c.str("family", c.of.families[c.k%len(c.of.families)])
		// A middle name that nobody asked for: a hole in a list of strings.
		c.raw("given", `["Maria",null]`)
		c.list("_given")
		c.raw("", "null")
		c.open("")
		c.absent("asked-unknown")
		c.close()
		c.endList()
		c.period("period", time.Time{}, c.birth.AddDate(25, 0, 0), month)
		c.close()
	}
	c.endList()
}

// contact writes how the patient is reached, and who cares.
func (c *chart) contact(home city, hasOther bool) {
	c.each("telecom")
	c.str("system", "phone")
	c.str("value", "+1-555-01"+strconv.Itoa(10+c.k%90))
	c.str("use", "home")
	c.int("rank", 2)
	c.writer.next()
	c.str("system", "email")
	c.str("value", c.id+"@people.example.org")
	c.int("rank", 1)
	if c.every(6, 5) {
		c.writer.next()
		c.str("system", "other")
		c.str("value", "tel:7042;phone-context=sample.example.org")
		c.period("period", c.cfg.Start, c.cfg.Start.AddDate(2, 0, 0), day)
	}
	c.endEach()
	c.list("address")
	c.address("home", home)
	if hasOther {
		c.address("temp", c.of.cities[len(c.of.cities)-1])
	}
	c.endList()
}

func (c *chart) address(use string, in city) {
	street := c.of.streets[c.k%len(c.of.streets)] + " " + strconv.Itoa(1+c.k%120)
	c.open("")
	c.str("use", use)
	c.str("type", "both")
	c.str("text", street+"\n"+in.name+" "+in.postal)
	c.lines(street)
	c.str("city", in.name)
	c.str("state", in.state)
	c.str("postalCode", in.postal)
	c.str("country", c.of.country)
	c.period("period", c.birth, time.Time{}, year)
	c.close()
}

// lines writes the street, and a second line that may be known or have a reason to be missing.
func (c *chart) lines(street string) {
	c.list("line")
	c.str("", street)
	switch {
	case c.every(8, 3):
		c.str("", "c/o "+c.name.family)
	case c.every(8, 6):
		c.raw("", "null")
		c.endList()
		c.list("_line")
		c.raw("", "null")
		c.open("")
		c.absent("masked")
		c.close()
	}
	c.endList()
}

// household writes what is left of the Patient.
func (c *chart) household() {
	if c.every(7, 3) && yearsBetween(c.birth, c.cfg.Start) > 17 {
		c.concept("maritalStatus", "", code{hl7 + "v3-MaritalStatus", "M", "married"})
	}
	if c.every(25, 6) {
		c.int("multipleBirthInteger", 2)
	} else if c.every(25, 7) {
		c.bool("multipleBirthBoolean", false)
	}
	c.each("communication")
	c.concept("language", c.of.speech, code{"urn:ietf:bcp:47", c.of.language, c.of.speech})
	c.bool("preferred", true)
	c.endEach()
	c.toAll("generalPractitioner", c.doctor.ref)
	c.to("managingOrganization", c.sites[c.doctor.site].hospital)
}

// again writes the second version of the Patient: moved, or dead.
func (c *chart) again() {
	last := c.visits[len(c.visits)-1].end.Add(90 * 24 * time.Hour)
	c.beginVersion("Patient", c.id, 2)
	c.patientHead(last, "2")
	if yearsBetween(c.birth, last) > 75 || c.dies() {
		switch {
		case c.every(4, 2):
			c.bool("deceasedBoolean", true)
		case c.every(4, 1):
			c.date("deceasedDateTime", last.Add(-20*24*time.Hour), month)
		default:
			c.date("deceasedDateTime", last.Add(-20*24*time.Hour), second)
		}
	}
	c.contact(c.of.cities[len(c.of.cities)-1], false)
	c.household()
	c.finish()
}
