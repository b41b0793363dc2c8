package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/graph/stream"
	"github.com/heliograph/heliograph/search"
)

// following is a world with a feed.
func following(t testing.TB, change func(*graph.Config), resources ...string) *world {
	t.Helper()
	store := memory.Open(memory.Config{})
	return openOver(t, store, func(cfg *graph.Config) {
		feed, err := composite.NewFeed(composite.FeedConfig{Primary: store, Models: cfg.Models})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
		ended := make(chan struct{})
		go func() {
			feed.Run(ctx)
			close(ended)
		}()
		t.Cleanup(func() {
			stop()
			<-ended
		})
		cfg.Feed = feed
		cfg.Caller = func(r *http.Request) (search.Caller, error) {
			return search.Caller{Tenant: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}, nil
		}
		if change != nil {
			change(cfg)
		}
	}, resources...)
}

// begin starts an operation as a tenant.
func (w *world) begin(tenant, query string, variables any) (iter.Seq[stream.Result], *stream.Refusal) {
	w.t.Helper()
	session, no := w.handler.Streams().Session(httptest.NewRequest(http.MethodGet, "/graphql", nil), "Bearer "+tenant)
	if no != nil {
		return nil, no
	}
	payload, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	op, no := session.Parse(payload)
	if no != nil {
		return nil, no
	}
	return op.Start(w.t.Context())
}

// dataOf is the data of a query, as a tenant.
func (w *world) dataOf(tenant, query string) string {
	w.t.Helper()
	results, no := w.begin(tenant, query, nil)
	if no != nil {
		w.t.Fatalf("%s", no.Errors)
	}
	var out struct{ Data, Errors json.RawMessage }
	for r := range results {
		if err := json.Unmarshal(r.Data, &out); err != nil || out.Errors != nil {
			w.t.Fatalf("%v %s", err, r.Data)
		}
	}
	return string(out.Data)
}

// follow gives the results of a subscription one by one.
func (w *world) follow(query string, variables any) (next func() stream.Result) {
	w.t.Helper()
	results, no := w.begin("main", query, variables)
	if no != nil {
		w.t.Fatalf("%s", no.Errors)
	}
	pull, stop := iter.Pull(results)
	w.t.Cleanup(stop)
	return func() stream.Result {
		w.t.Helper()
		r, ok := pull()
		if !ok {
			w.t.Fatal("there are no more results")
		}
		return stream.Result{Data: append([]byte(nil), r.Data...), Token: r.Token, Errors: r.Errors}
	}
}

func wantData(t *testing.T, r stream.Result, want string) {
	t.Helper()
	if r.Errors != nil {
		t.Fatalf("ended: %s", r.Errors)
	}
	if diff := cmp.Diff(want, string(r.Data)); diff != "" {
		t.Fatal(diff)
	}
}

// patientOf is a Patient of a gender.
func patientOf(id, gender string) string {
	return `{"resourceType":"Patient","id":"` + id + `","gender":"` + gender + `","generalPractitioner":[{"reference":"Practitioner/d"}]}`
}

