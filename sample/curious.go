package sample

import (
	"strconv"
	"time"
)

// curious are the rarer forms of an Observation's value, one kind a patient.
func (c *chart) curious(v *visit) {
	if v.n != 0 {
		return
	}
	kinds := []func(*visit){c.wordsOnly, c.score, c.sure, c.titre, c.painSpan, c.tracing, c.bedtime, c.spell, c.viralLoad, c.lastMeal}
	kinds[c.k%len(kinds)](v)
}

func (c *chart) wordsOnly(v *visit) {
	c.observe(v, "exam", code{loinc, "29545-1", "examination"})
	c.str("valueString", "Alert & oriented; “no distress”.\nSkin: warm <37 °C>, dry.")
	c.each("note")
	c.str("authorString", "A nurse")
	c.date("time", v.start, second)
	c.str("text", "Came with "+c.name.whole(c.of)+"'s *own* notes \\ see paper file.")
	c.endEach()
	c.done()
}

func (c *chart) score(v *visit) {
	c.observe(v, "survey", code{canonicals + "CodeSystem/scores", "wellbeing", "wellbeing score"})
	c.int("valueInteger", c.d.below(28))
	c.done()
}

func (c *chart) sure(v *visit) {
	c.observe(v, "social-history", code{canonicals + "CodeSystem/scores", "lives-alone", "lives alone"})
	c.bool("valueBoolean", c.d.chance(30))
	c.done()
}

func (c *chart) titre(v *visit) {
	c.observe(v, "laboratory", code{canonicals + "CodeSystem/scores", "titre", "antibody titre"})
	c.open("valueRatio")
	c.quantity("numerator", decimal{1, 0}, "", "1")
	c.quantity("denominator", decimal{16 << c.d.below(5), 0}, "", "1")
	c.close()
	c.done()
}

func (c *chart) painSpan(v *visit) {
	low := c.d.below(5)
	c.observe(v, "survey", code{loinc, "72514-3", "pain, 0 to 10"})
	c.open("valueRange")
	c.quantity("low", decimal{low, 0}, "", "{score}")
	c.quantity("high", decimal{low + 1 + c.d.below(4), 0}, "", "{score}")
	c.close()
	c.done()
}

// tracing is a short piece of a curve.
func (c *chart) tracing(v *visit) {
	c.observe(v, "procedure", code{loinc, "11524-6", "ECG"})
	c.open("valueSampledData")
	c.open("origin")
	c.int("value", 2048)
	c.close()
	c.raw("period", "1.0E+1")
	c.decimal("factor", decimal{1612, 3})
	c.int("dimensions", 1)
	var data []byte
	for i := range 60 {
		y := 2041 + c.d.below(14)
		if i%20 == 7 {
			y += 300
		}
		data = strconv.AppendInt(data, int64(y), 10)
		data = append(data, ' ')
	}
	c.str("data", string(data)+"E")
	c.close()
	c.done()
}

func (c *chart) bedtime(v *visit) {
	c.observe(v, "social-history", code{canonicals + "CodeSystem/scores", "bedtime", "goes to bed at"})
	c.raw("valueTime", `"2`+strconv.Itoa(c.d.below(4))+`:30:00"`)
	c.done()
}

// spell is a period without an end, observed over a period.
func (c *chart) spell(v *visit) {
	c.new("Observation")
	c.observation("social-history", code{canonicals + "CodeSystem/scores", "shift-work", "works in shifts"})
	c.period("effectivePeriod", v.start.AddDate(0, -2, 0), v.start, month)
	c.date("issued", v.end, micro)
	c.period("valuePeriod", v.start.AddDate(-2, 0, 0), time.Time{}, month)
	c.done()
}

// viralLoad has its number with an exponent, and a comparator.
func (c *chart) viralLoad(v *visit) {
	c.observe(v, "laboratory", code{loinc, "25836-8", "viral load"})
	c.open("valueQuantity")
	c.raw("value", "1."+strconv.Itoa(10+c.d.below(90))+"E+5")
	c.str("comparator", ">")
	c.str("unit", "copies/mL")
	c.str("system", ucum)
	c.str("code", "{copies}/mL")
	c.close()
	c.done()
}

func (c *chart) lastMeal(v *visit) {
	c.observe(v, "survey", code{canonicals + "CodeSystem/scores", "last-meal", "last meal"})
	c.date("valueDateTime", v.start.Add(-3*time.Hour), second)
	c.done()
}
