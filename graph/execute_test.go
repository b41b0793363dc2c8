package graph_test

import (
	"strings"
	"testing"
)

func ward() []string {
	return []string{
		`{"resourceType":"Organization","id":"o1","name":"Ward"}`,
		`{"resourceType":"Patient","id":"p1","meta":{"tag":[{"code":"t"}]},"active":true,"name":[{"family":"Abel","given":["Ann",null],
		  "_given":[null,{"id":"g"}]}],"birthDate":"1990-01-02","_birthDate":{"extension":[{"url":"u","valueDateTime":"1990-01-02T03:00:00Z"}]},
		  "managingOrganization":{"reference":"Organization/o1"},"contained":[{"resourceType":"Practitioner","id":"c1","name":[{"family":"In"}]}],
		  "generalPractitioner":[{"reference":"#c1"},{"reference":"Practitioner/none"}]}`,
		`{"resourceType":"Patient","id":"p2","name":[{"family":"Baker"}]}`,
		`{"resourceType":"Patient","id":"p3","name":[{"family":"Cole"}],"multipleBirthInteger":2}`,
		`{"resourceType":"Observation","id":"a","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2020-01-01",
		  "valueQuantity":{"value":1.50,"unit":"mg"}}`,
		`{"resourceType":"Observation","id":"b","status":"final","code":{"text":"y"},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2021-01-01"}`,
		`{"resourceType":"Observation","id":"c","status":"final","code":{"text":"z"},"subject":{"reference":"Patient/p2"},"effectiveDateTime":"2022-01-01"}`,
	}
}

