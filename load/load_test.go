package load_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/search"
)

func intake(t testing.TB) *composite.Intake {
	t.Helper()
	params, problems := search.NewParameters(fhir.R4())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	models, err := composite.NewModels(composite.ModelConfig{Parameters: params})
	if err != nil {
		t.Fatal(err)
	}
	return composite.NewIntake(fhir.R4(), models)
}

// file writes a file into a temporary folder and gives its path.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t testing.TB, store load.Target, cfg load.Config, paths ...string) load.Summary {
	t.Helper()
	cfg.Target, cfg.Intake = store, intake(t)
	l, err := load.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := l.Run(t.Context(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func patient(id, family string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q,"name":[{"family":%q}]}`, id, family)
}

func read(t testing.TB, store adapters.Reader, typ, id string) search.Resource {
	t.Helper()
	out, _, err := store.Read(t.Context(), search.Caller{Tenant: "main"}, 0, []search.Key{{Ref: fhir.Ref{Type: typ, ID: id}}})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

// TestFormats: the same lines in every form give the same store.
func TestFormats(t *testing.T) {
	lines := patient("a", "A") + "\n" + patient("b", "B") + "\n\n" + patient("c", "C")
	var gz, zst bytes.Buffer
	z := gzip.NewWriter(&gz)
	fmt.Fprint(z, lines)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, lines)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	entries := strings.Split(strings.ReplaceAll(lines, "\n\n", "\n"), "\n")
	bundle := `{"entry":[{"resource":` + strings.Join(entries, `},{"resource":`) + `}],"resourceType":"Bundle","type":"collection"}`
	for name, content := range map[string][]byte{
		"a.ndjson": []byte(lines), "a.ndjson.gz": gz.Bytes(), "a.jsonl.zst": zst.Bytes(), "b.json": []byte(bundle),
	} {
		t.Run(name, func(t *testing.T) {
			store := memory.Open(memory.Config{})
			sum := run(t, store, load.Config{}, file(t, name, content))
			if sum.Created != 3 || sum.Rejected != 0 {
				t.Fatalf("%+v", sum)
			}
			for _, id := range []string{"a", "b", "c"} {
				if read(t, store, "Patient", id).Version != 1 {
					t.Errorf("Patient/%s is not there", id)
				}
			}
		})
	}
}

// TestRejects: bad lines are reported with place, path and reason, are written to the rejects, and stop nothing.
func TestRejects(t *testing.T) {
	input := strings.Join([]string{
		patient("a", "A"),
		`{"resourceType":"Patient","id":"b","gender":"neuter","birthDate":"1970-13-01"}`,
		`{"resourceType":"Patient","id":"c"`,
		"\x80\xff",
		`{"resourceType":"Nonsense","id":"d"}`,
		patient("e", "E"),
	}, "\n")
	var rejects bytes.Buffer
	var reported []load.Reject
	store := memory.Open(memory.Config{})
	sum := run(t, store, load.Config{Rejects: &rejects, Report: func(r load.Reject) { reported = append(reported, r) }},
		file(t, "in.ndjson", []byte(input)))
	if sum.Created != 2 || sum.Rejected != 4 || len(reported) != 4 {
		t.Fatalf("%+v, %d reported", sum, len(reported))
	}
	paths := []string{}
	for _, reason := range reported[0].Reasons {
		paths = append(paths, reason.Path)
	}
	if diff := cmp.Diff([]string{"Patient.gender", "Patient.birthDate"}, paths); diff != "" {
		t.Error(diff)
	}
	for i, want := range []int{2, 3, 4, 5} {
		if reported[i].Line != want {
			t.Errorf("reject %d is of line %d, want %d", i, reported[i].Line, want)
		}
	}
	if n := bytes.Count(rejects.Bytes(), []byte("\n")); n != 4 {
		t.Errorf("%d rejects written", n)
	}
	if !json.Valid(bytes.Split(rejects.Bytes(), []byte("\n"))[2]) {
		t.Error("a reject is no JSON")
	}
}

// TestRerun: a file that was loaded is not read again; changed content is; --again finds nothing to change.
func TestRerun(t *testing.T) {
	store := memory.Open(memory.Config{})
	first := patient("a", "A") + "\n" + patient("a", "B")
	path := file(t, "in.ndjson", []byte(first))
	if sum := run(t, store, load.Config{}, path); sum.Created != 1 || sum.Updated != 1 {
		t.Fatalf("%+v", sum)
	}
	if sum := run(t, store, load.Config{}, path); sum.SkippedFiles != 1 || sum.Loaded() != 0 {
		t.Fatalf("second run: %+v", sum)
	}
	other := file(t, "in.ndjson", []byte(patient("a", "B")))
	if sum := run(t, store, load.Config{}, other); sum.Unchanged != 1 {
		t.Fatalf("same content in another file: %+v", sum)
	}
	versions := `{"resourceType":"Patient","id":"v","meta":{"lastUpdated":"2020-01-01T00:00:00Z"}}` + "\n" +
		`{"resourceType":"Patient","id":"v","gender":"male","meta":{"lastUpdated":"2021-01-01T00:00:00Z"}}`
	for range 2 {
		sum := run(t, store, load.Config{Again: true}, file(t, "versions.ndjson", []byte(versions)))
		if v := read(t, store, "Patient", "v"); v.Version != 2 || sum.Updated == 0 && sum.Older != 1 {
			t.Errorf("version %d after %+v: an old version came again", v.Version, sum)
		}
	}
	if v := read(t, store, "Patient", "a").Version; v != 2 {
		t.Errorf("version %d, want 2", v)
	}
}

// stopping fails after some writes, as a killed process would.
type stopping struct {
	load.Target
	left int
}

func (s *stopping) Write(ctx context.Context, members []adapters.Member) ([]adapters.Outcome, error) {
	if s.left == 0 {
		return nil, fmt.Errorf("stopped")
	}
	s.left--
	return s.Target.Write(ctx, members)
}

// TestResume: a load that stops anywhere and is run again has every resource once, at its last version.
func TestResume(t *testing.T) {
	var input []string
	for i := range 100 {
		input = append(input, patient(fmt.Sprintf("p%d", i%60), fmt.Sprintf("F%d", i)))
	}
	path := file(t, "in.ndjson", []byte(strings.Join(input, "\n")))
	for stop := range 11 {
		store := memory.Open(memory.Config{})
		l, err := load.New(load.Config{Target: &stopping{store, stop}, Intake: intake(t), Batch: 10})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Run(t.Context(), path); err == nil && stop < 10 {
			t.Fatalf("stop %d: no error", stop)
		}
		sum := run(t, store, load.Config{Batch: 10}, path)
		if stop < 10 && sum.Resumed != int64(stop*10) {
			t.Errorf("stop %d: resumed %d lines", stop, sum.Resumed)
		}
		for i := range 60 {
			want := int64(1)
			if i < 40 {
				want = 2
			}
			if got := read(t, store, "Patient", fmt.Sprintf("p%d", i)).Version; got != want {
				t.Errorf("stop %d: Patient/p%d has version %d, want %d", stop, i, got, want)
			}
		}
	}
}

const transaction = `{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","name":[{"family":"T"}]},"request":{"method":"POST","url":"Patient"}},
 {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:1"}},"request":{"method":"POST","url":"Observation"}}%s]}`

// TestTransaction: references are rewritten, a rerun is a no-op, and one bad entry keeps all out.
func TestTransaction(t *testing.T) {
	store := memory.Open(memory.Config{})
	path := file(t, "tx.json", []byte(fmt.Sprintf(transaction, "")))
	if sum := run(t, store, load.Config{}, path); sum.Created != 2 {
		t.Fatalf("%+v", sum)
	}
	if sum := run(t, store, load.Config{}, path); sum.SkippedFiles != 1 {
		t.Fatalf("rerun: %+v", sum)
	}
	sum := run(t, store, load.Config{References: load.Warn, Again: true}, path)
	if sum.Unchanged != 2 || sum.Dangling != 0 {
		t.Fatalf("again: %+v", sum)
	}
	bad := file(t, "bad.json", []byte(fmt.Sprintf(transaction, `,{"resource":{"resourceType":"Patient","id":"bad","gender":"x"}}`)))
	store = memory.Open(memory.Config{})
	if sum := run(t, store, load.Config{}, bad); sum.Loaded() != 0 || sum.Rejected != 1 {
		t.Fatalf("bad entry: %+v", sum)
	}
}

// TestReferences: Warn counts what is missing, Enforce keeps it out; forward references are no matter.
func TestReferences(t *testing.T) {
	obs := func(id, to string) string {
		return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/%s"}}`, id, to)
	}
	input := []byte(strings.Join([]string{obs("1", "a"), obs("2", "nobody"), patient("a", "A")}, "\n"))
	sum := run(t, memory.Open(memory.Config{}), load.Config{References: load.Warn}, file(t, "in.ndjson", input))
	if sum.Created != 3 || sum.Dangling != 1 || sum.DanglingRefs[0] != "Patient/nobody" {
		t.Errorf("warn: %+v", sum)
	}
	sum = run(t, memory.Open(memory.Config{}), load.Config{References: load.Enforce}, file(t, "in.ndjson", input))
	if sum.Created != 2 || sum.Rejected != 1 {
		t.Errorf("enforce: %+v", sum)
	}
}

// TestTruncated: an archive that ends early is reported, and what came before is there.
func TestTruncated(t *testing.T) {
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	for i := range 2000 {
		fmt.Fprintln(z, patient(fmt.Sprintf("p%d", i), strings.Repeat("x", i%97)))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := file(t, "in.ndjson.gz", gz.Bytes()[:gz.Len()/2])
	sum := run(t, memory.Open(memory.Config{}), load.Config{}, path)
	if sum.Rejected == 0 || sum.Created == 0 {
		t.Errorf("%+v", sum)
	}
}

// write writes a file anew.
func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
