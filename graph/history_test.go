package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// aged is a world whose writes are a day apart from 2026-01-01 on.
func aged(t *testing.T) *world {
	t.Helper()
	day := time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC)
	w := openOver(t, memory.Open(memory.Config{Clock: func() time.Time { day = day.AddDate(0, 0, 1); return day }}), nil)
	for i := range 4 {
		w.put(fmt.Sprintf(`{"resourceType":"Patient","id":"a","birthDate":"200%d"}`, i))
	}
	w.remove(fhir.Ref{Type: "Patient", ID: "a"})
	w.put(`{"resourceType":"Patient","id":"a","birthDate":"2009"}`)
	w.put(`{"resourceType":"Patient","id":"b"}`)
	return w
}

const versions = ` { edges { cursor node { versionId lastUpdated method deleted resource { nodeId birthDate meta { versionId } } } } pageInfo { hasNextPage hasPreviousPage endCursor } }`

type history struct {
	Edges []struct {
		Cursor string
		Node   struct {
			VersionID, LastUpdated, Method string
			Deleted                        bool
			Resource                       *struct{ NodeID, BirthDate string }
		}
	}
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		EndCursor                    string
	}
}

func (h *history) String() string {
	var out []string
	for _, e := range h.Edges {
		text := e.Node.Method + e.Node.VersionID
		if e.Node.Resource != nil {
			text += " " + e.Node.Resource.NodeID
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (w *world) history(args string) *history {
	w.t.Helper()
	if args != "" {
		args = "(" + args + ")"
	}
	var data struct{ PatientHistory history }
	if err := json.Unmarshal([]byte(w.data(`{ PatientHistory`+args+versions+` }`, nil)), &data); err != nil {
		w.t.Fatal(err)
	}
	return &data.PatientHistory
}

func TestHistory(t *testing.T) {
	w := aged(t)
	const v = "Patient/a/_history/"
	for args, want := range map[string]string{
		`id: "a"`:                              "PUT6 " + v + "6, DELETE5, PUT4 " + v + "4, PUT3 " + v + "3, PUT2 " + v + "2, POST1 " + v + "1",
		``:                                     "POST1 Patient/b/_history/1, PUT6 " + v + "6, DELETE5, PUT4 " + v + "4, PUT3 " + v + "3, PUT2 " + v + "2, POST1 " + v + "1",
		`id: "a", _since: "2026-01-05"`:        "PUT6 " + v + "6, DELETE5",
		`_since: "2026-01-06"`:                 "POST1 Patient/b/_history/1, PUT6 " + v + "6",
		`id: "a", _at: "2026-01-03"`:           "PUT3 " + v + "3, PUT2 " + v + "2",
		`id: "a", _at: "2026-01-04T13:00:00Z"`: "PUT4 " + v + "4",
		`id: "a", _at: "2025"`:                 "",
		`id: "a", _since: "2027"`:              "",
	} {
		if diff := cmp.Diff(want, w.history(args).String()); diff != "" {
			t.Errorf("%s: %s", args, diff)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	w := aged(t)
	for _, args := range []string{``, `id: "a"`, `_since: "2026-01-03"`, `id: "a", _at: "2026-01"`} {
		all := strings.Split(w.history(args).String(), ", ")
		if args != "" {
			args += ", "
		}
		var got []string
		for page := args + "first: 2"; ; {
			h := w.history(page)
			got = append(got, strings.Split(h.String(), ", ")...)
			if h.PageInfo.HasPreviousPage != strings.Contains(page, "after") {
				t.Error(page)
			}
			if !h.PageInfo.HasNextPage {
				break
			}
			page = fmt.Sprintf("%sfirst: 2, after: %q", args, h.PageInfo.EndCursor)
		}
		if !slices.Equal(all, got) {
			t.Errorf("%s: %v, by pages %v", args, all, got)
		}
	}
}

func TestHistoryErrors(t *testing.T) {
	w := aged(t)
	other := w.history(`id: "b"`).Edges[0].Cursor
	for args, code := range map[string]fault.Code{
		`id: "nobody"`:                           fault.NotFound,
		`id: ""`:                                 fault.BadUserInput,
		`id: "a", first: 0`:                      fault.BadUserInput,
		`id: "a", first: 1001`:                   fault.TooCostly,
		`id: "a", _since: "yesterday"`:           fault.BadUserInput,
		`_at: "2026"`:                            fault.Unsupported,
		`id: "a", after: "x"`:                    fault.BadUserInput,
		fmt.Sprintf(`id: "a", after: %q`, other): fault.BadUserInput,
	} {
		a := w.post(`{ PatientHistory(`+args+`)`+versions+` }`, nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != string(code) {
			t.Errorf("%s: %v", args, a.Errors)
		}
	}
}

// TestVersionReads: an old version is read by its number, and what leads away from it are the references of that version.
func TestVersionReads(t *testing.T) {
	w := aged(t)
	got := w.data(`{ two: Patient(id: "a", version: "2") { nodeId birthDate meta { versionId } } now: Patient(id: "a") { nodeId birthDate } }`, nil)
	want := `{"two":{"nodeId":"Patient/a/_history/2","birthDate":"2001","meta":{"versionId":"2"}},"now":{"nodeId":"Patient/a","birthDate":"2009"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for version, code := range map[string]fault.Code{"5": fault.Gone, "7": fault.NotFound, "0": fault.NotFound, "x": fault.NotFound} {
		a := w.post(fmt.Sprintf(`{ Patient(id: "a", version: %q) { id } }`, version), nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != string(code) {
			t.Errorf("%s: %v", version, a.Errors)
		}
	}
}
