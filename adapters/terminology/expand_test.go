package terminology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// animals is a hierarchy by nesting; "cat" is below "pet", too, by a property.
const animals = `{"resourceType":"CodeSystem","id":"animals","url":"http://s/animals","version":"2.0","status":"active","content":"complete",
	"hierarchyMeaning":"is-a","valueSet":"http://s/ValueSet/animals","property":[{"code":"legs","type":"integer"},
	{"code":"kindOf","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"}],"concept":[
	{"code":"animal","concept":[
		{"code":"mammal","display":"Mammals","concept":[
			{"code":"cat","property":[{"code":"legs","valueInteger":4},{"code":"kindOf","valueCode":"pet"}]},
			{"code":"whale","property":[{"code":"legs","valueInteger":0}]}]},
		{"code":"bird","concept":[
			{"code":"dodo","property":[{"code":"legs","valueInteger":2},{"code":"status","valueCode":"retired"}]}]}]},
	{"code":"pet"}]}`

// set is a value set with this compose.
func set(id, compose string) string {
	return fmt.Sprintf(`{"resourceType":"ValueSet","id":"%s","url":"http://v/%s","status":"active","compose":%s}`, id, id, compose)
}

// filtered is a value set of the animals that pass filters.
func filtered(filters string) string {
	return set("x", `{"include":[{"system":"http://s/animals","filter":[`+filters+`]}]}`)
}

func filter(property, op, value string) string {
	return fmt.Sprintf(`{"property":"%s","op":"%s","value":"%s"}`, property, op, value)
}

