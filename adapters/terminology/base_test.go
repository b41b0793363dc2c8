package terminology_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/terminology"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestBaseAgrees: what the base definitions expand to is what required bindings of the same value sets allow.
func TestBaseAgrees(t *testing.T) {
	k := newKit(t)
	checked := 0
	for typ := range fhir.R4().Types() {
		for _, e := range typ.Elements {
			if e.Binding == nil || e.Binding.Strength != "required" {
				continue
			}
			held := fhir.R4().ValueSet(e.Binding.ValueSet)
			if held == nil {
				continue
			}
			var want []string
			for _, c := range held.Codes {
				want = append(want, c.System+"|"+c.Code)
			}
			slices.Sort(want)
			got, err := k.expand(t, caller, in(held.URL))
			if diff := cmp.Diff(slices.Compact(want), got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", held.URL, err, diff)
			}
			checked++
		}
	}
	if checked < 200 {
		t.Errorf("only %d bindings were checked", checked)
	}
}

// TestBaseExpands: what there is of value sets expands, or says why not; hierarchies are HL7's, those that properties add included.
func TestBaseExpands(t *testing.T) {
	k := newKit(t)
	whole := 0
	urls := terminology.ValueSets(terminology.R4())
	for _, url := range urls {
		got, err := k.expand(t, caller, in(url))
		switch {
		case err == nil && len(got) > 0:
			whole++
		case err != nil && fault.Of(err) != fault.BadUserInput && fault.Of(err) != fault.Unsupported:
			t.Errorf("%s: %v", url, err)
		}
	}
	if t.Logf("%d of %d value sets expand", whole, len(urls)); whole < 650 {
		t.Error("too few")
	}
	const act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	got, err := k.expand(t, caller, search.CodeSet{Modifier: search.Above, Code: fhir.Code{System: act, Code: "AMB"}})
	if diff := cmp.Diff([]string{act + "|AMB", act + "|_ActCareProvisionCode", act + "|_ActEncounterCode"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
