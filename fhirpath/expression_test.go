package fhirpath_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
)

const patient = `{"resourceType":"Patient","id":"p","active":true,"birthDate":"1974-12-25","_birthDate":{"extension":[{"url":"http://x/time",
"valueDateTime":"1974-12-25T14:35:45-05:00"}]},"name":[{"use":"official","given":["Peter","James"],"family":"Chalmers"},
{"use":"usual","given":["Jim",null],"_given":[null,{"extension":[{"url":"http://x/nick","valueString":"J"}]}]}],
"contained":[{"resourceType":"Organization","id":"o","name":"Acme"}],"managingOrganization":{"reference":"#o"},
"generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"Organization/2"}],"deceasedBoolean":false,"multipleBirthInteger":2}`

const observation = `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
"effectiveDateTime":"2015-02","valueQuantity":{"value":185.50,"unit":"lbs","system":"http://unitsofmeasure.org","code":"[lb_av]"},
"component":[{"code":{"text":"a"},"valueInteger":42},{"code":{"text":"b"},"valueString":"x"}]}`

func evaluate(t *testing.T, resource, source string) string {
	t.Helper()
	e, err := fhirpath.New(fhirpath.Config{}).Compile(source)
	if err != nil {
		return string(fault.Of(err)) + ": " + err.Error()
	}
	values, err := e.Evaluate([]byte(resource))
	if err != nil {
		return string(fault.Of(err)) + ": " + err.Error()
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v.JSON)
	}
	return strings.Join(out, " ")
}

