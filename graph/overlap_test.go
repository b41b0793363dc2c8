package graph_test

import (
	"fmt"
	"testing"
)

// TestOverlaps: what cannot be merged is refused, what can is not.
func TestOverlaps(t *testing.T) {
	w := open(t, nil, ward()...)
	for query, valid := range map[string]bool{
		`{ Patient(id: "p1") { id id a: id a: id name { family } name { given } } }`:                                                           true,
		`{ Patient(id: "p1") { a: id a: gender } }`:                                                                                            false,
		`{ Patient(id: "p1") { ...F ...G } } fragment F on Patient { a: id } fragment G on Patient { a: gender }`:                              false,
		`{ Patient(id: "p1") { id } Patient(id: "p2") { id } }`:                                                                                false,
		`{ PatientList(where: {and: [], or: []}) { id } PatientList(where: {or: [], and: []}) { gender } }`:                                    true,
		`{ PatientList(name: ["a", "b"]) { id } PatientList(name: ["b", "a"]) { gender } }`:                                                    false,
		`{ Patient(id: "p1") { name { x: family } name { x: text } } }`:                                                                        false,
		`{ Patient(id: "p1") { name { x: family } ...F } } fragment F on Patient { name { ... { x: text } } }`:                                 false,
		`{ Patient(id: "p1") { x: id @skip(if: true) x: gender } }`:                                                                            false,
		`query ($v: Boolean!) { Patient(id: "p1") { x: id @skip(if: $v) x: gender @include(if: $v) } }`:                                        false,
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: id } ... on Observation { x: id } } }`:                                             true,
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: gender } ... on Observation { x: status } } }`:                                     true,  // both are String
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: active } ... on Observation { x: status } } }`:                                     false, // Boolean and String
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: name { y: family } } ... on Observation { x: code { y: text } } } }`:               false, // a list and none
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: maritalStatus { y: text } } ... on Observation { x: code { y: id } } } }`:          true,
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: maritalStatus { y: text } } ... on Observation { x: code { y: coding {id} } } } }`: false,
		`{ node(nodeId: "Patient/p1") { x: nodeId ... on Patient { x: id } } }`:                                                                false,
		`{ node(nodeId: "Patient/p1") { ... on Patient { x: id } ... on Patient { x: gender } ... on Observation { x: id } } }`:                false,
	} {
		a := w.post(query, map[string]any{"v": true})
		refused := len(a.Errors) > 0 && fmt.Sprint(codes(a)) == "[GRAPHQL_VALIDATION_FAILED[]]"
		if refused == valid {
			t.Errorf("%s: %v", query, a.Errors)
		}
	}
}
