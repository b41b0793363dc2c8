package patch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/patch"
)

const patient = `{"resourceType":"Patient","id":"p","name":[{"family":"A","given":["x","y","z"],"_given":[null,{"id":"g"},null]}],` +
	`"birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"u","valueString":"s"}]},"deceasedBoolean":false,` +
	`"extension":[{"url":"d","valueDecimal":1.50}],"contained":[{"resourceType":"Organization","id":"o","name":"N"}]}`

// params writes one operation: name=json pairs, a json without a value name is an object of members.
func params(operations ...string) string {
	var list []string
	for _, o := range operations {
		var parts []string
		for _, part := range strings.Split(o, ";") {
			name, value, _ := strings.Cut(part, "=")
			switch {
			case strings.HasPrefix(value, "{"):
				parts = append(parts, fmt.Sprintf(`{"name":%q,%s`, name, value[1:]))
			case name == "index" || name == "source" || name == "destination":
				parts = append(parts, fmt.Sprintf(`{"name":%q,"valueInteger":%s}`, name, value))
			default:
				parts = append(parts, fmt.Sprintf(`{"name":%q,"valueString":%q}`, name, value))
			}
		}
		list = append(list, `{"name":"operation","part":[`+strings.Join(parts, ",")+`]}`)
	}
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
}

func applied(p patch.Patch, err error, resource string) string {
	var out []byte
	if err == nil {
		out, err = p.Apply([]byte(resource))
	}
	if err != nil {
		return err.Error()
	}
	return string(out)
}