func TestEvaluate(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		// paths
		{`Patient.name.given`, `"Peter" "James" "Jim" null`},
		{`name.given.count()`, `4`},
		{`name[1].given[1].extension.value`, `"J"`},
		{`birthDate.extension('http://x/time').value`, `"1974-12-25T14:35:45-05:00"`},
		{`Observation.code`, ``},
		{`Resource.id`, `"p"`},
		{`name.where(use = 'official').given.first()`, `"Peter"`},
		{`name.given.where($this.startsWith('J'))`, `"James" "Jim"`},
		{`name.select(given.count())`, `2 2`},
		{"`name`.`family`", `"Chalmers"`},
		{`deceased`, `false`},
		{`deceased.ofType(boolean).not()`, `true`},
		{`multipleBirth is integer`, `true`},
		{`contained.ofType(Organization).name`, `"Acme"`},
		{`managingOrganization.resolve().ofType(Organization).name`, `"Acme"`},
		{`generalPractitioner.where(resolve() is Practitioner).reference`, `"Practitioner/1"`},
		{`%resource.id = %context.id`, `true`},
		{`descendants().where($this is HumanName).count()`, `2`},
		{`children().ofType(HumanName).use`, `"official" "usual"`},
		{`repeat(contained).id`, `"o"`},
		{`name.given.select($index)`, `0 1 2 3`},
		// types: a primitive of FHIR is not one of the language
		{`active is boolean`, `true`},
		{`active is Boolean`, `false`},
		{`true is System.Boolean`, `true`},
		{`Patient is DomainResource`, `true`},
		{`(1.5).is(Decimal) and 1.is(Integer)`, `true`},
		{`birthDate is date`, `true`},
		// logic is three-valued
		{`{} and false`, `false`}, {`{} and true`, ``}, {`{} or true`, `true`}, {`true xor {}`, ``}, {`{} implies true`, `true`},
		{`false implies {}`, `true`}, {`true implies false`, `false`}, {`true and name.first()`, `true`}, {`{}.not()`, ``},
		// equality
		{`1 = 1.0`, `true`}, {`1.0 ~ 1.04`, `true`}, {`'a ' ~ 'A'`, `true`}, {`1 = {}`, ``}, {`{} ~ {}`, `true`}, {`(1|2) = (1|2)`, `true`},
		{`(1|2) = (2|1)`, `false`}, {`(1|2) ~ (2|1)`, `true`}, {`'a' != 'b'`, `true`}, {`name[0] = name[0]`, `true`}, {`1 in (1|2)`, `true`},
		{`(1|2) contains 3`, `false`},
		// arithmetic
		{`1 + 2 * 3`, `7`}, {`7 div 2`, `3`}, {`7 mod 2`, `1`}, {`1 / 4`, `0.25`}, {`1 / 0`, ``}, {`-5.abs()`, `-5`}, {`(-5).abs()`, `5`},
		{`0.1 + 0.2`, `0.3`}, {`1.50`, `1.50`}, {`2.power(10)`, `1024`}, {`2.power(0.5).round(3)`, `1.414`}, {`(-1).sqrt()`, ``},
		{`9223372036854775807 + 1`, ``}, {`3.14159.round(2)`, `3.14`}, {`1.9.truncate()`, `1`}, {`(-1.5).floor()`, `-2`}, {`100.log(10)`, `2`},
		{`'a' + 'b' & {}`, `"ab"`},
		// comparison, dates with part of their precision
		{`birthDate < @1975`, `true`}, {`@2012 = @2012-01`, ``}, {`@2012 < @2013-01`, `true`}, {`@2012-01 ~ @2012`, `false`},
		{`@2012-04-15T15:00:00Z = @2012-04-15T17:00:00+02:00`, `true`}, {`@2012-04-15T15:00:00Z = @2012-04-15T10:00:00`, ``},
		{`@T10:30 < @T10:31`, `true`}, {`@T10:30 = @T10`, ``}, {`birthDate = '1974-12-25'`, `true`}, {`@2018-03-01T10:30:00.0 = @2018-03-01T10:30:00`, `true`},
		{`@2020-02-29 + 1 year`, `"2021-02-28"`}, {`@2020-01-31 + 1 month`, `"2020-02-29"`}, {`@2014 + 24 months`, `"2016"`},
		{`@2020-01-01T00:00:00Z - 1 second`, `"2019-12-31T23:59:59Z"`}, {`@T23:30:00 + 1 hour`, `"00:30:00"`}, {`today() > @2020`, `true`},
		{`now() = now()`, `true`},
		// quantities
		{`4 'g' = 4000 'mg'`, `true`}, {`4 'g' > 3 'mm'`, ``}, {`7 days = 1 week`, `true`}, {`1 year = 12 months`, ``}, {`2 'mg' * 3`, `"6 'mg'"`},
		{`'4.0 \'kg\''.toQuantity() = 4 'kg'`, `true`},
		// strings, in characters
		{`'äöü'.length()`, `3`}, {`'äöü'.substring(1, 1)`, `"ö"`}, {`'abc'.indexOf('c')`, `2`}, {`'abc'.substring(5)`, ``}, {`'a,b'.split(',')`, `"a" "b"`},
		{`('a'|'b').join('-')`, `"a-b"`}, {`'abc'.matches('^a.c$')`, `true`}, {`'abc'.replaceMatches('b(.)', '$1$1')`, `"acc"`},
		{`'A'.lower() + 'b'.upper()`, `"aB"`}, {`' x '.trim()`, `"x"`}, {`'it\'s \u00e4'`, `"it's ä"`}, {`'ab'.toChars()`, `"a" "b"`}, {`'abab'.replace('a', '')`, `"bb"`},
		// sets
		{`(1|2|2|3).exclude(2)`, `1 3`}, {`(1).combine(1)`, `1 1`}, {`(1|2).intersect(2|3)`, `2`}, {`(1|2).subsetOf(1|2|3)`, `true`},
		{`(1).combine(1).distinct()`, `1`}, {`(1|2|3).tail()`, `2 3`}, {`(1|2|3).skip(1).take(1)`, `2`}, {`(1|2|3).last()`, `3`},
		// conversions
		{`'1'.toInteger()`, `1`}, {`'x'.toInteger()`, ``}, {`'x'.convertsToInteger()`, `false`}, {`'yes'.toBoolean()`, `true`}, {`'1.50'.toDecimal()`, `1.50`},
		{`'2015-02'.toDate()`, `"2015-02"`}, {`@2015-02-04T10:00:00Z.toDate()`, `"2015-02-04"`}, {`1.toString()`, `"1"`},
		{`iif(active, 'y', 1/'x')`, `"y"`}, {`(1|2|3).aggregate($this + $total, 0)`, `6`}, {`name.all(given.exists())`, `true`},
		{`// a comment` + "\n" + `1 /* here */ + 1`, `2`},
	} {
		if got := evaluate(t, patient, c.source); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.source, got, c.want)
		}
	}
	for _, c := range []struct{ source, want string }{
		{`value.value`, `185.50`}, {`value as Quantity > 180 '[lb_av]'`, `true`}, {`value > 1 'kg'`, `true`}, {`value.value + 0.50`, `186`},
		{`effective < @2015-03`, `true`}, {`effective = @2015`, ``}, {`component.value.ofType(integer)`, `42`}, {`component.value`, `42 "x"`},
		{`code.coding.exists(system = %loinc and code = '29463-7')`, `true`}, {`value.unit`, `"lbs"`},
	} {
		if got := evaluate(t, observation, c.source); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.source, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{``, `line 1, column 1: the expression ends where`},
		{`name.`, `line 1, column 6: the name of an element`},
		{"name\n .where(", `line 2, column 9: the expression ends`},
		{`name.gven`, `HumanName has no element "gven"; did you mean given?`},
		{`deceasedBoolean`, `write deceased.ofType(boolean)`},
		{`name.wher(true)`, `there is no function wher(); did you mean where?`},
		{`name.where()`, `where() takes 1 argument, not 0`},
		{`name is HumanNam`, `did you mean HumanName?`},
		{`name.trace('x')`, `to a log`}, {`code.memberOf('x')`, `:in`},
		{`1 & #`, `unexpected character '#'`}, {`'abc`, `no closing`}, {`'\q'`, `no escape`}, {`@2015-13`, `no date`}, {`%foo`, `there is no %foo`},
		{`true and name.given`, `a condition is wanted here, and there are 4 items`},
		{`name.given.length()`, `one item is wanted`}, {`1 < 'a'`, `Integer cannot be compared with String`},
		{`generalPractitioner.resolve().id`, `not loaded`}, {`'a'.matches('(')`, `no regular expression`}, {`1 1`, `should end before "1"`},
		{strings.Repeat("(", 100) + "1", `TOO_COSTLY`}, {strings.Repeat("1+", 3000) + "1", `TOO_COSTLY`},
	} {
		if got := evaluate(t, patient, c.source); !strings.Contains(got, c.want) || !strings.ContainsAny(got[:1], "BUT") {
			t.Errorf("%s\n got %s\nwant %s", c.source, got, c.want)
		}
	}
}

