package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/search"
)

// graphCases asks the search cases by GraphQL: as arguments, as a typed where and as _filter, wherever these can say them.
func graphCases(t *testing.T, k *kit, store primary, cases []searchCase, units search.Units) {
	t.Helper()
	h := k.graphOver(t, store)
	asked := map[string]int{}
	ask := func(h http.Handler, c *searchCase, form form, query string) {
		asked[form.name]++
		want := slices.Clone(c.Expect)
		got, err := idsOf(t, h, query)
		if !c.Ordered {
			slices.Sort(got)
			slices.Sort(want)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, as %s: %s\n%v\n%s", c.ID, form.name, query, err, cmp.Diff(want, got))
		}
	}
	for _, c := range cases {
		if !c.held(units) {
			continue
		}
		for _, form := range k.forms(t, &c) {
			ask(h, &c, form, fmt.Sprintf("{ %sList(%s) { id } }", c.ResourceType, strings.Join(form.arguments, ", ")))
			if form.name != "arguments" {
				continue
			}
			form.name = "arguments of the dialect"
			ask(h.FHIR(), &c, form, fmt.Sprintf("{ %sList(%s) { id } }", c.ResourceType, unquoted(form.arguments)))
		}
	}
	t.Logf("asked by GraphQL: %v", asked)
	if asked["arguments"] < 180 || asked["arguments of the dialect"] < 180 || asked["where"] < 230 || asked["_filter"] < 200 {
		t.Errorf("of %d cases too few are asked: %v", len(cases), asked)
	}
}

// bare is a text that is one of GraphQL's names or numbers, which the dialect takes without quotes.
var bare = regexp.MustCompile(`: "([A-Za-z_][A-Za-z0-9_]*|[1-9][0-9]*(\.[0-9]+)?)"$`)

// unquoted are arguments with as few quotes as the dialect needs.
func unquoted(arguments []string) string {
	var out []string
	for _, a := range arguments {
		if !strings.HasSuffix(a, `"null"`) {
			a = bare.ReplaceAllString(a, ": $1")
		}
		out = append(out, a)
	}
	return strings.Join(out, ", ")
}

// form is a case as the arguments of a list.
type form struct {
	name      string
	arguments []string
}

func (k *kit) forms(t *testing.T, c *searchCase) []form {
	t.Helper()
	reader := k.models.Current().Reader
	var all search.And
	var page, arguments []string
	plain := true
	for _, name := range sortedKeys(c.Params) {
		values := c.Params[name]
		switch name {
		case "_sort":
			page = append(page, "_sort: "+quotedText(strings.Join(values, ",")))
			continue
		case "_count", "_offset":
			page = append(page, name+": "+values[0])
			continue
		}
		e, err := reader.Clause(c.ResourceType, name, values)
		if err != nil {
			t.Fatal(c.ID, err)
		}
		all = append(all, e)
		plain = plain && len(values) == 1 && !strings.ContainsAny(name, ":.") && name != "_filter"
		arguments = append(arguments, argumentOf(name)+": "+quotedText(values[0]))
	}
	var out []form
	if plain {
		out = append(out, form{"arguments", append(arguments, page...)})
	}
	if text := whereText(all); text != "" {
		out = append(out, form{"where", append([]string{"where: " + text}, page...)})
	}
	if text, err := search.FilterText(search.Simplify(all)); err == nil {
		out = append(out, form{"_filter", append([]string{"_filter: " + quotedText(text)}, page...)})
	}
	return out
}

func idsOf(t *testing.T, h http.Handler, query string) ([]string, error) {
	t.Helper()
	var answer struct {
		Data   map[string][]struct{ ID string }
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(serve(t, h, query), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Errors) > 0 {
		return nil, fmt.Errorf("%s", answer.Errors[0].Message)
	}
	var ids []string
	for _, rows := range answer.Data {
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

func sortedKeys(m map[string][]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