func TestFHIRPath(t *testing.T) {
	compiler := fhirpath.New(fhirpath.Config{})
	// from, to: what changes in the patient's text; with from "" to is what the error says.
	for _, c := range []struct{ operation, from, to string }{
		{`type=add;path=Patient;name=gender;value={"valueCode":"male"}`, `"name":"N"}]}`, `"name":"N"}],"gender":"male"}`},
		{`type=add;path=Patient;name=name;value={"valueHumanName":{"family":"B"}}`, `null]}]`, `null]},{"family":"B"}]`},
		{`type=add;path=Patient;name=name;value={"valueHumanName":{"family":"\u0001\u007f<"}}`, `null]}]`, `null]},{"family":"\u0001` + "\x7f" + `<"}]`},
		{`type=add;path=Patient.name;name=given;value={"valueString":"w"}`, `["x","y","z"],"_given":[null,{"id":"g"},null]`, `["x","y","z","w"],"_given":[null,{"id":"g"},null,null]`},
		{`type=add;path=Patient;name=multipleBirth;value={"valueInteger":2}`, `"name":"N"}]}`, `"name":"N"}],"multipleBirthInteger":2}`},
		{`type=add;path=Patient.birthDate;name=extension;value={"valueExtension":{"url":"v","valueDecimal":2.50}}`, `"valueString":"s"}]`, `"valueString":"s"},{"url":"v","valueDecimal":2.50}]`},
		{`type=add;path=Patient;name=contact;value={"part":[{"name":"name","valueHumanName":{"text":"t"}},{"name":"gender","valueCode":"male"}]}`,
			`"name":"N"}]}`, `"name":"N"}],"contact":[{"name":{"text":"t"},"gender":"male"}]}`},
		{`type=add;path=Patient;name=contained;value={"resource":{"resourceType":"Patient","id":"q"}}`, `"name":"N"}]`, `"name":"N"},{"resourceType":"Patient","id":"q"}]`},
		{`type=add;path=Patient.contained[0];name=active;value={"valueBoolean":true}`, `"name":"N"}`, `"name":"N","active":true}`},
		{`type=insert;path=Patient.name.given;index=0;value={"valueString":"w"}`, `["x","y","z"],"_given":[null,{"id":"g"},null]`, `["w","x","y","z"],"_given":[null,null,{"id":"g"},null]`},
		{`type=insert;path=Patient.name.given;index=3;value={"valueString":"w","_valueString":{"id":"i"}}`, `["x","y","z"],"_given":[null,{"id":"g"},null]`, `["x","y","z","w"],"_given":[null,{"id":"g"},null,{"id":"i"}]`},
		{`type=delete;path=Patient.name.given.where($this='y')`, `["x","y","z"],"_given":[null,{"id":"g"},null]`, `["x","z"]`},
		{`type=delete;path=Patient.birthDate`, `"birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"u","valueString":"s"}]},`, ``},
		{`type=delete;path=Patient.birthDate.extension`, `,"_birthDate":{"extension":[{"url":"u","valueString":"s"}]}`, `,"_birthDate":{}`},
		{`type=delete;path=Patient.photo`, ``, `{"resourceType"`},
		{`type=delete;path=Patient.extension`, `"extension":[{"url":"d","valueDecimal":1.50}],`, ``},
		{`type=replace;path=Patient.name.family;value={"valueString":"Ü"}`, `"family":"A"`, `"family":"Ü"`},
		{`type=replace;path=Patient.deceased;value={"valueBoolean":true}`, `"deceasedBoolean":false`, `"deceasedBoolean":true`},
		{`type=replace;path=Patient.deceased;value={"valueDateTime":"2020"}`, `"deceasedBoolean":false`, `"deceasedDateTime":"2020"`},
		{`type=replace;path=Patient.birthDate.extension.value;value={"valueDecimal":0.10}`, `"valueString":"s"`, `"valueDecimal":0.10`},
		{`type=replace;path=Patient.contained.name;value={"valueString":"M"}`, `"name":"N"`, `"name":"M"`},
		{`type=move;path=Patient.name.given;source=2;destination=0`, `["x","y","z"],"_given":[null,{"id":"g"},null]`, `["z","x","y"],"_given":[null,null,{"id":"g"}]`},
		// refused
		{`type=add;path=Patient;name=birthDate;value={"valueDate":"1970"}`, ``, `operation 0 (add): birthDate is there already`},
		{`type=add;path=Patient;name=deceased;value={"valueDateTime":"1970"}`, ``, `deceasedBoolean is there already`},
		{`type=add;path=Patient;name=gendr;value={"valueCode":"male"}`, ``, `Patient has no element "gendr"`},
		{`type=add;path=Patient.photo;name=title;value={"valueString":"x"}`, ``, `finds 0 elements`},
		{`type=replace;path=Patient.name.given;value={"valueString":"x"}`, ``, `finds 3 elements where one`},
		{`type=replace;path=Patient.photo;value={"valueString":"x"}`, ``, `finds 0 elements`},
		{`type=replace;path=Patient.id;value={"valueId":"x"}`, ``, `changes id`},
		{`type=delete;path=Patient.id`, ``, `changes id`},
		{`type=insert;path=Patient.photo;index=0;value={"valueAttachment":{}}`, ``, `filled by add`},
		{`type=insert;path=Patient.name.given;index=9;value={"valueString":"x"}`, ``, `has 3 elements`},
		{`type=insert;path=Patient.name.given.skip(1);index=0;value={"valueString":"x"}`, ``, `one list, whole`},
		{`type=insert;path=Patient.birthDate;index=0;value={"valueString":"x"}`, ``, `one list, whole`},
		{`type=move;path=Patient.name.given;source=0;destination=3`, ``, `below that`},
		{`type=delete;path=Patient`, ``, `resource itself`},
		{`type=replace;path=1+1;value={"valueString":"x"}`, ``, `not an element`},
		{`type=remove;path=Patient`, ``, `no such type`},
		{`type=add;path=Patient.(;name=x`, ``, `line 1, column 9`},
		{`type=add;path=Patient`, ``, `operation 0: part "name" is missing`},
		{`type=delete;path=Patient;index=1`, ``, `takes no part "index"`},
	} {
		p, err := patch.FHIRPath([]byte(params(c.operation)), compiler)
		got := applied(p, err, patient)
		if want := strings.Replace(patient, c.from, c.to, 1); c.from != "" && got != want || !strings.Contains(got, c.to) {
			t.Errorf("%s\n got %s\nwant %s", c.operation, got, want)
		}
	}
	p, err := patch.FHIRPath([]byte(params(`type=delete;path=Patient.name`, `type=add;path=Patient;name=name;value={"valueHumanName":{"text":"t"}}`)), compiler)
	if got := applied(p, err, patient); !strings.HasSuffix(got, `"name":[{"text":"t"}]}`) {
		t.Error(got)
	}
	_, err = patch.FHIRPath([]byte(params(`type=x;path=y`, `type=delete`)), compiler)
	if fault.Of(err) != fault.BadUserInput || !strings.Contains(err.Error(), "operation 0") || !strings.Contains(err.Error(), "operation 1") {
		t.Error(err)
	}
}

// FuzzFHIRPath: whatever the patch, it is refused or leaves JSON of the same type and id.
func FuzzFHIRPath(f *testing.F) {
	for _, o := range []string{`type=add;path=Patient;name=gender;value={"valueCode":"male"}`, `type=move;path=Patient.name.given;source=2;destination=0`,
		`type=replace;path=Patient.deceased;value={"valueDateTime":"2020"}`, `type=insert;path=Patient.name.given;index=0;value={"valueString":"w"}`,
		`type=delete;path=Patient.birthDate.extension`} {
		f.Add([]byte(params(o)))
	}
	compiler := fhirpath.New(fhirpath.Config{Steps: 20_000})
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := patch.FHIRPath(raw, compiler)
		check(t, p, err)
	})
}
