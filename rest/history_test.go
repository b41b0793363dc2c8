package rest_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"
)

// TestHistoryPages: the pages of a history, put together, are the whole, newest first.
func TestHistoryPages(t *testing.T) {
	w := open(t, practitioner, patient("a", "A"), patient("b", "B"))
	for i := range 5 {
		w.send("PUT", "Patient/a", patient("a", fmt.Sprint("A", i))).status(200)
	}
	w.send("DELETE", "Patient/b", "").status(204)
	for path, want := range map[string]int{"_history": 9, "Patient/_history": 8, "Patient/a/_history": 6, "Patient/b/_history": 2} {
		whole := w.get(path + "?_count=100").bundle()
		if len(whole.Entry) != want || whole.link("next") != "" {
			t.Errorf("%s: %d versions instead of %d", path, len(whole.Entry), want)
		}
		var paged []string
		for next := path + "?_count=2"; next != ""; {
			b := w.get(next).bundle()
			for _, e := range b.Entry {
				paged = append(paged, e.FullURL+" "+e.Request.Method)
			}
			next = b.link("next")
		}
		var all []string
		for _, e := range whole.Entry {
			all = append(all, e.FullURL+" "+e.Request.Method)
		}
		if !slices.Equal(all, paged) {
			t.Errorf("%s: pages %v, whole %v", path, paged, all)
		}
	}
}

// TestHistoryTimes: _since leaves out what is older, _at shows what was current, and what is not known is refused.
func TestHistoryTimes(t *testing.T) {
	w := open(t, practitioner, patient("a", "A"))
	w.send("PUT", "Patient/a", patient("a", "B")).status(200)
	later := url.QueryEscape(time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	for path, want := range map[string]int{
		"Patient/a/_history?_since=2000-01-01T00:00:00Z": 2, "Patient/a/_history?_since=" + later: 0,
		"Patient/a/_history?_at=" + later: 1, "_history?_at=" + later: 2, "Patient/_history?_at=2000": 0,
	} {
		if b := w.get(path).bundle(); len(b.Entry) != want {
			t.Errorf("%s: %d versions instead of %d", path, len(b.Entry), want)
		}
	}
	for _, path := range []string{"_history?_since=x", "_history?_at=x", "_history?_count=0", "_history?name=x", "_history?_cursor=x"} {
		w.get(path).status(400)
	}
	w.get("Patient/none/_history").status(404)
}
