package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph"
)

// TestBatch: an array of requests is answered by an array in its order; the error of one is its own.
func TestBatch(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Batch = 4; c.Limits.Body = 4096 }, ward()...)
	for name, c := range map[string]struct {
		body, accept string
		status       int
		want         string
	}{
		"in order": {`[{"query":"{ version }"}, {"query":"query($i: ID) { Patient(id: $i) { id } }","variables":{"i":"p2"}}]`, "", 200,
			`[{"data":{"version":"test"}},{"data":{"Patient":{"id":"p2"}}}]`},
		"with a mark":    {"\ufeff [{\"query\":\"{ version }\"}]", "", 200, `[{"data":{"version":"test"}}]`},
		"one that fails": {`[{"query":"{ nothing }"}, 7, {"query":"{ version }"}, {}]`, "", 200, `[GRAPHQL_VALIDATION_FAILED BAD_USER_INPUT ok BAD_USER_INPUT]`},
		"nested":         {`[[{"query":"{ version }"}], {"query":"{ version }"}]`, "", 200, `[BAD_USER_INPUT ok]`},
		"mutations":      {`[{"query":"mutation { PatientDelete(id: \"p1\") { effect } }"}, {"query":"{ Patient(id: \"p1\") { id } }"}]`, "", 200, `[ok GONE]`},
		"subscription":   {`[{"query":"subscription { changes { token } }"}, {"query":"{ version }"}]`, "", 200, `[BAD_USER_INPUT ok]`},
		"empty":          {`[ ]`, "", 400, "has no requests"},
		"too many":       {`[` + strings.TrimSuffix(strings.Repeat(`{"query":"{ version }"},`, 5), ",") + `]`, "", 400, "BATCH_LIMIT"},
		"many numbers":   {`[` + strings.TrimSuffix(strings.Repeat(`0,`, 100_000), ",") + `]`, "", 400, "BATCH_LIMIT"},
		"large":          {`[{"query":"{ version }"},{"query":"{ version #` + strings.Repeat("x", 4096) + `\n }"}]`, "", 200, `[TOO_COSTLY TOO_COSTLY]`},
		"not closed":     {`[{"query":"{ version }"}`, "", 400, "BAD_USER_INPUT"},
		"not JSON":       {`[{"query":]`, "", 400, "request 1 of the batch"},
		"more behind":    {`[{"query":"{ version }"}] {}`, "", 400, "BAD_USER_INPUT"},
		"another type":   {`[{"query":"{ version }"}]`, "application/graphql-response+json", 406, "application/json"},
		"both types":     {`[{"query":"{ version }"}]`, "application/graphql-response+json, application/json;q=0.9", 200, `[{"data":{"version":"test"}}]`},
	} {
		t.Run(name, func(t *testing.T) {
			var header []string
			if c.accept != "" {
				header = []string{"Accept", c.accept}
			}
			rec := w.raw(c.body, header...)
			got := rec.Body.String()
			if rec.Code != c.status || !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
				t.Errorf("%d %s", rec.Code, rec.Header().Get("Content-Type"))
			}
			if !strings.Contains(got, c.want) && outcomes(got) != c.want {
				t.Errorf("%.300s\n%s", got, outcomes(got))
			}
		})
	}
}

// outcomes are the codes of the first errors of a batch's answers.
func outcomes(body string) string {
	var answers []answer
	if err := json.Unmarshal([]byte(body), &answers); err != nil {
		return err.Error()
	}
	var out []string
	for _, a := range answers {
		code := "ok"
		if len(a.Errors) > 0 {
			code = fmt.Sprint(a.Errors[0].Extensions["code"])
		}
		out = append(out, code)
	}
	return fmt.Sprint(out)
}

// TestBatchIsBounded: the response of a batch is bounded as that of one request is.
func TestBatchIsBounded(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Response = 100 }, ward()...)
	got := w.raw(`[{"query":"{ PatientList { id } }"},{"query":"{ PatientList { id } }"},{"query":"{ version }"}]`).Body.String()
	if outcomes(got) != "[ok ok TOO_COSTLY]" || !strings.Contains(got, "RESPONSE_LIMIT") {
		t.Error(got)
	}
}