func TestHolds(t *testing.T) {
	compiler := fhirpath.New(fhirpath.Config{})
	for source, want := range map[string]string{
		`active`: "true", `deceased`: "false", `photo`: "false", `birthDate`: "true", `name`: "BAD_USER_INPUT", `name.first()`: "true",
		`name.given[3]`: "false", // a primitive without a value
	} {
		e, err := compiler.Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		holds, err := e.Holds([]byte(patient))
		got := map[bool]string{true: "true", false: "false"}[holds]
		if err != nil {
			got = string(fault.Of(err))
		}
		if got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
	e, err := compiler.Compile(`use = 'usual' and %resource.active`)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := e.HoldsIn([]byte(patient), "HumanName", []byte(`{"use":"usual"}`)); !ok || err != nil {
		t.Error(ok, err)
	}
	if ok, err := e.HoldsIn(nil, "HumanName", []byte(`{"use":"usual"}`)); ok || err != nil {
		t.Error("without a container", ok, err)
	}
}

// TestHoldsInContainer: elements of one resource after those of the other, of their own types, under a meter.
func TestHoldsInContainer(t *testing.T) {
	compiler, meter := fhirpath.New(fhirpath.Config{}), fhirpath.NewMeter(600)
	resource := `{"resourceType":"Patient","active":false,"text":{"div":"` + strings.Repeat("x", 64*300) + `"}}`
	c := fhirpath.NewContainer(func() []byte { return []byte(resource) })
	holds := func(source, typeName, element string) string {
		e, err := compiler.Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := e.Under(meter).HoldsIn(c, typeName, []byte(element))
		if err != nil {
			return string(fault.Of(err))
		}
		return strconv.FormatBool(ok)
	}
	for range 20 { // the resource is not read for them
		if got := holds(`use = 'usual'`, "HumanName", `{"use":"usual"}`); got != "true" {
			t.Fatal(got)
		}
	}
	resource = patient
	for _, c := range [][4]string{
		{`%resource.active and use = 'usual'`, "HumanName", `{"use":"usual"}`, "true"},
		{`family.exists()`, "HumanName", `{"family":null}`, "false"},
		{`ofType(Group).type = 'person'`, "Resource", `{"resourceType":"Group","type":"person"}`, "true"},
		{`type = 'person'`, "Resource", `{"resourceType":"Group","type":"person"}`, "true"},
		{`id = 'a'`, "Resource", `{"resourceType":"Unheard","id":"a"}`, "true"},
		{`given`, "HumanName", `{"given":["a","b"]}`, "BAD_USER_INPUT"},
		{`use`, "Unheard", `{}`, "BAD_USER_INPUT"},
	} {
		if got := holds(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%s: %s, want %s", c[0], got, c[3])
		}
	}
	resource = `{"resourceType":"Patient","text":{"div":"` + strings.Repeat("x", 64*1000) + `"}}`
	c.Reset()
	holds(`%resource.active`, "HumanName", `{}`) // spends the rest
	if got := holds(`use`, "HumanName", `{}`); got != "TOO_COSTLY" {
		t.Error("past the meter:", got)
	}
}

func TestLocate(t *testing.T) {
	e, err := fhirpath.New(fhirpath.Config{}).Compile(`name.given | birthDate.extension.value | contained.name | deceased`)
	if err != nil {
		t.Fatal(err)
	}
	at, err := e.Locate([]byte(patient))
	if err != nil {
		t.Fatal(err)
	}
	step := func(name string, index int) fhirpath.Step { return fhirpath.Step{Name: name, Index: index} }
	want := [][]fhirpath.Step{
		{step("name", 0), step("given", 0)}, {step("name", 0), step("given", 1)}, {step("name", 1), step("given", 0)}, {step("name", 1), step("given", 1)},
		{step("_birthDate", -1), step("extension", 0), step("valueDateTime", -1)}, {step("contained", 0), step("name", -1)}, {step("deceasedBoolean", -1)},
	}
	var got [][]fhirpath.Step
	for _, l := range at {
		got = append(got, l.Steps)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