// TestCompose: what includes, excludes and filters select. Codes of http://s/animals are written without it.
func TestCompose(t *testing.T) {
	const listed = `{"system":"http://s/animals","concept":[{"code":"cat"},{"code":"dog"}]}`
	other := set("other", `{"include":[{"system":"http://s/animals","concept":[{"code":"cat"},{"code":"pet"}]},{"system":"http://not/here","concept":[{"code":"z"}]}]}`)
	for _, c := range []struct {
		name, x, want string
	}{
		{"whole system", set("x", `{"include":[{"system":"http://s/animals"}]}`), "animal bird cat dodo mammal pet whale"},
		{"pinned", set("x", `{"include":[{"system":"http://s/animals","version":"2.0"}]}`), "animal bird cat dodo mammal pet whale"},
		{"active only", set("x", `{"inactive":false,"include":[{"system":"http://s/animals"}]}`), "animal bird cat mammal pet whale"},
		{"listed, less what the system has not", set("x", `{"include":[`+listed+`]}`), "cat"},
		{"listed of a system that is not here", set("x", `{"include":[{"system":"http://not/here","concept":[{"code":"a"}]}]}`), "http://not/here|a"},
		{"excluded", set("x", `{"include":[{"system":"http://s/animals"}],"exclude":[`+listed+`,{"system":"http://s/animals","filter":[`+filter("concept", "is-a", "bird")+`]}]}`), "animal mammal pet whale"},
		{"imported", set("x", `{"include":[{"valueSet":["http://v/other"]}]}`), "http://not/here|z cat pet"},
		{"imported by id", set("x", `{"include":[{"valueSet":["ValueSet/other"]}]}`), "http://not/here|z cat pet"},
		{"in all that is imported", set("x", `{"include":[{"valueSet":["http://v/other","http://s/ValueSet/animals"]}]}`), "cat pet"},
		{"of the system and imported", set("x", `{"include":[{"system":"http://s/animals","filter":[`+filter("concept", "is-a", "mammal")+`],"valueSet":["http://v/other"]}]}`), "cat"},
		{"excluded imports", set("x", `{"include":[{"system":"http://s/animals"}],"exclude":[{"valueSet":["http://v/other"]}]}`), "animal bird dodo mammal whale"},
		{"is-a", filtered(filter("concept", "is-a", "mammal")), "cat mammal whale"},
		{"is-a by a property", filtered(filter("concept", "is-a", "pet")), "cat pet"},
		{"descendent-of", filtered(filter("concept", "descendent-of", "animal")), "bird cat dodo mammal whale"},
		{"descendent-leaf", filtered(filter("concept", "descendent-leaf", "animal")), "cat dodo whale"},
		{"child-of", filtered(filter("concept", "child-of", "animal")), "bird mammal"},
		{"is-not-a", filtered(filter("concept", "is-not-a", "animal")), "pet"},
		{"generalizes", filtered(filter("concept", "generalizes", "cat")), "animal cat mammal pet"},
		{"=", filtered(filter("legs", "=", "4")), "cat"},
		{"= parent", filtered(filter("parent", "=", "mammal")), "cat whale"},
		{"= child", filtered(filter("child", "=", "cat")), "mammal pet"},
		{"in", filtered(filter("legs", "in", "4, 2")), "cat dodo"},
		{"in codes", filtered(filter("code", "in", "cat,dog")), "cat"},
		{"not-in", filtered(filter("legs", "not-in", "4,2")), "animal bird mammal pet whale"},
		{"exists", filtered(filter("legs", "exists", "true")), "cat dodo whale"},
		{"exists not", filtered(filter("legs", "exists", "false")), "animal bird mammal pet"},
		{"regex is of the whole", filtered(filter("code", "regex", ".a.")), "cat"},
		{"regex of alternatives", filtered(filter("code", "regex", "c|pet")), "pet"},
		{"regex of a display", filtered(filter("display", "regex", "[A-Z].*s")), "mammal"},
		{"filters are AND", filtered(filter("concept", "is-a", "animal") + "," + filter("legs", "in", "0,4")), "cat whale"},
		{"an expansion alone", `{"resourceType":"ValueSet","id":"x","url":"http://v/x","status":"active","expansion":{"timestamp":"2020-01-01","total":4,"contains":[
			{"system":"s","code":"group","abstract":true,"contains":[{"system":"s","code":"a"},{"display":"heading","contains":[{"system":"s","code":"b"}]}]}]}}`, "s|a s|b"},
		{"an expansion where the compose cannot be followed", `{"resourceType":"ValueSet","id":"x","url":"http://v/x","status":"active",
			"compose":{"include":[{"system":"http://not/here"}]},"expansion":{"timestamp":"2020-01-01","contains":[{"system":"http://not/here","code":"a"}]}}`, "http://not/here|a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKit(t, animals, other, c.x)
			got, err := k.expand(t, caller, in("http://v/x"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], "http://s/animals|")
			}
			if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRefused: what cannot be expanded says why, and is never an empty list.
func TestRefused(t *testing.T) {
	const empty = `{"resourceType":"CodeSystem","id":"e","url":"http://s/e","status":"active","content":"not-present"}`
	const parts = `{"resourceType":"CodeSystem","id":"p","url":"http://s/p","status":"active","content":"complete","hierarchyMeaning":"part-of","concept":[{"code":"a"}]}`
	include := func(what string) string { return set("x", `{"include":[`+what+`]}`) }
	for _, c := range []struct {
		name, x string
		code    fault.Code
		says    string
	}{
		{"unknown", set("y", `{}`), fault.BadUserInput, "the value set http://v/x is not stored here"},
		{"unknown system", include(`{"system":"http://not/here"}`), fault.BadUserInput, "in the value set http://v/x: the code system http://not/here is not stored here"},
		{"unknown version", include(`{"system":"http://s/animals","version":"1.0"}`), fault.BadUserInput, "there are the versions 2.0"},
		{"unknown import", include(`{"valueSet":["http://v/none"]}`), fault.BadUserInput, "the value set http://v/none is not stored here"},
		{"by itself", include(`{"valueSet":["http://v/x"]}`), fault.BadUserInput, "http://v/x → http://v/x"},
		{"contained", include(`{"valueSet":["#c"]}`), fault.Unsupported, "contained"},
		{"nothing at all", `{"resourceType":"ValueSet","id":"x","url":"http://v/x","status":"active"}`, fault.Unsupported, "neither a compose nor a whole expansion"},
		{"part of an expansion", `{"resourceType":"ValueSet","id":"x","url":"http://v/x","status":"active","expansion":{"timestamp":"2020-01-01","total":5,"contains":[{"system":"s","code":"a"}]}}`, fault.Unsupported, "neither"},
		{"no content", include(`{"system":"http://s/e"}`), fault.Unsupported, "not-present"},
		{"hierarchy of parts", include(`{"system":"http://s/p","filter":[` + filter("concept", "is-a", "a") + `]}`), fault.Unsupported, "part-of"},
		{"neither system nor set", include(`{"concept":[{"code":"a"}]}`), fault.BadUserInput, "neither a system nor a value set"},
		{"unknown operator", filtered(filter("concept", "like", "cat")), fault.Unsupported, "like"},
		{"unknown property", filtered(filter("color", "=", "red")), fault.BadUserInput, "color"},
		{"unknown code", filtered(filter("concept", "is-a", "dragon")), fault.BadUserInput, "dragon"},
		{"hierarchy of a property", filtered(filter("legs", "is-a", "4")), fault.BadUserInput, "legs"},
		{"no value", filtered(`{"property":"concept","op":"is-a"}`), fault.BadUserInput, "no value"},
		{"bad expression", filtered(filter("code", "regex", "(")), fault.Unsupported, "not understood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKit(t, animals, empty, parts, c.x)
			got, err := k.expand(t, caller, in("http://v/x"))
			if len(got) > 0 || fault.Of(err) != c.code || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("%v, %v; want %s: … %s …", got, err, c.code, c.says)
			}
		})
	}
}