// TestSubscription: what is created, updated, leaves and is deleted, with what hangs on it, and each event once however many follow.
func TestSubscription(t *testing.T) {
	w := following(t, nil, `{"resourceType":"Practitioner","id":"d","name":[{"family":"Who"}]}`)
	query := `subscription($g: String) { on: PatientChanged(where: {gender: {code: [$g]}}) { __typename kind target versionId resource { ...P } } }
		fragment P on Patient { id generalPractitioner { resource { ... on Practitioner { name { family } } } } ObservationList(_reference: subject) { id } }`
	female := map[string]any{"g": "female"}
	first, second := w.follow(query, female), w.follow(query, female)
	before := w.counted.runs
	w.put(patientOf("a", "male")) // nobody's
	w.put(patientOf("a", "female"))
	resource := `{"id":"a","generalPractitioner":[{"resource":{"name":[{"family":"Who"}]}}],"ObservationList":[]}`
	for _, next := range []func() stream.Result{first, second} {
		wantData(t, next(), `{"data":{"on":{"__typename":"PatientChange","kind":"created","target":"Patient/a","versionId":"2","resource":`+resource+`}}}`)
	}
	if runs := w.counted.runs - before; runs != 1 {
		t.Errorf("the engine ran %d times for one event of two followers", runs)
	}
	w.put(`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"}}`)
	w.put(patientOf("a", "female"))
	wantData(t, first(), `{"data":{"on":{"__typename":"PatientChange","kind":"updated","target":"Patient/a","versionId":"3","resource":`+
		strings.Replace(resource, "[]", `[{"id":"o"}]`, 1)+`}}}`)
	w.put(patientOf("a", "male"))
	wantData(t, first(), `{"data":{"on":{"__typename":"PatientChange","kind":"left","target":"Patient/a","versionId":"4","resource":null}}}`)
	w.put(patientOf("b", "female"))
	first()
	w.remove(fhir.Ref{Type: "Patient", ID: "b"})
	wantData(t, first(), `{"data":{"on":{"__typename":"PatientChange","kind":"deleted","target":"Patient/b","versionId":"2","resource":null}}}`)
}

// TestSubscriptionResumes: from a token, by argument or by what the client has seen last.
func TestSubscriptionResumes(t *testing.T) {
	w := following(t, nil)
	query := `subscription($s: String) { changes(types: [Patient, Group], since: $s) { target token lastUpdated resource { id ... on Patient { gender } } } }`
	next := w.follow(query, nil)
	w.put(patientOf("a", "male"))
	r := next()
	var got struct {
		Data struct {
			Changes struct {
				Token, LastUpdated string
			}
		}
	}
	if err := json.Unmarshal(r.Data, &got); err != nil || got.Data.Changes.Token != r.Token || got.Data.Changes.LastUpdated == "" {
		t.Fatal(err, string(r.Data))
	}
	w.put(`{"resourceType":"Organization","id":"o","name":"x"}`)
	w.put(`{"resourceType":"Group","id":"g","type":"person","actual":true}`)
	var now struct{ Sync string }
	if err := json.Unmarshal([]byte(w.dataOf("main", `{ sync }`)), &now); err != nil || !strings.HasSuffix(now.Sync, ".3") {
		t.Error(now, err)
	}
	again := w.follow(query, map[string]any{"s": r.Token})()
	if !strings.Contains(string(again.Data), `"target":"Group/g"`) || !strings.Contains(string(again.Data), `"resource":{"id":"g"}`) {
		t.Error(string(again.Data))
	}
	session, _ := w.handler.Streams().Session(httptest.NewRequest(http.MethodGet, "/graphql", nil), "Bearer main")
	request := httptest.NewRequest(http.MethodGet, "/graphql?query=subscription+%7BGroupChanged%7Btarget%7D%7D", nil)
	request.Header.Set("Last-Event-ID", r.Token)
	op, no := session.Read(httptest.NewRecorder(), request)
	if no != nil {
		t.Fatalf("%s", no.Errors)
	}
	results, no := op.Start(t.Context())
	if no != nil {
		t.Fatalf("%s", no.Errors)
	}
	for r := range results {
		wantData(t, r, `{"data":{"GroupChanged":{"target":"Group/g"}}}`)
		break
	}
}