func TestAnswers(t *testing.T) {
	w := open(t, nil, ward()...)
	for name, c := range map[string]struct{ query, want string }{
		"list": {`{ PatientList(name: "abel") { id name { family given } } }`,
			`{"PatientList":[{"id":"p1","name":[{"family":"Abel","given":["Ann",null]}]}]}`},
		"read":              {`{ Patient(id: "p1") { __typename nodeId active birthDate _birthDate { extension { url valueDateTime } } } }`, `{"Patient":{"__typename":"Patient","nodeId":"Patient/p1","active":true,"birthDate":"1990-01-02","_birthDate":{"extension":[{"url":"u","valueDateTime":"1990-01-02T03:00:00Z"}]}}}`},
		"reverse":           {`{ Patient(id: "p1") { ObservationList(_reference: subject, _sort: "-date") { id valueQuantity { value } subject { resource { nodeId ... on Patient { name { family } } } } } } }`, `{"Patient":{"ObservationList":[{"id":"b","valueQuantity":null,"subject":{"resource":{"nodeId":"Patient/p1","name":[{"family":"Abel"}]}}},{"id":"a","valueQuantity":{"value":1.50},"subject":{"resource":{"nodeId":"Patient/p1","name":[{"family":"Abel"}]}}}]}}`},
		"contained":         {`{ Patient(id: "p1") { contained { nodeId __typename ... on Practitioner { name { family } } } generalPractitioner { resource(optional: true) { nodeId } } } }`, `{"Patient":{"contained":[{"nodeId":"Patient/p1#c1","__typename":"Practitioner","name":[{"family":"In"}]}],"generalPractitioner":[{"resource":{"nodeId":"Patient/p1#c1"}},{"resource":null}]}}`},
		"connection":        {`{ PatientConnection(_sort: "family", first: 2) { count offset pageSize edges { mode node { id } } pageInfo { hasNextPage hasPreviousPage } } }`, `{"PatientConnection":{"count":3,"offset":0,"pageSize":2,"edges":[{"mode":"match","node":{"id":"p1"}},{"mode":"match","node":{"id":"p2"}}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false}}}`},
		"nested connection": {`{ PatientList(_sort: "family") { id ObservationConnection(_reference: subject, first: 1, _sort: "date") { count edges { resource { id } } pageInfo { hasNextPage } } } }`, `{"PatientList":[{"id":"p1","ObservationConnection":{"count":2,"edges":[{"resource":{"id":"a"}}],"pageInfo":{"hasNextPage":true}}},{"id":"p2","ObservationConnection":{"count":1,"edges":[{"resource":{"id":"c"}}],"pageInfo":{"hasNextPage":false}}},{"id":"p3","ObservationConnection":{"count":0,"edges":[],"pageInfo":{"hasNextPage":false}}}]}`},
		"gateway":           {`{ version stores { id role healthy } v: version counts(types: ["Patient"]) { type count } }`, `{"version":"test","stores":[{"id":"memory","role":"primary","healthy":true}],"v":"test","counts":[{"type":"Patient","count":3}]}`},
		"node":              {`{ a: node(nodeId: "Patient/p1") { nodeId } b: node(nodeId: "Patient/p1#c1") { nodeId ... on Resource { resourceType } } c: node(nodeId: "Patient/x") { nodeId } d: node(nodeId: "") { nodeId } }`, `{"a":{"nodeId":"Patient/p1"},"b":{"nodeId":"Patient/p1#c1","resourceType":"Practitioner"},"c":null,"d":null}`},
		"merge":             {`{ Patient(id: "p1") { name { family } ...F name { given } } } fragment F on Resource { id ... on Patient { n: name { family } } ... on Observation { status } }`, `{"Patient":{"name":[{"family":"Abel","given":["Ann",null]}],"id":"p1","n":[{"family":"Abel"}]}}`},
		"empty":             {`{ PatientList(name: "nobody") { id } z: PatientList(_count: 0) { id } }`, `{"PatientList":[],"z":[]}`},
		"or":                {`{ PatientList(family: ["abel", "cole"], _sort: "family") { id } }`, `{"PatientList":[{"id":"p1"},{"id":"p3"}]}`},
		"typename":          {`{ __typename }`, `{"__typename":"Query"}`},
		"introspect":        {`{ __type(name: "HumanName") { kind name fields { name } } }`, `{"__type":{"kind":"OBJECT","name":"HumanName","fields":[{"name":"id"},{"name":"extension"},{"name":"use"},{"name":"_use"},{"name":"text"},{"name":"_text"},{"name":"family"},{"name":"_family"},{"name":"given"},{"name":"_given"},{"name":"prefix"},{"name":"_prefix"},{"name":"suffix"},{"name":"_suffix"},{"name":"period"}]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			if got := w.data(c.query, nil); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestVersions: an old version, by argument, by reference and by nodeId, is another node than the current one.
func TestVersions(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"p","gender":"male"}`, `{"resourceType":"Patient","id":"p","gender":"female","meta":{"tag":[{"code":"x"}]}}`,
		`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p/_history/1"}}`)
	for query, want := range map[string]string{
		`{ Patient(id: "p", version: "1") { nodeId gender meta { versionId tag { code } } } }`:                                      `{"Patient":{"nodeId":"Patient/p/_history/1","gender":"male","meta":{"versionId":"1","tag":null}}}`,
		`{ Patient(id: "p") { nodeId gender meta { versionId tag { code } } } }`:                                                    `{"Patient":{"nodeId":"Patient/p","gender":"female","meta":{"versionId":"2","tag":[{"code":"x"}]}}}`,
		`{ Observation(id: "o") { subject { resource { nodeId ... on Patient { gender } } } } }`:                                    `{"Observation":{"subject":{"resource":{"nodeId":"Patient/p/_history/1","gender":"male"}}}}`,
		`{ node(nodeId: "Patient/p/_history/1") { nodeId ... on Patient { gender ObservationList(_reference: subject) { id } } } }`: `{"node":{"nodeId":"Patient/p/_history/1","gender":"male","ObservationList":[{"id":"o"}]}}`,
		`{ node(nodeId: "Patient/p/_history/7") { nodeId } }`:                                                                       `{"node":null}`,
	} {
		if got := w.data(query, nil); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
}

// TestInside: what is inside a resource resolves there, and has names of its own.
func TestInside(t *testing.T) {
	w := open(t, nil,
		`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"contained":[
			{"resourceType":"Patient","id":"c1","managingOrganization":{"reference":"#c2"},"link":[{"other":{"reference":"#"}}]},
			{"resourceType":"Organization","id":"c2","name":"In","partOf":{"reference":"Organization/out"}}],"subject":{"reference":"#c1"}}`,
		`{"resourceType":"Organization","id":"out","name":"Out"}`,
		`{"resourceType":"Bundle","id":"b","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"x","gender":"male"}},{"resource":{"resourceType":"Patient"}}]}`)
	got := w.data(`{ Observation(id: "o") { meta { versionId } subject { resource { nodeId ... on Patient { ObservationList(_reference: subject) { id } link { other { resource { nodeId } } }
		managingOrganization { resource(type: Organization) { nodeId ... on Organization { name partOf { resource { nodeId } } } } other: resource(type: Patient) { id } } } } } } }`, nil)
	want := `{"Observation":{"meta":{"versionId":"1"},"subject":{"resource":{"nodeId":"Observation/o#c1","ObservationList":[],"link":[{"other":{"resource":{"nodeId":"Observation/o"}}}],` +
		`"managingOrganization":{"resource":{"nodeId":"Observation/o#c2","name":"In","partOf":{"resource":{"nodeId":"Organization/out"}}},"other":null}}}}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got = w.data(`{ Observation(id: "o") { subject { resource { ... on Patient { link { other { resource { id meta { versionId } } } } nodeId } } } code { text } } }`, nil)
	if want := `{"Observation":{"subject":{"resource":{"link":[{"other":{"resource":{"id":"o","meta":{"versionId":"1"}}}}],"nodeId":"Observation/o#c1"}},"code":{"text":"x"}}}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Entries of a Bundle are named by their place in this version, whether or not meta is read beside them.
	plain := w.data(`{ Bundle(id: "b") { entry { resource { nodeId ... on Patient { gender } } } } }`, nil)
	want = `{"Bundle":{"entry":[{"resource":{"nodeId":"Bundle/b/_history/1#@75","gender":"male"}},{"resource":{"nodeId":"Bundle/b/_history/1#@140","gender":null}}]}}`
	if plain != want {
		t.Errorf("got  %s\nwant %s", plain, want)
	}
	if got := w.data(`{ Bundle(id: "b") { entry { resource { nodeId ... on Patient { gender } } } meta { id } } }`, nil); got != strings.TrimSuffix(want, "}}")+`,"meta":{"id":null}}}` {
		t.Error(got)
	}
	if got := w.data(`{ node(nodeId: "Bundle/b/_history/1#@75") { nodeId } }`, nil); got != `{"node":null}` {
		t.Error(got)
	}
}
