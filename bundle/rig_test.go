package bundle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

var here = search.Caller{Tenant: "main"}

// desk is a processor over a primary.
type desk struct {
	*bundle.Processor
	primary adapters.Primary
	dir     string
}

func newDesk(t testing.TB, primary adapters.Primary, cfg bundle.Config) desk {
	t.Helper()
	models, err := composite.NewModels(composite.ModelConfig{Parameters: adaptertest.Parameters(t)})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Storage, err = composite.NewStorage(composite.StorageConfig{Primary: primary, Intake: composite.NewIntake(fhir.R4(), models)})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Dir = t.TempDir()
	p, err := bundle.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return desk{p, primary, cfg.Dir}
}

func openSQLite(t testing.TB) *sqlite.Store { return openQueue(t, 0) }

// openQueue opens a store whose queue has a size.
func openQueue(t testing.TB, bytes int64) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Config{QueueBytes: bytes, Dir: t.TempDir(), Chronological: adaptertest.Parameters(t).Chronological, Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// desks runs a test over each primary.
func desks(t *testing.T, cfg bundle.Config, test func(t *testing.T, d desk)) {
	t.Run("memory", func(t *testing.T) { t.Parallel(); test(t, newDesk(t, memory.Open(memory.Config{}), cfg)) })
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, newDesk(t, openSQLite(t), cfg)) })
}

// answer is a response as a client reads it.
type answer struct {
	ResourceType, Type string
	Entry              []struct {
		Resource map[string]any
		Response struct {
			Status, Location, Etag, LastModified string
			Outcome                              *struct {
				Issue []struct{ Severity, Code, Diagnostics string }
			}
		}
	}
}

func (d desk) run(t testing.TB, o bundle.Options, kind string, entries ...string) (answer, error) {
	t.Helper()
	raw := `{"entry":[` + strings.Join(entries, ",\n") + `],"type":"` + kind + `","resourceType":"Bundle"}`
	r, err := d.Process(t.Context(), here, strings.NewReader(raw), o)
	if left, e := os.ReadDir(d.dir); err != nil && (e != nil || len(left) > 0) {
		t.Errorf("files are left: %v %v", left, e)
	}
	if err != nil {
		return answer{}, err
	}
	defer r.Close()
	var out bytes.Buffer
	n, err := r.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d of %d bytes, %v", n, out.Len(), err)
	}
	var a answer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if a.ResourceType != "Bundle" || a.Type != kind+"-response" || len(a.Entry) != len(entries) {
		t.Fatalf("%s", &out)
	}
	return a, nil
}

func (d desk) must(t testing.TB, kind string, entries ...string) answer {
	t.Helper()
	a, err := d.run(t, bundle.Options{Return: bundle.Representation, Fetch: d.fetch}, kind, entries...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fetch reads Type/id.
func (d desk) fetch(ctx context.Context, r bundle.Request) bundle.Answer {
	typ, id, _ := strings.Cut(r.URL, "/")
	found, _, err := d.primary.Read(ctx, here, 0, []search.Key{{Ref: fhir.Ref{Type: typ, ID: id}}})
	if err != nil || found[0].Version == 0 || found[0].Deleted {
		return bundle.Answer{Status: 404, Resource: []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}`)}
	}
	return bundle.Answer{Status: 200, Resource: found[0].Body.JSON, ETag: `W/"1"`, LastModified: found[0].LastUpdated}
}

func (d desk) body(t testing.TB, ref string) string {
	t.Helper()
	typ, id, _ := strings.Cut(ref, "/")
	found, _, err := d.primary.Read(t.Context(), here, 0, []search.Key{{Ref: fhir.Ref{Type: typ, ID: id}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(found[0].Body.JSON)
}

func entry(method, url, resource string, more ...string) string {
	e := fmt.Sprintf(`{"request":{"method":%q,"url":%q%s}`, method, url, strings.Join(more, ""))
	if resource != "" {
		e += `,"resource":` + resource
	}
	return e + "}"
}

func named(fullURL, e string) string { return `{"fullUrl":"` + fullURL + `",` + e[1:] }

func patient(id, family string) string {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	return `{"resourceType":"Patient",` + id + `"name":[{"family":"` + family + `"}]}`
}

func observation(id, subject string) string {
	return strings.Replace(`{"resourceType":"Observation","id":"`+id+`","status":"final","code":{"text":"x"},"subject":{"reference":"`+subject+`"}}`, `"id":"",`, "", 1)
}
