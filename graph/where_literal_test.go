package graph_test

import "testing"

// TestNumericIDs: an ID of digits is one, whether it stands in the query, in a variable or in a default, with or without its list.
func TestNumericIDs(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"5"}`, `{"resourceType":"Patient","id":"6"}`)
	for query, variables := range map[string]map[string]any{
		`{ PatientList(where: {_id: 5}) { id } }`:                                       nil,
		`{ PatientList(where: {_id: [5]}) { id } }`:                                     nil,
		`{ PatientList(where: {and: {_id: 5}}) { id } }`:                                nil,
		`query($i: [ID] = 5) { PatientList(where: {_id: $i}) { id } }`:                  nil,
		`query($i: ID = 5) { PatientList(where: {_id: [$i]}) { id } }`:                  nil,
		`query($i: [ID]) { PatientList(where: {_id: $i}) { id } }`:                      {"i": 5},
		`query($i: [ID]) { PatientList(where: {_id: $i}) { id } } `:                     {"i": "5"},
		`query($w: PatientWhere = {_id: 5}) { PatientList(where: $w) { id } }`:          nil,
		`query($w: PatientWhere = {and: [{_id: 5}]}) { PatientList(where: $w) { id } }`: nil,
		`query($w: PatientWhere) { PatientList(where: $w) { id } }`:                     {"w": map[string]any{"_id": 5}},
	} {
		if got := w.data(query, variables); got != `{"PatientList":[{"id":"5"}]}` {
			t.Errorf("%s: %s", query, got)
		}
	}
}
