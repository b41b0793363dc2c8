package fhirpath

// function is a function of the language.
type function struct {
	min, max int
	types    bool // its argument is a type
	pattern  bool // its first argument is a regular expression
	run      func(ev *evaluation, n *node, in collection) collection
}

// functions are all that an expression may call (FHIRPath 2.0; R4, "Using FHIRPath").
var functions = merged(existence, sets, subsets, conversions, texts, maths, trees)

func merged(groups ...map[string]*function) map[string]*function {
	all := map[string]*function{}
	for _, g := range groups {
		for name, fn := range g {
			all[name] = fn
		}
	}
	return all
}

// refused are those that are known and not supported, and why.
var refused = map[string]string{
	"trace":             "it would write patient data to a log",
	"memberOf":          "it needs a terminology; search with :in instead",
	"subsumes":          "it needs a terminology; search with :below instead",
	"subsumedBy":        "it needs a terminology; search with :above instead",
	"conformsTo":        "profiles are not checked",
	"htmlChecks":        "narratives are checked when they are stored",
	"elementDefinition": "there is no profile to ask",
	"slice":             "there is no profile to ask",
	"checkModifiers":    "name the modifier extensions that matter by extension()",
}
