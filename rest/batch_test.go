package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

const mother = `{"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111","resource":{"resourceType":"Patient","name":[{"family":"Tx"}]},"request":{"method":"POST","url":"Patient"}}`

func entries(kind string, list ...string) string {
	return `{"resourceType":"Bundle","type":"` + kind + `","entry":[` + strings.Join(list, ",") + `]}`
}

// TestTransaction writes two resources of which one refers to the other, and reads them in the same Bundle.
func TestTransaction(t *testing.T) {
	w := open(t)
	child := `{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}},"request":{"method":"POST","url":"Observation"}}`
	search := `{"request":{"method":"GET","url":"Observation?subject:Patient.family=tx"}}`
	w.want(http.StatusOK, "POST", "", entries("transaction", mother, child, search), nil, `"type":"transaction-response"`, `"status":"201 Created"`, `"total":1`, `"reference":"Patient/`)
	bad := `{"resource":{"resourceType":"Observation"},"request":{"method":"POST","url":"Observation"}}`
	w.want(http.StatusUnprocessableEntity, "POST", "", entries("transaction", mother, bad), nil, `"OperationOutcome"`, "Bundle.entry[1].resource", "status")
	w.want(http.StatusOK, "GET", "Patient?family=tx&_summary=count", "", nil, `"total":1`)
}

// TestBatch runs every entry on its own; reads answer as they do by themselves.
func TestBatch(t *testing.T) {
	w := open(t)
	w.want(http.StatusCreated, "PUT", "Patient/a", `{"resourceType":"Patient","id":"a"}`, nil)
	got := w.want(http.StatusOK, "POST", "", entries("batch", mother,
		`{"resource":{"resourceType":"Observation"},"request":{"method":"POST","url":"Observation"}}`,
		`{"request":{"method":"GET","url":"Patient/a"}}`, `{"request":{"method":"GET","url":"Patient/a","ifNoneMatch":"W/\"1\""}}`,
		`{"request":{"method":"GET","url":"Patient/none"}}`, `{"request":{"method":"GET","url":"Patient?nme=x"}}`, `{"request":{"method":"DELETE","url":"Patient/b"}}`,
	), []string{"Prefer: return=representation"}, `"batch-response"`, `"201 Created"`, `"family":"Tx"`, `"422 Unprocessable Entity"`, `"304 Not Modified"`, `"404 Not Found"`, `"400 Bad Request"`, "did you mean name?")
	if strings.Count(got, `"response":`) != 7 {
		t.Errorf("not an answer an entry: %s", got)
	}
}

// TestBatchStatuses: what an entry is refused with is what the request alone would be.
func TestBatchStatuses(t *testing.T) {
	w := openGiven(t, true)
	w.want(http.StatusCreated, "POST", "Patient", `{"resourceType":"Patient"}`, nil)
	a := `{"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a"}}`
	w.want(http.StatusOK, "POST", "", entries("batch", a), nil, `"status":"405 Method Not Allowed"`)
	w = open(t, patient("a", "A"))
	a = `{"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a","ifMatch":"W/\"7\""}}`
	w.want(http.StatusOK, "POST", "", entries("batch", a), nil, `"status":"412 Precondition Failed"`)
}

// TestBundleRefused: what is no Bundle to run is said so.
func TestBundleRefused(t *testing.T) {
	w := open(t)
	w.want(http.StatusUnsupportedMediaType, "POST", "", "x", []string{"Content-Type: text/plain"}, `"OperationOutcome"`)
	w.want(http.StatusBadRequest, "POST", "", `{"resourceType":"Bundle","type":"collection"}`, nil, `"OperationOutcome"`)
	w.want(http.StatusBadRequest, "POST", "", `{"resourceType":"Bundle","type":"batch"`, nil, `"OperationOutcome"`)
	w.want(http.StatusBadRequest, "POST", "", entries("batch"), []string{"Prefer: return=everything"}, "return is minimal")
}

// want sends a request, and fails unless the status is the one wanted and the answer has all of the parts.
func (w *world) want(status int, method, path, body string, headers []string, parts ...string) string {
	w.Helper()
	out := w.send(method, path, body, headers...)
	if out.Code != status {
		w.Fatalf("%s %s: status %d, want %d\n%s", method, path, out.Code, status, out.Body)
	}
	for _, part := range parts {
		if !strings.Contains(out.Body.String(), part) {
			w.Errorf("%s %s: the answer lacks %s\n%s", method, path, part, out.Body)
		}
	}
	return out.Body.String()
}
