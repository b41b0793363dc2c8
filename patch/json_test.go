package patch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/patch"
)

func TestJSON(t *testing.T) {
	const doc = `{"resourceType":"X","id":"i","a":[1.50,2,1e400],"b":{"c~/d":"\u00e4<","e":null}}`
	for _, c := range []struct{ ops, want string }{
		{`[{"op":"add","path":"/a/-","value":0.10}]`, `{"resourceType":"X","id":"i","a":[1.50,2,1e400,0.10],"b":{"c~/d":"\u00e4<","e":null}}`},
		{`[{"op":"add","path":"/a/0","value":{"x":1.0}}]`, `"a":[{"x":1.0},1.50,2,1e400]`},
		{`[{"op":"remove","path":"/a/1"}]`, `"a":[1.50,1e400]`},
		{`[{"op":"replace","path":"/b/c~0~1d","value":null}]`, `"b":{"c~/d":null,"e":null}`},
		{`[{"op":"move","from":"/a/0","path":"/b/n"}]`, `"a":[2,1e400],"b":{"c~/d":"\u00e4<","e":null,"n":1.50}`},
		{`[{"op":"copy","from":"/b","path":"/b/f"}]`, `"f":{"c~/d":"\u00e4<","e":null}}`},
		{`[{"op":"test","path":"/a/0","value":1.5},{"op":"test","path":"/b/e","value":null},{"op":"test","path":"/b/c~0~1d","value":"ä<"}]`, `"a":[1.50,2,1e400]`},
		{`[]`, doc},
		{`[{"op":"test","path":"/a","value":[1]}]`, `CONFLICT: JSON Patch, operation 0 (test): the resource does not have this value at "/a"`},
		{`[{"op":"remove","path":"/x"}]`, `operation 0 (remove): the resource has nothing at "/x"`},
		{`[{"op":"replace","path":"/x","value":1}]`, `nothing at "/x"`}, {`[{"op":"add","path":"/a/9","value":1}]`, `no position "/a/9"`},
		{`[{"op":"add","path":"/a/01","value":1}]`, `no position`}, {`[{"op":"add","path":"/x/y","value":1}]`, `nothing at "/x"`},
		{`[{"op":"move","from":"/b","path":"/b/x"}]`, `into itself`}, {`[{"op":"replace","path":"/id","value":"j"}]`, `changes id`},
		{`[{"op":"remove","path":"/resourceType"}]`, `changes resourceType`}, {`[{"op":"add","path":"","value":1}]`, `leaves no resource`},
		{`[{"op":"x","path":"a"},{"path":"/~2"},{"op":"add","path":"/a"}]`, `operation 0: "path" is no JSON Pointer`},
		{`[{"op":"x","path":"a"},{"path":"/~2"},{"op":"add","path":"/a"}]`, `operation 2: "value" is missing`},
		{`{}`, `a list of operations`}, {`[`, `no JSON`}, {`null`, `a list of operations`},
	} {
		p, err := patch.JSON([]byte(c.ops))
		if got := applied(p, err, doc); !strings.Contains(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.ops, got, c.want)
		}
	}
	p, _ := patch.JSON([]byte(`[{"op":"test","path":"/a","value":1}]`))
	if _, err := p.Apply([]byte(doc)); !errors.Is(err, patch.ErrTest) {
		t.Error(err)
	}
}

