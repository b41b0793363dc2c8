package sample

import (
	"strconv"
	"time"
)

// chart makes the resources of one patient.
type chart struct {
	press
	*world
	d  *dice
	k  int
	id string
	// who the patient is
	of     *culture
	name   name
	woman  bool
	birth  time.Time
	height int // of the grown-up, mm
	bulk   int // BMI in tenths, of the grown-up
	doctor doctor
	insurer, coverage,
	relative, episode, team ref

	visits   []visit
	ailing   []ailing
	ordinals map[string]int
	// drawn while the visits go by
	observations, medications, encounters []ref
	changed                               ref // an encounter of two versions
}

// visit is a time at which the patient was seen.
type visit struct {
	n      int
	start  time.Time
	end    time.Time
	kind   visitKind
	reason term
	doctor doctor
	at     ref
	ref
}

type visitKind int

const (
	ambulatory visitKind = iota
	emergency
	inpatient
	virtual
)

func (k visitKind) code() code {
	return [...]code{{hl7 + "v3-ActCode", "AMB", "ambulatory"}, {hl7 + "v3-ActCode", "EMER", "emergency"},
		{hl7 + "v3-ActCode", "IMP", "inpatient"}, {hl7 + "v3-ActCode", "VR", "virtual"}}[k]
}

// ailing is an ailment that the patient has or had.
type ailing struct {
	*ailment
	onset  time.Time
	visit  int       // where it was diagnosed
	healed time.Time // zero while it lasts
	ref    ref
	// takes are the requests for its drugs.
	takes []ref
}

// at reports whether the ailment is known at the visit and lasts.
func (a ailing) at(v visit) bool {
	return a.visit <= v.n && (a.healed.IsZero() || a.healed.After(v.start))
}

// every reports whether this patient is one of those with a rare trait: by number, so that even small populations
// have them all.
func (c *chart) every(n, rest int) bool { return c.k%n == rest }

// next is the id of the patient's next resource of the type.
func (c *chart) next(typ string) string {
	c.ordinals[typ]++
	return c.id + "-" + strconv.Itoa(c.ordinals[typ])
}

// new begins the patient's next resource of the type.
func (c *chart) new(typ string) { c.begin(typ, c.next(typ)) }

// self is the patient.
func (c *chart) self() ref { return ref{typ: "Patient", id: c.id} }

// patient makes everything of patient k.
func (w *world) patient(k int) []Resource {
	c := &chart{world: w, k: k, id: patientID(k), d: newDice(w.cfg.Seed, uint64(k)), ordinals: map[string]int{}}
	c.born()
	c.plan()
	c.patient()
	c.people()
	c.allergies()
	for i := range c.visits {
		c.visit(&c.visits[i])
	}
	c.care()
	c.home()
	c.after()
	c.provenance()
	return c.out
}

// born draws who the patient is.
func (c *chart) born() {
	d := c.d
	c.of = c.cultures[(c.k-1)%len(c.cultures)]
	c.woman = d.chance(51)
	c.name = c.of.name(d, c.woman)
	age := d.below(30)
	switch b := d.below(100); {
	case b < 8:
		age = d.below(3)
	case b > 30:
		age = 25 + d.below(70)
	}
	if c.dies() {
		age = 70 + d.below(25)
	}
	y, m, day := c.cfg.Start.AddDate(-age, -d.below(12), -d.below(31)).Date()
	c.birth = time.Date(y, m, day, 0, 0, 0, 0, c.of.zone)
	c.height, c.bulk = d.bell(1630, 65), d.bell(262, 42)
	if !c.woman {
		c.height = d.bell(1765, 70)
	}
	c.bulk = max(c.bulk, 165)
	c.doctor = c.registered(age)
	c.insurer = pick(d, insurers())
}

// registered draws the doctor whom the patient usually sees: a pediatrician for children, most often a general
// practitioner for others.
func (c *chart) registered(age int) doctor {
	words := pick(c.d, []string{"general practice", "general practice", "cardiology", "surgery", "psychiatry"})
	if age < 14 {
		words = "pediatrics"
	}
	var fit []doctor
	for _, x := range c.doctors {
		if x.special.words == words {
			fit = append(fit, x)
		}
	}
	return pick(c.d, fit)
}

// plan draws when the patient is seen, and for what.
func (c *chart) plan() {
	d := c.d
	age := yearsBetween(c.birth, c.cfg.Start)
	n := 3 + d.below(2)
	if age > 60 || age < 2 {
		n++
	}
	at := c.cfg.Start.AddDate(0, 0, d.below(200))
	for i := range n {
		start := at.Add(time.Duration(d.between(7*60, 17*60)) * time.Minute).In(c.of.zone)
		v := visit{n: i, start: start, end: start.Add(time.Duration(d.between(10, 50)) * time.Minute),
			reason: pick(d, c.complaint), doctor: c.doctor}
		c.kind(&v)
		c.visits = append(c.visits, v)
		at = at.AddDate(0, 0, d.between(40, 1700/n))
	}
	for i := range c.ailments {
		c.suffer(&c.ailments[i], age)
	}
}

// kind decides how the patient is seen, and where.
func (c *chart) kind(v *visit) {
	d := c.d
	site := c.sites[c.doctor.site]
	v.at = pick(d, site.rooms)
	switch b := d.below(100); {
	case b < 8 || v.n == 1 && c.every(3, 0):
		v.kind = inpatient
		v.at = pick(d, site.beds)
		v.end = v.start.Add(time.Duration(d.between(30, 200)) * time.Hour)
	case b < 18:
		v.kind = emergency
		v.doctor = pick(d, c.doctors)
		v.at = pick(d, c.sites[v.doctor.site].rooms)
	case b < 26:
		v.kind = virtual
	}
}

// suffer decides whether the patient has the ailment, since when, and where it was found.
func (c *chart) suffer(a *ailment, age int) {
	d := c.d
	onset := d.between(a.from, max(a.from, a.to))
	has := d.chance(a.percent)
	n := d.below(len(c.visits))
	if !a.chronic {
		if now := age + 2; !has || now < a.from || now > a.to {
			return
		}
		v := c.visits[n]
		start := v.start.Add(-time.Duration(d.between(12, 100)) * time.Hour)
		c.ailing = append(c.ailing, ailing{ailment: a, visit: n, onset: start,
			healed: v.end.Add(time.Duration(d.between(100, 500)) * time.Hour)})
		return
	}
	start := c.birth.AddDate(onset, d.below(12), d.below(28))
	if !has || start.After(c.visits[n].start) || len(c.ailing) > 4 {
		return
	}
	if start.Before(c.cfg.Start) {
		n = 0
	}
	c.ailing = append(c.ailing, ailing{ailment: a, visit: n, onset: start})
}
