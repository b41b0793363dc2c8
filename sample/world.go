package sample

import (
	"strconv"
	"strings"
	"time"
)

// world is what all patients share; it does not change once it is made.
type world struct {
	cfg       Config
	cultures  []*culture
	drugs     []drug
	labs      []lab
	ailments  []ailment
	complaint []term // the complaints that a visit may have as its reason
	sites     []site
	doctors   []doctor
}

// site is a hospital of the network with its parts.
type site struct {
	name        string
	hospital    ref
	departments []ref
	building    ref
	wards, beds []ref
	// rooms are where outpatients are seen.
	rooms []ref
}

// doctor is a practitioner with the role that patients meet.
type doctor struct {
	ref
	role    ref
	site    int
	of      *culture
	name    name
	special speciality
}

// name is a person's name. latin is the family in Latin letters where family is in another script.
type name struct {
	given, family, latin string
}

// whole is the name as it is spoken.
func (n name) whole(c *culture) string {
	if c.representation == "IDE" {
		return n.family + " " + n.given
	}
	return n.given + " " + n.family
}

type speciality struct{ words, snomed string }

func specialities() []speciality {
	return []speciality{{"general practice", "394814009"}, {"cardiology", "394579002"}, {"surgery", "394609007"},
		{"pediatrics", "394537008"}, {"psychiatry", "394587001"}}
}

func newWorld(cfg Config) *world {
	w := &world{cfg: cfg, cultures: cultures(), drugs: drugs(), labs: labs(), ailments: ailments()}
	w.complaint = selectable(complaints())
	for i, n := range []string{"Harbor View", "St. Brigid's", "Żabia Wola"} {
		w.sites = append(w.sites, newSite(i+1, n))
	}
	d := newDice(cfg.Seed, 0)
	special := specialities()
	for i := range 30 {
		id := "d" + strconv.Itoa(i+1)
		c := pick(d, w.cultures)
		n := c.name(d, d.chance(55))
		w.doctors = append(w.doctors, doctor{
			ref:  ref{"Practitioner", id, "Dr. " + n.whole(c)},
			role: ref{"PractitionerRole", id, special[i%len(special)].words},
			site: i % len(w.sites), of: c, name: n, special: special[i%len(special)],
		})
	}
	return w
}

func newSite(i int, name string) site {
	id := "o" + strconv.Itoa(i)
	s := site{name: name, hospital: ref{"Organization", id, name + " Hospital"},
		building: ref{"Location", id, name + " Hospital, main building"}}
	for _, dep := range []string{"general", "cardiology", "surgery", "pediatrics", "psychiatry"} {
		s.departments = append(s.departments, ref{"Organization", id + "." + dep, name + ", " + dep})
	}
	for n := range 2 {
		ward := id + ".w" + strconv.Itoa(n+1)
		s.wards = append(s.wards, ref{"Location", ward, name + ", ward " + strconv.Itoa(n+1)})
		for b := range 4 {
			s.beds = append(s.beds, ref{"Location", ward + ".b" + strconv.Itoa(b+1), "bed " + strconv.Itoa(b+1)})
		}
	}
	for n := range 3 {
		r := strconv.Itoa(n + 1)
		s.rooms = append(s.rooms, ref{"Location", id + ".r" + r, name + ", room " + r})
	}
	return s
}

// name draws a name of the culture.
func (c *culture) name(d *dice, woman bool) name {
	i := d.below(len(c.families))
	n := name{family: c.families[i]}
	if c.latin != nil {
		n.latin = c.latin[i]
	}
	if woman {
		n.given = pick(d, c.women)
	} else {
		n.given = pick(d, c.men)
	}
	return n
}

// foundation makes the resources that do not belong to one patient.
func (w *world) foundation() []Resource {
	f := &founding{world: w}
	f.terminology()
	f.organizations()
	f.locations()
	f.practitioners()
	f.medications()
	f.devices()
	f.questionnaire()
	f.staff()
	f.invited()
	return f.out
}

// founding makes the foundation.
type founding struct {
	press
	*world
}

// updated is when the foundation was entered: some days before the first visit.
func (w *world) updated() time.Time { return w.cfg.Start.Add(-10*24*time.Hour + 1234*time.Millisecond) }

// groups makes the Groups that end with patient k.
func (w *world) groups(k int) []Resource {
	var p press
	for _, size := range []int{10, 250} {
		if k%size == 0 {
			p.cohort(k, size)
		}
	}
	return p.out
}

func (p *press) cohort(k, size int) {
	p.begin("Group", "cohort-"+strconv.Itoa(size)+"-"+strconv.Itoa(k/size))
	p.bool("active", true)
	p.str("type", "person")
	p.bool("actual", true)
	p.str("name", "Patients "+strconv.Itoa(k-size+1)+" to "+strconv.Itoa(k))
	p.int("quantity", size)
	p.list("member")
	for i := k - size + 1; i <= k; i++ {
		p.open("")
		p.to("entity", ref{typ: "Patient", id: patientID(i)})
		if i%7 == 0 {
			p.bool("inactive", true)
		}
		p.close()
	}
	p.endList()
	p.finish()
}

func patientID(k int) string { return "p" + strconv.Itoa(k) }

// slug is words as part of an id.
func slug(words string) string { return strings.ReplaceAll(words, " ", "-") }
