package search

import (
	"fmt"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// ReadCustom reads a SearchParameter resource of R4. active says that its status is active: others are not in effect. What is wrong
// with it CheckCustom says.
func ReadCustom(v *fastjson.Value) (custom Custom, active bool) {
	custom = Custom{ID: text(v, "id"), SearchParameter: fhir.SearchParameter{
		Code: text(v, "code"), URL: text(v, "url"), Type: text(v, "type"), Expression: text(v, "expression"),
		Base: texts(v, "base"), Targets: texts(v, "target"), Description: summary(text(v, "description")),
	}}
	for _, c := range v.GetArray("component") {
		custom.Components = append(custom.Components, fhir.Component{Definition: text(c, "definition"), Expression: text(c, "expression")})
	}
	return custom, text(v, "status") == "active"
}

func texts(v *fastjson.Value, key string) []string {
	var out []string
	for _, one := range v.GetArray(key) {
		out = append(out, string(one.GetStringBytes()))
	}
	return out
}

// summary is the first paragraph of a description, on one line and not long: it goes into schemas.
func summary(description string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(description), "\n\n")
	first = strings.Join(strings.Fields(first), " ")
	const most = 300
	if r := []rune(first); len(r) > most {
		first = string(r[:most-1]) + "…"
	}
	return first
}

// CheckCustom says everything that keeps an active SearchParameter resource from being in effect beside the parameters that there are,
// itself excepted: each problem with the FHIRPath of its element.
func (ps *Parameters) CheckCustom(v *fastjson.Value) []fhir.Issue {
	custom, _ := ReadCustom(v)
	var issues []fhir.Issue
	at := func(path, code, message string, args ...any) {
		issues = append(issues, fhir.Issue{Path: "SearchParameter." + path, Code: code, Message: fmt.Sprintf(message, args...)})
	}
	if why := badCode(custom.Code); why != "" {
		at("code", "value", "%s", why)
	}
	for i, name := range custom.Base {
		if len(concrete(ps.defs, []string{name})) == 0 {
			at(fmt.Sprintf("base[%d]", i), "value", "no resource type of FHIR %s", ps.defs.Version)
		}
	}
	for i, name := range custom.Targets {
		if !ps.defs.IsResource(name) && name != "Resource" {
			at(fmt.Sprintf("target[%d]", i), "value", "no resource type of FHIR %s", ps.defs.Version)
		}
	}
	kind := ParamTypeOf(custom.Type)
	if len(custom.Targets) > 0 && kind != Reference {
		at("target", "value", "only a parameter of type reference has targets")
	}
	if len(custom.Components) > 0 && kind != Composite {
		at("component", "value", "only a parameter of type composite has components")
	}
	if custom.Expression == "" {
		at("expression", "required", "an expression is needed: the FHIRPath of the values, from the resource type on")
		return issues
	}
	return append(issues, ps.conflicts(custom)...)
}

// badCode says what is wrong with a code; "" for nothing.
func badCode(code string) string {
	const most = 64
	if strings.HasPrefix(code, "_") {
		return "a code that begins with _ is FHIR's own; choose another"
	}
	bad := func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	if code == "" || len(code) > most || strings.ContainsFunc(code, bad) {
		return "a code is of letters, digits, - and _, at most 64"
	}
	return ""
}

// conflicts compiles a parameter beside the others. What is wrong on several types in the same way is one issue.
func (ps *Parameters) conflicts(custom Custom) []fhir.Issue {
	others := slices.DeleteFunc(slices.Clone(ps.customs), func(c Custom) bool { return c.ID == custom.ID })
	var issues []fhir.Issue
	for _, c := range others {
		if c.URL == custom.URL {
			issues = append(issues, fhir.Issue{Path: "SearchParameter.url", Code: "value", Message: "SearchParameter/" + c.ID + " has this url"})
		}
	}
	beside := ps
	if len(others) < len(ps.customs) {
		beside, _ = ps.With(others)
	}
	c := customCompiler{compiler: compiler{defs: ps.defs, parsed: map[string]*node{}}, out: beside, urls: urlsOf(append(others, custom)), only: true}
	c.add(&custom)
	types := map[problem][]string{}
	var order []problem
	for _, err := range c.errs {
		e := err.(*CustomError)
		p := problem{e.Path, e.Message}
		if types[p] == nil {
			order = append(order, p)
		}
		types[p] = append(types[p], e.Type)
	}
	for _, p := range order {
		on := types[p]
		if len(on) > maxNamed {
			on = append(on[:maxNamed:maxNamed], "…")
		}
		issues = append(issues, fhir.Issue{Path: "SearchParameter." + p.path, Code: "value", Message: "on " + strings.Join(on, ", ") + ": " + p.message})
	}
	return issues
}

// maxNamed is how many types or names a message lists.
const maxNamed = 5
