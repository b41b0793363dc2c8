package sample

// term is a concept of the code system of complaints.
type term struct {
	code, display string
	// also are the concepts above it besides the one that it is nested in.
	also     []string
	foreign  []designation
	abstract bool
	retired  bool
	children []term
}

type designation struct{ language, value string }

const complaintSystem = canonicals + "CodeSystem/complaints"

// complaints is a hierarchy in which some concepts have two parents: the nesting gives one, properties the others.
func complaints() []term {
	return []term{{code: "complaint", display: "Complaint", abstract: true, children: []term{
		{code: "pain", display: "Pain", foreign: []designation{{"de", "Schmerz"}, {"es", "Dolor"}, {"zh", "疼痛"}},
			children: []term{
				{code: "headache", display: "Headache", also: []string{"nervous"},
					foreign: []designation{{"de", "Kopfschmerz"}, {"ru", "Головная боль"}}},
				{code: "chest-pain", display: "Chest pain", also: []string{"heart", "breathing"}, children: []term{
					{code: "chest-pain-effort", display: "Chest pain on effort"},
					{code: "chest-pain-breath", display: "Chest pain on breathing in"}}},
				{code: "belly-pain", display: "Belly pain", also: []string{"digestion"}},
				{code: "back-pain", display: "Back pain", also: []string{"movement"}},
				{code: "knee-pain", display: "Knee pain", also: []string{"movement"}},
				{code: "ear-pain", display: "Ear pain"}}},
		{code: "heart", display: "Heart and circulation", abstract: true, children: []term{
			{code: "palpitations", display: "Racing heart"},
			{code: "swollen-legs", display: "Swollen legs"}}},
		{code: "breathing", display: "Breathing", abstract: true, children: []term{
			{code: "cough", display: "Cough", foreign: []designation{{"de", "Husten"}, {"ar", "سعال"}}, children: []term{
				{code: "cough-dry", display: "Dry cough"}, {code: "cough-wet", display: "Cough with phlegm"}}},
			{code: "short-breath", display: "Shortness of breath", also: []string{"heart"}}}},
		{code: "digestion", display: "Digestion", abstract: true, children: []term{
			{code: "nausea", display: "Nausea", also: []string{"nervous"}},
			{code: "heartburn", display: "Heartburn"}}},
		{code: "nervous", display: "Nerves and mind", abstract: true, children: []term{
			{code: "dizziness", display: "Dizziness", also: []string{"heart"}},
			{code: "low-mood", display: "Low mood"},
			{code: "sleepless", display: "Poor sleep"}}},
		{code: "movement", display: "Bones and joints", abstract: true, children: []term{
			{code: "stiffness", display: "Stiff joints"},
			{code: "lameness", display: "Lameness", retired: true}}},
		{code: "fever", display: "Fever", foreign: []designation{{"de", "Fieber"}, {"hi", "बुखार"}}},
		{code: "tired", display: "Tiredness", also: []string{"nervous"}},
	}}}
}

// selectable are the terms that may be used, in the order of the hierarchy.
func selectable(ts []term) []term {
	var out []term
	for _, t := range ts {
		if !t.abstract && !t.retired {
			out = append(out, t)
		}
		out = append(out, selectable(t.children)...)
	}
	return out
}

func (t term) coding() code { return code{complaintSystem, t.code, t.display} }

func count(ts []term) int {
	n := len(ts)
	for _, t := range ts {
		n += count(t.children)
	}
	return n
}

func (f *founding) terminology() {
	f.complaintsBefore()
	f.complaints()
	f.valueSet("complaints-pain", "PainComplaints", "All that is a pain", func() {
		f.filter("concept", "is-a", "pain")
	})
	f.valueSet("complaints-heart-or-breathing", "HeartOrBreathing", "Complaints of heart or breathing", func() {
		f.filter("concept", "descendent-of", "heart")
		f.next()
		f.filter("concept", "descendent-of", "breathing")
	})
	f.valueSet("complaints-other", "OtherComplaints", "All that is neither a pain nor retired", func() {
		f.filter("concept", "is-not-a", "pain")
		f.next()
		f.filter("concept", "descendent-of", "complaint")
	})
	f.enumerated()
}

