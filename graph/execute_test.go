package graph_test

import (
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
		"nested connection": {`{ PatientList(_sort: ["family"]) { id ObservationConnection(_reference: subject, first: 1, _sort: "date") { count edges { resource { id } } pageInfo { hasNextPage } } } }`, `{"PatientList":[{"id":"p1","ObservationConnection":{"count":2,"edges":[{"resource":{"id":"a"}}],"pageInfo":{"hasNextPage":true}}},{"id":"p2","ObservationConnection":{"count":1,"edges":[{"resource":{"id":"c"}}],"pageInfo":{"hasNextPage":false}}},{"id":"p3","ObservationConnection":{"count":0,"edges":[],"pageInfo":{"hasNextPage":false}}}]}`},
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
