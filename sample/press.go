package sample

import "time"

// press makes resources one after the other.
type press struct {
	writer
	out []Resource

	start   int
	at      ref
	version int
}

// begin starts the first version of a resource.
func (p *press) begin(typ, id string) { p.beginVersion(typ, id, 1) }

// beginVersion starts a version of a resource. Bytes of finished resources are never written again, so whoever has
// them may keep them: a buffer that is nearly full is left to them.
func (p *press) beginVersion(typ, id string, version int) {
	const block, room = 64 << 10, 4 << 10
	if cap(p.buf)-len(p.buf) < room {
		p.buf = make([]byte, 0, block)
	}
	p.start = len(p.buf)
	p.at = ref{typ: typ, id: id}
	p.version = version
	p.buf = append(p.buf, '{')
	p.str("resourceType", typ)
	p.str("id", id)
}

// finish ends the resource and returns a reference to it.
func (p *press) finish() ref {
	p.close()
	end := len(p.buf)
	p.out = append(p.out, Resource{Type: p.at.typ, ID: p.at.id, Version: p.version, JSON: p.buf[p.start:end:end]})
	return p.at
}

// meta is what a resource's Meta may hold here.
type meta struct {
	version  string
	updated  time.Time
	source   string
	profiles []string
	security []code
	tags     []code
}

func (p *press) meta(m meta) {
	p.open("meta")
	p.str("versionId", m.version)
	if !m.updated.IsZero() {
		p.date("lastUpdated", m.updated, milli)
	}
	p.str("source", m.source)
	if len(m.profiles) > 0 {
		p.strs("profile", m.profiles...)
	}
	p.codings("security", m.security)
	p.codings("tag", m.tags)
	p.close()
}

func (w *writer) codings(name string, cs []code) {
	if len(cs) == 0 {
		return
	}
	w.list(name)
	for _, c := range cs {
		w.coding("", c)
	}
	w.endList()
}

func tag(value, display string) code { return code{canonicals + "tags", value, display} }

// restricted is the security label of what not everybody should read.
func restricted() code { return code{hl7 + "v3-Confidentiality", "R", "restricted"} }