// TestCircles: sets that import each other in a circle are refused with the way round; those that meet again are not.
func TestCircles(t *testing.T) {
	k := newKit(t, animals,
		set("a", `{"include":[{"valueSet":["http://v/b"]}]}`), set("b", `{"include":[{"valueSet":["http://v/c"]}]}`),
		set("c", `{"include":[{"system":"http://s/animals"},{"valueSet":["http://v/b"]}]}`),
		set("top", `{"include":[{"valueSet":["http://v/left"]},{"valueSet":["http://v/right"]}]}`),
		set("left", `{"include":[{"valueSet":["http://v/leaf"]}]}`), set("right", `{"include":[{"valueSet":["http://v/leaf"]}]}`),
		set("leaf", `{"include":[{"system":"http://s/animals","concept":[{"code":"cat"}]}]}`))
	_, err := k.expand(t, caller, in("http://v/a"))
	if fault.Of(err) != fault.BadUserInput || !strings.Contains(fmt.Sprint(err), "http://v/b → http://v/c → http://v/b") {
		t.Error(err)
	}
	if got, err := k.expand(t, caller, in("http://v/top")); len(got) != 1 || err != nil {
		t.Error(got, err)
	}
}

// TestSubsumption: above and below a code, whatever the hierarchy means.
func TestSubsumption(t *testing.T) {
	k := newKit(t, animals, `{"resourceType":"CodeSystem","id":"ring","url":"http://s/ring","status":"active","content":"complete","hierarchyMeaning":"part-of","concept":[
		{"code":"a","property":[{"code":"parent","valueCode":"b"}]},{"code":"b","property":[{"code":"parent","valueCode":"a"}]},{"code":"c","concept":[{"code":"d"}]}]}`)
	for _, c := range []struct {
		modifier     search.Modifier
		system, code string
		want         string
	}{
		{search.Below, "animals", "mammal", "cat mammal whale"},
		{search.Above, "animals", "cat", "animal cat mammal pet"},
		{search.Below, "animals", "cat", "cat"},
		{search.Below, "ring", "a", "a b"},
		{search.Above, "ring", "d", "c d"},
	} {
		got, err := k.expand(t, caller, search.CodeSet{Modifier: c.modifier, Code: fhir.Code{System: "http://s/" + c.system, Code: c.code}})
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], "http://s/"+c.system+"|")
		}
		if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" || err != nil {
			t.Errorf("%s %s: %v %s", c.modifier, c.code, err, diff)
		}
	}
	for _, c := range []fhir.Code{{System: "http://s/animals", Code: "dragon"}, {System: "http://not/here", Code: "a"}} {
		if _, err := k.expand(t, caller, search.CodeSet{Modifier: search.Below, Code: c}); fault.Of(err) != fault.BadUserInput {
			t.Errorf("%v: %v", c, err)
		}
	}
}
