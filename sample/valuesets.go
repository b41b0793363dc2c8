package sample

// valueSet makes a value set over the complaints, with the filters that compose writes.
func (f *founding) valueSet(id, name, title string, filters func()) {
	f.valueSetHead(id, name, title)
	f.open("compose")
	f.each("include")
	f.str("system", complaintSystem)
	f.each("filter")
	filters()
	f.endEach()
	f.endEach()
	f.close()
	f.finish()
}

func (f *founding) valueSetHead(id, name, title string) {
	f.begin("ValueSet", id)
	f.str("url", canonicals+"ValueSet/"+id)
	f.str("version", "2.0.0")
	f.str("name", name)
	f.str("title", title)
	f.str("status", "active")
	f.raw("date", `"2018-11-05T09:30:00+01:00"`)
}

func (f *founding) filter(property, op, value string) {
	f.str("property", property)
	f.str("op", op)
	f.str("value", value)
}

// enumerated are the value sets that list codes, leave some out, or take others in.
func (f *founding) enumerated() {
	f.valueSetHead("complaints", "AllComplaints", "All complaints in use")
	f.open("compose")
	f.each("include")
	f.str("system", complaintSystem)
	f.str("version", "2.0.0")
	f.endEach()
	f.each("exclude")
	f.str("system", complaintSystem)
	f.each("concept")
	f.str("code", "lameness")
	f.endEach()
	f.endEach()
	f.close()
	f.finish()

	f.valueSetHead("emergency-complaints", "EmergencyComplaints", "Complaints that cannot wait")
	f.open("compose")
	f.each("include")
	f.strs("valueSet", canonicals+"ValueSet/complaints-heart-or-breathing|2.0.0")
	f.next()
	f.str("system", complaintSystem)
	f.list("concept")
	for _, c := range []string{"chest-pain-effort", "short-breath", "palpitations"} {
		f.open("")
		f.str("code", c)
		f.close()
	}
	f.endList()
	f.endEach()
	f.close()
	f.finish()
	f.expanded()
}

// expanded is a value set that comes with its expansion.
func (f *founding) expanded() {
	f.valueSetHead("how-often", "HowOften", "How often something happens")
	f.open("compose")
	f.each("include")
	f.str("system", oftenSystem)
	f.endEach()
	f.close()
	f.open("expansion")
	f.str("identifier", "urn:uuid:6f1d1a1e-5a3b-4a53-8f0e-0c6a1f0f7a11")
	f.raw("timestamp", `"2018-11-05T09:30:00.250+01:00"`)
	f.int("total", len(often()))
	f.list("contains")
	for _, c := range often() {
		f.coding("", c)
	}
	f.endList()
	f.close()
	f.finish()

	f.begin("CodeSystem", "how-often")
	f.str("url", oftenSystem)
	f.str("name", "HowOften")
	f.str("status", "active")
	f.bool("caseSensitive", false)
	f.str("content", "complete")
	f.list("concept")
	for i, c := range often() {
		f.open("")
		f.each("extension")
		f.str("url", "http://hl7.org/fhir/StructureDefinition/ordinalValue")
		f.int("valueDecimal", i)
		f.endEach()
		f.str("code", c.code)
		f.str("display", c.display)
		f.close()
	}
	f.endList()
	f.finish()
}

const oftenSystem = canonicals + "CodeSystem/how-often"

func often() []code {
	return []code{{oftenSystem, "Never", "never"}, {oftenSystem, "Seldom", "seldom"},
		{oftenSystem, "Often", "often"}, {oftenSystem, "Always", "always"}}
}