// TestSubscriptionRefused: what is wrong is told before any event.
func TestSubscriptionRefused(t *testing.T) {
	w := following(t, nil, patientOf("a", "male"), patientOf("b", "male"))
	head, err := w.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.Trim(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ query, code, text string }{
		"two fields":      {`subscription { PatientChanged { kind } changes { kind } }`, "GRAPHQL_VALIDATION_FAILED", "only one"},
		"one field twice": {`subscription { a: PatientChanged { kind } b: PatientChanged { kind } }`, "BAD_USER_INPUT", "one field"},
		"none":            {`subscription { PatientChanged @skip(if: true) { kind } }`, "BAD_USER_INPUT", "one field"},
		"introspection":   {`subscription { __typename }`, "GRAPHQL_VALIDATION_FAILED", "introspection"},
		"a chain":         {`subscription { PatientChanged(where: {organization: {Organization: {name: {eq: "x"}}}, gender: {code: "male"}}) { kind } }`, "UNSUPPORTED", "organization"},
		"reverse":         {`subscription { PatientChanged(where: {_has: {Observation: {by: subject}}}) { kind } }`, "UNSUPPORTED", "_has"},
		"a bad value":     {`subscription { PatientChanged(where: {birthdate: {gt: "soon"}}) { kind } }`, "BAD_USER_INPUT", "where.birthdate"},
		"no types":        {`subscription { changes(types: []) { kind } }`, "BAD_USER_INPUT", "types is empty"},
		"no token":        {`subscription { changes(since: "x") { kind } }`, "BAD_USER_INPUT", ""},
		"another epoch":   {`subscription { changes(since: "other.1") { kind } }`, "RESUME_EXPIRED", ""},
		"trimmed":         {`subscription { changes(since: "` + head.Epoch + `.0") { kind } }`, "RESUME_EXPIRED", ""},
	} {
		_, no := w.begin("main", c.query, nil)
		if no == nil {
			t.Errorf("%s: it is not refused", name)
			continue
		}
		if text := string(no.Errors); no.Status != http.StatusBadRequest || !strings.Contains(text, `"code":"`+c.code+`"`) || !strings.Contains(text, c.text) {
			t.Errorf("%s: %d %s", name, no.Status, text)
		}
	}
	if got := codes(w.post(`subscription { changes { kind } }`, nil)); fmt.Sprint(got) != "[BAD_USER_INPUT[]]" {
		t.Error("by plain HTTP:", got)
	}
	w = following(t, func(cfg *graph.Config) { cfg.Feed = nil })
	if _, no := w.begin("main", `subscription { changes { kind } }`, nil); no == nil || !strings.Contains(string(no.Errors), "UNSUPPORTED") {
		t.Error("without a feed:", no)
	}
}

// TestSubscriptionOfTenants: nobody hears of another's.
func TestSubscriptionOfTenants(t *testing.T) {
	w := following(t, nil)
	next := w.follow(`subscription { PatientChanged { target } }`, nil)
	w.putFor("other", patientOf("theirs", "male"))
	w.put(patientOf("ours", "male"))
	wantData(t, next(), `{"data":{"PatientChanged":{"target":"Patient/ours"}}}`)
}

// TestSubscriptionLimits: an event that is too much is told without what is too much, and the next one comes.
func TestSubscriptionLimits(t *testing.T) {
	w := following(t, func(cfg *graph.Config) { cfg.Limits.Response = 2000 })
	next := w.follow(`subscription { PatientChanged { target token resource { name { text } } } }`, nil)
	w.put(`{"resourceType":"Patient","id":"a","name":[{"text":"` + strings.Repeat("x", 4000) + `"}]}`)
	r := next()
	if text := string(r.Data); !strings.Contains(text, `"target":"Patient/a","token":"`+r.Token+`","resource":null`) || !strings.Contains(text, "TOO_COSTLY") || len(text) > 2000 {
		t.Error(text)
	}
	w.put(patientOf("b", "male"))
	if r := next(); strings.Contains(string(r.Data), "errors") {
		t.Error(string(r.Data))
	}
}

// TestStreamedOperations: queries and mutations over a stream, each once.
func TestStreamedOperations(t *testing.T) {
	w := following(t, nil, patientOf("a", "male"))
	for query, want := range map[string]string{
		`{ Patient(id: "a") { gender } }`: `{"data":{"Patient":{"gender":"male"}}}`,
		`mutation { PatientCreate(res: {resourceType: "Patient", gender: "female"}) { resource { gender } } }`: `{"data":{"PatientCreate":{"resource":{"gender":"female"}}}}`,
	} {
		results, no := w.begin("main", query, nil)
		if no != nil {
			t.Fatalf("%s", no.Errors)
		}
		n := 0
		for r := range results {
			n++
			wantData(t, r, want)
		}
		if n != 1 {
			t.Errorf("%d results", n)
		}
	}
}
