package sample

import "strconv"

// medicationRef is the Medication of a drug.
func (w *world) medicationRef(drug int) ref {
	d := w.drugs[drug]
	return ref{"Medication", slug(d.words), d.words}
}

func (d drug) codes() []code {
	return []code{{rxnorm, d.rxnorm, d.words}, {atc, d.atc, ""}}
}

func (f *founding) medications() {
	for i, d := range f.drugs {
		f.begin("Medication", f.medicationRef(i).id)
		f.concept("code", d.words, d.codes()...)
		f.str("status", "active")
		f.concept("form", d.form)
		f.each("ingredient")
		f.concept("itemCodeableConcept", d.words, code{rxnorm, d.rxnorm, ""})
		f.bool("isActive", true)
		f.open("strength")
		f.quantity("numerator", d.amount, d.unit, d.symbol)
		f.quantity("denominator", decimal{1, 0}, d.form, "1")
		f.close()
		f.endEach()
		f.finish()
	}
}

// devices are those of the wards; patients have others of their own.
func (f *founding) devices() {
	for i, s := range f.sites {
		f.begin("Device", "monitor-"+strconv.Itoa(i+1))
		f.each("udiCarrier")
		f.str("deviceIdentifier", "0999900000"+strconv.Itoa(i+1))
		f.str("carrierHRF", "(01)0999900000"+strconv.Itoa(i+1))
		f.endEach()
		f.str("status", "active")
		f.str("manufacturer", "Made-up Instruments & Sons")
		f.str("serialNumber", "MON/"+strconv.Itoa(700+i))
		f.each("deviceName")
		f.str("name", "Bedside monitor")
		f.str("type", "user-friendly-name")
		f.endEach()
		f.concept("type", "patient monitor")
		f.to("owner", s.hospital)
		f.to("location", s.wards[0])
		f.str("url", "urn:uuid:0b8a1f60-1111-4222-8333-00000000000"+strconv.Itoa(i+1))
		f.finish()
	}
}

const checkURL = canonicals + "Questionnaire/wellbeing"

// questionnaire is a short form with groups, choices from a value set, conditions and questions below answers.
func (f *founding) questionnaire() {
	f.begin("Questionnaire", "wellbeing")
	f.str("url", checkURL)
	f.str("version", "1.2")
	f.str("name", "Wellbeing")
	f.str("title", "How are you?")
	f.str("status", "active")
	f.strs("subjectType", "Patient")
	f.raw("date", `"2018-09"`)
	f.list("item")
	f.open("")
	f.asked("1", "Sleep", "group")
	f.list("item")
	f.question("1.1", "How often do you sleep badly?", "choice", func() {
		f.bool("required", true)
		f.str("answerValueSet", canonicals+"ValueSet/how-often|2.0.0")
	})
	f.question("1.2", "How many hours do you sleep?", "decimal", func() {
		f.each("enableWhen")
		f.str("question", "1.1")
		f.str("operator", "!=")
		f.coding("answerCoding", often()[0])
		f.endEach()
	})
	f.endList()
	f.close()
	f.question("2", "Are you in pain?", "boolean", func() {
		f.list("item")
		f.question("2.1", "Which?", "choice", func() {
			f.str("answerValueSet", canonicals+"ValueSet/complaints-pain")
			f.bool("repeats", true)
		})
		f.question("2.2", "Since when?", "date", nil)
		f.endList()
	})
	f.question("3", "Anything else?", "text", func() { f.int("maxLength", 500) })
	f.endList()
	f.finish()
}

func (f *founding) asked(link, text, typ string) {
	f.str("linkId", link)
	f.str("text", text)
	f.str("type", typ)
}

func (f *founding) question(link, text, typ string, more func()) {
	f.open("")
	f.asked(link, text, typ)
	if more != nil {
		more()
	}
	f.close()
}

// staff is a Group of practitioners.
func (f *founding) staff() {
	f.begin("Group", "staff")
	f.bool("active", true)
	f.str("type", "practitioner")
	f.bool("actual", true)
	f.str("name", "Everybody who sees patients")
	f.int("quantity", len(f.doctors))
	f.to("managingEntity", network())
	f.list("member")
	for _, d := range f.doctors {
		f.open("")
		f.to("entity", d.ref)
		f.close()
	}
	f.endList()
	f.finish()
}

const invitedCount = 400

// invited is a large Group whose members are known by identifiers only.
func (f *founding) invited() {
	f.begin("Group", "invited")
	f.bool("active", true)
	f.str("type", "person")
	f.bool("actual", true)
	f.concept("code", "invited to a study")
	f.str("name", "People invited by the study office")
	f.int("quantity", invitedCount)
	f.each("characteristic")
	f.concept("code", "age")
	f.open("valueRange")
	f.quantity("low", decimal{40, 0}, "years", "a")
	f.quantity("high", decimal{65, 0}, "years", "a")
	f.close()
	f.bool("exclude", false)
	f.endEach()
	f.list("member")
	for i := range invitedCount {
		f.open("")
		f.toIdentifier("entity", "Patient", canonicals+"ids/study", "S-"+strconv.Itoa(100000+37*i), "")
		f.close()
	}
	f.endList()
	f.finish()
}