// TestCopyBomb: what doubles at each step ends.
func TestCopyBomb(t *testing.T) {
	for _, from := range []string{"", "/a"} {
		ops := make([]string, 60)
		for i := range ops {
			ops[i] = fmt.Sprintf(`{"op":"copy","from":%q,"path":"/a/x%d"}`, from, i)
		}
		p, err := patch.JSON([]byte("[" + strings.Join(ops, ",") + "]"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Apply([]byte(`{"resourceType":"X","a":{"s":"0123456789"}}`)); fault.Of(err) != fault.TooCostly {
			t.Error(err)
		}
	}
}

// TestDeep: what nests deeper than a resource may is refused, before it is taken apart level by level.
func TestDeep(t *testing.T) {
	deep := strings.Repeat("[", 5000) + `"` + strings.Repeat("x", 1<<20) + `"` + strings.Repeat("]", 5000)
	_, err := patch.JSON([]byte(`[{"op":"add","path":"/a","value":` + deep + `},{"op":"test","path":"/a","value":` + deep + `}]`))
	if fault.Of(err) != fault.BadUserInput {
		t.Error(err)
	}
	var ops []string
	for range 300 {
		ops = append(ops, `{"op":"copy","from":"/a","path":"/a/b"}`)
	}
	p, err := patch.JSON([]byte("[" + strings.Join(ops, ",") + "]"))
	if err == nil {
		_, err = p.Apply([]byte(`{"resourceType":"X","a":{"s":0}}`))
	}
	if fault.Of(err) != fault.TooCostly {
		t.Error(err)
	}
}

// TestWide: objects of many members are compared in time that is in proportion to them.
func TestWide(t *testing.T) {
	var one, other strings.Builder
	const n = 100_000
	for i := range n {
		fmt.Fprintf(&one, `"k%d":0,`, i)
		fmt.Fprintf(&other, `"k%d":0,`, n-1-i)
	}
	p, err := patch.JSON([]byte(`[{"op":"test","path":"/a","value":{` + strings.TrimSuffix(other.String(), ",") + `}}]`))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = p.Apply([]byte(`{"resourceType":"X","a":{` + strings.TrimSuffix(one.String(), ",") + `}}`))
	if took := time.Since(began); err != nil || took > 5*time.Second {
		t.Errorf("%v in %v", err, took)
	}
}

// TestUntouched: on every official example, a patch leaves all that it does not touch as it is written.
func TestUntouched(t *testing.T) {
	compiler := fhirpath.New(fhirpath.Config{})
	add, err := patch.JSON([]byte(`[{"op":"add","path":"/language","value":"en"},{"op":"copy","from":"","path":"/zz"},{"op":"remove","path":"/zz"}]`))
	if err != nil {
		t.Fatal(err)
	}
	path, err := patch.FHIRPath([]byte(params(`type=delete;path=Resource.language`, `type=add;path=Resource;name=language;value={"valueCode":"en"}`)), compiler)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	there := shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) {
		if n++; n%4 != 0 && testing.Short() || bytes.Contains(raw, []byte(`"language"`)) {
			return
		}
		compact := jsontext.Value(bytes.Clone(raw))
		if err := compact.Compact(jsontext.PreserveRawStrings(true)); err != nil {
			t.Fatal(err)
		}
		want := string(compact[:len(compact)-1]) + `,"language":"en"}`
		for _, p := range []patch.Patch{add, path} {
			out, err := p.Apply(raw)
			if err != nil {
				t.Errorf("%.60s: %v", raw, err)
				continue
			}
			got := jsontext.Value(out)
			if err := got.Compact(jsontext.PreserveRawStrings(true)); err != nil || string(got) != want {
				t.Errorf("%.60s: changed (%v)", raw, err)
			}
		}
	})
	if there && n < 600 {
		t.Errorf("only %d examples", n)
	}
}

// check holds the result of a patch on the patient to what every result is.
func check(t *testing.T, p patch.Patch, err error) []byte {
	if err == nil {
		var out []byte
		if out, err = p.Apply([]byte(patient)); err == nil {
			v := jsontext.Value(out)
			if !v.IsValid() || !bytes.Contains(out, []byte(`"Patient"`)) || !bytes.Contains(out, []byte(`"p"`)) {
				t.Fatalf("%s", out)
			}
			return out
		}
	}
	if fault.Of(err) == fault.Internal {
		t.Error(err)
	}
	return nil
}

// FuzzJSON: a result is JSON of the same type and id, and the one of another implementation.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`[{"op":"add","path":"/a","value":1.50}]`, `[{"op":"move","from":"/name/0/given/0","path":"/b"}]`,
		`[{"op":"copy","from":"/name","path":"/name/0/x"},{"op":"test","path":"/birthDate","value":"1970-01-01"},{"op":"remove","path":"/name/0"}]`} {
		f.Add([]byte(seed))
	}
	options := jsonpatch.NewApplyOptions()
	options.SupportNegativeIndices, options.EscapeHTML = false, false
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := patch.JSON(raw)
		out := check(t, p, err)
		if out == nil || bytes.Contains(raw, []byte(`"path":""`)) {
			return
		}
		other, err := jsonpatch.DecodePatch(raw)
		if err != nil {
			return
		}
		want, err := other.ApplyWithOptions([]byte(patient), options)
		if err != nil {
			return // it refuses more than RFC 6902 does
		}
		var a, b any
		if json.Unmarshal(out, &a) == nil && json.Unmarshal(want, &b) == nil && !reflect.DeepEqual(a, b) {
			t.Errorf("%s\n%s\n%s", raw, out, want)
		}
	})
}