// complaintsBefore is an earlier business version, kept for old records.
func (f *founding) complaintsBefore() {
	f.begin("CodeSystem", "complaints-1")
	f.str("url", complaintSystem)
	f.str("version", "1.0.0")
	f.str("name", "ComplaintsBefore")
	f.str("title", "Complaints, first edition")
	f.str("status", "retired")
	f.raw("date", `"2011"`)
	f.bool("caseSensitive", false)
	f.str("content", "complete")
	f.int("count", 3)
	f.list("concept")
	for _, t := range []term{{code: "pain", display: "Pain"}, {code: "cough", display: "Cough"}, {code: "fever", display: "Fever"}} {
		f.open("")
		f.str("code", t.code)
		f.str("display", t.display)
		f.close()
	}
	f.endList()
	f.finish()
}

func (f *founding) complaints() {
	f.begin("CodeSystem", "complaints")
	f.narrative("Complaints", "What people come to a doctor for, in plain words. Some have two parents.")
	f.str("url", complaintSystem)
	f.each("identifier")
	f.str("system", "urn:ietf:rfc:3986")
	f.str("value", "urn:oid:2.999.7.1")
	f.endEach()
	f.str("version", "2.0.0")
	f.str("name", "Complaints")
	f.str("title", "Complaints")
	f.str("status", "active")
	f.bool("experimental", true)
	f.raw("date", `"2018-11"`)
	f.str("publisher", "Sample Health Network")
	f.str("description", "What people come to a doctor for, in **plain words**.")
	f.bool("caseSensitive", true)
	f.str("valueSet", canonicals+"ValueSet/complaints")
	f.str("hierarchyMeaning", "is-a")
	f.bool("compositional", false)
	f.bool("versionNeeded", false)
	f.str("content", "complete")
	f.int("count", count(complaints()))
	f.properties()
	f.terms(complaints())
	f.finish()
}

func (f *founding) properties() {
	f.list("property")
	for _, p := range []struct{ code, words, typ string }{
		{"parent", "A concept above this one, besides the one that it is nested in", "code"},
		{"notSelectable", "Only there to group others", "boolean"},
		{"inactive", "No longer used", "boolean"}} {
		f.open("")
		f.str("code", p.code)
		f.str("uri", "http://hl7.org/fhir/concept-properties#"+p.code)
		f.str("description", p.words)
		f.str("type", p.typ)
		f.close()
	}
	f.endList()
}

func (f *founding) terms(ts []term) {
	f.list("concept")
	for _, t := range ts {
		f.open("")
		f.str("code", t.code)
		f.str("display", t.display)
		f.designations(t.foreign)
		f.termProperties(t)
		if len(t.children) > 0 {
			f.terms(t.children)
		}
		f.close()
	}
	f.endList()
}

func (f *founding) designations(ds []designation) {
	if len(ds) == 0 {
		return
	}
	f.list("designation")
	for _, d := range ds {
		f.open("")
		f.str("language", d.language)
		f.str("value", d.value)
		f.close()
	}
	f.endList()
}

func (f *founding) termProperties(t term) {
	if len(t.also) == 0 && !t.abstract && !t.retired {
		return
	}
	f.list("property")
	for _, p := range t.also {
		f.open("")
		f.str("code", "parent")
		f.str("valueCode", p)
		f.close()
	}
	if t.abstract {
		f.flag("notSelectable")
	}
	if t.retired {
		f.flag("inactive")
	}
	f.endList()
}

func (f *founding) flag(name string) {
	f.open("")
	f.str("code", name)
	f.bool("valueBoolean", true)
	f.close()
}
