package sample

import "strings"

// code is a Coding. The displays are short words of our own.
type code struct {
	system, code, display string
}

// ref is a literal reference with the words shown for it.
type ref struct {
	typ, id, display string
}

func (r ref) isZero() bool { return r.id == "" }

// Base is the root of the absolute references in the population: Base + "/Patient/p7" is Patient/p7 of the stream.
const Base = "https://sample.example.org/fhir"

const (
	canonicals = "https://sample.example.org/"
	structures = canonicals + "StructureDefinition/"
	hl7        = "http://terminology.hl7.org/CodeSystem/"
	loinc      = "http://loinc.org"
	snomed     = "http://snomed.info/sct"
	icd10      = "http://hl7.org/fhir/sid/icd-10"
	rxnorm     = "http://www.nlm.nih.gov/research/umls/rxnorm"
	atc        = "http://www.whocc.no/atc"
	cvx        = "http://hl7.org/fhir/sid/cvx"
	ucum       = "http://unitsofmeasure.org"
)

func (w *writer) coding(name string, c code) {
	w.open(name)
	w.str("system", c.system)
	w.str("code", c.code)
	w.str("display", c.display)
	w.close()
}

// concept writes a CodeableConcept; text may be empty.
func (w *writer) concept(name, text string, codes ...code) {
	w.open(name)
	if len(codes) > 0 {
		w.list("coding")
		for _, c := range codes {
			w.coding("", c)
		}
		w.endList()
	}
	w.str("text", text)
	w.close()
}

// concepts writes a list of one CodeableConcept.
func (w *writer) concepts(name, text string, codes ...code) {
	w.list(name)
	w.concept("", text, codes...)
	w.endList()
}

// to writes a literal reference.
func (w *writer) to(name string, r ref) {
	w.open(name)
	w.reference(r)
	w.str("display", r.display)
	w.close()
}

func (w *writer) reference(r ref) {
	w.key("reference")
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, r.typ...)
	w.buf = append(w.buf, '/')
	w.buf = append(w.buf, r.id...)
	w.buf = append(w.buf, '"')
}

// toAll writes a list of literal references.
func (w *writer) toAll(name string, rs ...ref) {
	w.list(name)
	for _, r := range rs {
		w.to("", r)
	}
	w.endList()
}

// toAbsolute writes a reference below Base, with the type of its target.
func (w *writer) toAbsolute(name string, r ref) {
	w.open(name)
	w.str("reference", Base+"/"+r.typ+"/"+r.id)
	w.str("type", r.typ)
	w.close()
}

// toVersion writes a reference to a version of a resource.
func (w *writer) toVersion(name string, r ref, version string) {
	w.open(name)
	w.str("reference", r.typ+"/"+r.id+"/_history/"+version)
	w.close()
}

// toIdentifier writes a logical reference: it names its target by a business identifier only.
func (w *writer) toIdentifier(name, typ, system, value, display string) {
	w.open(name)
	w.str("type", typ)
	w.open("identifier")
	w.str("system", system)
	w.str("value", value)
	w.close()
	w.str("display", display)
	w.close()
}

// quantity writes a Quantity in UCUM.
func (w *writer) quantity(name string, v decimal, unit, symbol string) {
	w.open(name)
	w.decimal("value", v)
	w.str("unit", unit)
	w.str("system", ucum)
	w.str("code", symbol)
	w.close()
}

// money writes an amount in hundredths.
func (w *writer) money(name string, cents int, currency string) {
	w.open(name)
	w.decimal("value", decimal{cents, 2})
	w.str("currency", currency)
	w.close()
}

// identifier writes an Identifier with a type of table 0203.
func (w *writer) identifier(use, typ, system, value string) {
	w.open("")
	w.str("use", use)
	if typ != "" {
		w.concept("type", "", code{hl7 + "v2-0203", typ, ""})
	}
	w.str("system", system)
	w.str("value", value)
	w.close()
}

var xhtml = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// narrative writes the text of a resource: a bold title and a paragraph for each line.
func (w *writer) narrative(title string, lines ...string) {
	var b strings.Builder
	b.WriteString(`<div xmlns="http://www.w3.org/1999/xhtml"><p><b>`)
	b.WriteString(xhtml.Replace(title))
	b.WriteString(`</b></p>`)
	for _, l := range lines {
		b.WriteString(`<p>`)
		b.WriteString(xhtml.Replace(l))
		b.WriteString(`</p>`)
	}
	b.WriteString(`</div>`)
	w.open("text")
	w.str("status", "generated")
	w.str("div", b.String())
	w.close()
}
