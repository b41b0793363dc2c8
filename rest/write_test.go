package rest_test

import (
	"strings"
	"testing"
)

// TestNoUpdateCreate: where the server gives the ids, an update of none is not allowed, by id and by condition.
func TestNoUpdateCreate(t *testing.T) {
	w := openGiven(t, true)
	a := w.send("PUT", "Patient/a", patient("a", "A")).status(405)
	if allow := a.Header().Get("Allow"); allow != "GET, HEAD, PATCH, DELETE" {
		t.Errorf("Allow: %q", allow)
	}
	w.send("PUT", "Patient?family=A", patient("a", "A")).status(405)
	if w.get("metadata").status(200); strings.Contains(w.get("metadata").Body.String(), `"updateCreate":true`) {
		t.Error("metadata promises updateCreate")
	}
	w.send("POST", "Patient", `{"resourceType":"Patient","name":[{"family":"A"}]}`).status(201)
	w.send("PUT", "Patient?family=A", `{"resourceType":"Patient"}`).status(200)
}

const fhirPathPatch = `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},` +
	`{"name":"path","valueString":"Patient.name[0].family"},{"name":"value","valueString":"New"}]}]}`

// TestPatch: JSON Patch and FHIRPath Patch, by themselves and in Bundles.
func TestPatch(t *testing.T) {
	w := open(t, practitioner, patient("a", "Old"), patient("b", "Old"), patient("c", "Old"))
	json := "Content-Type: application/json-patch+json"
	w.send("PATCH", "Patient/a", fhirPathPatch).status(200)
	w.want(200, "PATCH", "Patient/a", `[{"op":"test","path":"/name/0/family","value":"New"},{"op":"add","path":"/gender","value":"male"}]`,
		[]string{json}, `"family":"New"`, `"gender":"male"`, `"versionId":"3"`)
	w.send("PATCH", "Patient/a", `[{"op":"test","path":"/name/0/family","value":"Old"}]`, json).status(422)
	w.send("PATCH", "Patient/a", `[{"op":"add","path":"/gender","value":"robot"}]`, json).status(422)
	w.send("PATCH", "Patient/a", `[{"op":"remove"`, json).status(400)
	w.send("PATCH", "Patient/a", `[]`, "Content-Type: text/plain").status(415)
	w.send("PATCH", "Patient/none", `[{"op":"remove","path":"/gender"}]`, json).status(404)
	w.send("PATCH", "Patient/a", `[{"op":"remove","path":"/gender"}]`, json, `If-Match: W/"1"`).status(412)

	operations := "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9uYW1lLzAvZmFtaWx5IiwidmFsdWUiOiJOZXcifV0=" // replaces the family by New
	w.want(200, "POST", "", entries("transaction",
		`{"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"`+operations+`"},"request":{"method":"PATCH","url":"Patient/b"}}`,
		`{"resource":`+fhirPathPatch+`,"request":{"method":"PATCH","url":"Patient/c"}}`), nil, `"status":"200 OK"`)
	w.want(200, "GET", "Patient?family=new&_summary=count", "", nil, `"total":3`)
}

// TestHead: a read answers HEAD with the headers of GET and no body.
func TestHead(t *testing.T) {
	w := open(t, practitioner)
	for _, path := range []string{"Practitioner/d", "Practitioner/d/_history/1", "Practitioner", "", "metadata", "_history", "Practitioner/_history", "Practitioner/d/_history"} {
		get, head := w.get(path).status(200), w.send("HEAD", path, "").status(200)
		if head.Body.Len() > 0 || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") || head.Header().Get("Etag") != get.Header().Get("Etag") {
			t.Errorf("%s: HEAD %v, GET %v", path, head.Header(), get.Header())
		}
	}
}
