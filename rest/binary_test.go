package rest_test

import "testing"

// TestBinary: what a Binary holds is written and read as it is, by any method's Accept.
func TestBinary(t *testing.T) {
	w := open(t)
	const held = "plain words"
	text := []string{"Content-Type: text/plain", "Accept: text/plain", "X-Raw: true"}
	for _, c := range []struct {
		method, path string
		status       int
	}{{"POST", "Binary", 201}, {"PUT", "Binary/b", 201}, {"PUT", "Binary/b", 200}} {
		a := w.send(c.method, c.path, held, text...).status(c.status)
		if a.Body.String() != held || a.Header().Get("Content-Type") != "text/plain" || a.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: %v %s", c.method, c.path, a.Header(), a.Body)
		}
	}
	if a := w.get("Binary/b", text[1:]...).status(200); a.Body.String() != held {
		t.Error(a.Body)
	}
	w.get("Binary/b").status(200)
	w.get("Binary/b/_history", text[1:]...).status(406)
	w.get("Binary", text[1:]...).status(406)
	w.send("POST", "Patient", "{}", text[1:]...).status(406)
}
