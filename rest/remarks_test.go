package rest_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestClamped: a page larger than there is says so, and its link what was used.
func TestClamped(t *testing.T) {
	w := open(t, practitioner)
	b := w.get("Practitioner?_count=5000").bundle()
	if b.link("self") != "Practitioner?_count=100" || len(b.ids("outcome")) != 1 {
		t.Errorf("%+v", b)
	}
}

// TestEverythingLenient: $everything says what it leaves out, and keeps what narrows it in its links.
func TestEverythingLenient(t *testing.T) {
	w := open(t, practitioner, patient("p", "A"))
	const path = "Patient/p/$everything?start=2020&_count=1"
	b := w.get(path+"&extra=1", "Prefer: handling=lenient").bundle()
	if len(b.ids("outcome")) != 1 || !strings.Contains(b.link("self"), "start=2020") || strings.Contains(b.link("self"), "extra") {
		t.Errorf("%+v", b)
	}
	w.get(path + "&extra=1").status(400)
}

// TestValidate: an empty body is enough for mode delete, and what is wrong with a resource is told with 200.
func TestValidate(t *testing.T) {
	w := open(t, practitioner)
	w.send("POST", "Practitioner/d/$validate?mode=delete", "").status(200)
	a := w.send("POST", "Practitioner/$validate", `{"resourceType":"Practitioner","gender":"x"}`).status(200)
	if !strings.Contains(a.Body.String(), `"severity":"error"`) {
		t.Error(a.Body)
	}
	w.send("POST", "Practitioner/$validate", "x", "Content-Type: text/plain").status(415)
}

// TestElements: a name that no type has is refused, and the refusal names the type only where there is one.
func TestElements(t *testing.T) {
	w := open(t, practitioner)
	if a := w.get("?_type=Patient,Practitioner&_elements=nmae").status(400); !strings.Contains(a.Body.String(), "none of the types") {
		t.Error(a.Body)
	}
	if a := w.get("Practitioner/d?_elements=name").status(200); !strings.Contains(a.Body.String(), `"Doe"`) {
		t.Error(a.Body)
	}
}

// TestFilter: _filter and many ids are conditions like others, and a link is that of its own list of ids.
func TestFilter(t *testing.T) {
	var all, ids []string
	for i := range 12 {
		ids = append(ids, fmt.Sprintf("p%02d", i))
		all = append(all, patient(ids[i], "A"))
	}
	w := open(t, all...)
	if b := w.get("Patient?_filter=family%20eq%20%22A%22&_count=20").bundle(); len(b.Entry) != 12 {
		t.Errorf("%+v", b)
	}
	w.get("Patient?_filter=family%20eqq%20x").status(400)
	next := w.get("Patient?_count=2&_id=" + strings.Join(ids, ",")).bundle().link("next")
	w.get(next).bundle()
	w.get(strings.Replace(next, "p11", "p10", 1)).status(400)
}
