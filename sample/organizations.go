package sample

import "strconv"

func network() ref  { return ref{"Organization", "network", "Sample Health Network"} }
func labHouse() ref { return ref{"Organization", "lab", "Sample Laboratory"} }

func insurers() []ref {
	return []ref{{"Organization", "insurer-1", "Evergreen Mutual"}, {"Organization", "insurer-2", "Krankenkasse Nord"}}
}

func (f *founding) organizations() {
	f.organization(network(), ref{}, "prov")
	f.organization(labHouse(), network(), "prov")
	for _, i := range insurers() {
		f.organization(i, ref{}, "ins")
	}
	for _, s := range f.sites {
		f.organization(s.hospital, network(), "prov")
		for _, d := range s.departments {
			f.organization(d, s.hospital, "dept")
		}
		f.organization(ref{"Organization", s.departments[0].id + ".clinic", s.name + ", walk-in clinic"}, s.departments[0], "team")
	}
	// The longest id that is allowed, and every kind of character in it.
	f.organization(ref{"Organization", "Archive.of-1902-and.before-with.an-id.of-sixty.four-characters.0",
		"Archive"}, network(), "other")
}

func (f *founding) organization(o, parent ref, kind string) {
	f.begin("Organization", o.id)
	f.meta(meta{updated: f.updated(), tags: []code{tag("foundation", "")}})
	f.narrative(o.display)
	f.list("identifier")
	f.identifier("official", "XX", canonicals+"ids/organization", "ORG-"+o.id)
	f.endList()
	f.bool("active", kind != "other")
	f.concepts("type", "", code{hl7 + "organization-type", kind, ""})
	f.str("name", o.display)
	f.strs("alias", "SHN "+o.id)
	f.each("telecom")
	f.str("system", "phone")
	f.str("value", "+1-555-0100")
	f.str("use", "work")
	f.next()
	f.str("system", "url")
	f.str("value", "https://sample.example.org/about?org="+o.id+"&lang=en")
	f.endEach()
	f.each("address")
	f.str("use", "work")
	f.strs("line", "1 Harbor Road", "P.O. Box 7")
	f.str("city", "Port Amber")
	f.str("country", "US")
	f.endEach()
	if !parent.isZero() {
		f.to("partOf", parent)
	}
	f.finish()
}

func (f *founding) locations() {
	for i, s := range f.sites {
		f.location(s.building, ref{}, s.hospital, "bu", i)
		for n, w := range s.wards {
			f.location(w, s.building, s.departments[n], "wa", i)
		}
		for n, b := range s.beds {
			f.location(b, s.wards[n/4], s.hospital, "bd", i)
		}
		for _, r := range s.rooms {
			f.location(r, s.building, s.departments[0], "ro", i)
		}
	}
	f.awkward()
}

func (f *founding) location(l, parent, of ref, kind string, i int) {
	f.begin("Location", l.id)
	f.str("status", "active")
	if kind == "bd" {
		f.coding("operationalStatus", code{"http://terminology.hl7.org/CodeSystem/v2-0116", "O", "occupied"})
	}
	f.str("name", l.display)
	f.str("mode", "instance")
	f.concept("physicalType", "", code{hl7 + "location-physical-type", kind, ""})
	if kind == "bu" {
		f.open("position")
		f.decimal("longitude", decimal{-710000 + 12345*i, 4})
		f.decimal("latitude", decimal{421500 + 2500*i, 4})
		f.decimal("altitude", decimal{150 * i, 1})
		f.close()
		f.hours()
	}
	f.to("managingOrganization", of)
	if !parent.isZero() {
		f.to("partOf", parent)
	}
	f.finish()
}

func (f *founding) hours() {
	f.each("hoursOfOperation")
	f.strs("daysOfWeek", "mon", "tue", "wed", "thu", "fri")
	f.raw("openingTime", `"07:30:00"`)
	f.raw("closingTime", `"18:00:00"`)
	f.next()
	f.strs("daysOfWeek", "sat")
	f.bool("allDay", true)
	f.endEach()
}

// awkward is a Location as few systems write it: its members in another order, letters as escapes.
func (f *founding) awkward() {
	f.begin("Location", "roof")
	f.buf = append(f.buf[:f.start], '{')
	f.to("partOf", f.sites[0].building)
	f.ascii("description", "Landing place \U0001F681 \u2013 \"Zu\u0308rich\" \\ \u5C4B\u4E0A\n\tkeep clear")
	f.str("status", "suspended")
	f.str("id", "roof")
	f.ascii("name", "D\u00E9ck")
	f.str("resourceType", "Location")
	f.finish()
}

func (f *founding) practitioners() {
	for i, d := range f.doctors {
		f.practitioner(i, d)
		f.role(i, d)
	}
}

func (f *founding) practitioner(i int, d doctor) {
	f.begin("Practitioner", d.id)
	f.meta(meta{updated: f.updated()})
	f.list("identifier")
	f.identifier("official", "PRN", canonicals+"ids/practitioner", "PR-"+strconv.Itoa(10001+7*i))
	f.endList()
	f.bool("active", i%11 != 10)
	f.list("name")
	f.humanName(d.of, d.name, "official", "Dr.")
	f.endList()
	f.each("telecom")
	f.str("system", "email")
	f.str("value", d.id+"@sample.example.org")
	f.int("rank", 1)
	f.endEach()
	f.each("qualification")
	f.concept("code", "physician", code{hl7 + "v2-0360|2.7", "MD", ""})
	f.open("period")
	f.raw("start", `"`+strconv.Itoa(1985+i)+`"`)
	f.close()
	f.to("issuer", network())
	f.endEach()
	f.concepts("communication", d.of.speech, code{"urn:ietf:bcp:47", d.of.language, d.of.speech})
	f.finish()
}

func (f *founding) role(i int, d doctor) {
	s := f.sites[d.site]
	f.begin("PractitionerRole", d.role.id)
	f.bool("active", true)
	f.open("period")
	f.raw("start", `"`+strconv.Itoa(2001+i/2)+"-0"+strconv.Itoa(1+i%9)+`"`)
	f.close()
	f.to("practitioner", d.ref)
	f.to("organization", s.departments[i%len(s.departments)])
	f.concepts("code", "doctor", code{hl7 + "practitioner-role", "doctor", "doctor"})
	f.concepts("specialty", d.special.words, code{snomed, d.special.snomed, d.special.words})
	f.toAll("location", s.rooms[i%len(s.rooms)])
	f.each("availableTime")
	f.strs("daysOfWeek", "mon", "wed")
	f.raw("availableStartTime", `"08:00:00"`)
	f.raw("availableEndTime", `"12:30:00"`)
	f.endEach()
	f.finish()
}

// humanName writes a name in its script, and what is said of its parts.
func (w *writer) humanName(c *culture, n name, use, prefix string) {
	w.open("")
	if c.representation != "" {
		w.each("extension")
		w.str("url", "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation")
		w.str("valueCode", c.representation)
		w.endEach()
	}
	w.str("use", use)
	w.str("text", n.whole(c))
	w.str("family", n.family)
	if n.family == "von der Heide" {
		w.open("_family")
		w.each("extension")
		w.str("url", "http://hl7.org/fhir/StructureDefinition/humanname-own-prefix")
		w.str("valueString", "von der")
		w.endEach()
		w.close()
	}
	w.strs("given", n.given)
	if prefix != "" {
		w.strs("prefix", prefix)
	}
	w.close()
}
