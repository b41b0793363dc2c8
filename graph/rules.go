package graph

import (
	"math"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// validation are the rules of the specification, but for that on overlapping fields (overlaps): those that suggest names, and those that do not.
type validation struct{ suggesting, quiet ruleSet }

func newValidation() validation {
	r := rules.NewDefaultRules()
	r.RemoveRule(rules.OverlappingFieldsCanBeMergedRule.Name)
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, completed(rules.ValuesOfCorrectTypeRule.RuleFunc))
	suggesting := ordered(r)
	r.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, completed(rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc))
	return validation{suggesting: suggesting, quiet: ordered(r)}
}

// completed is the library's rule of values (GraphQL 5.6.1) with what it lacks: it takes a whole number of any size for an Int and an
// empty object for any scalar, and a whole number beyond 64 bits for no ID.
func completed(base core.RuleFunc) core.RuleFunc {
	return func(on *core.Events, report core.AddErrFunc) {
		ignored := 0 // reports of base on the value that both see; observers are called in order
		on.OnValue(func(_ *core.Walker, v *ast.Value) {
			var wrong string
			ignored, wrong = judge(v)
			if wrong != "" {
				report(core.Message("%s", wrong), core.At(v.Position))
			}
		})
		base(on, func(options ...core.ErrorOption) {
			if ignored--; ignored < 0 {
				report(options...)
			}
		})
	}
}

// judge says how many of the library's first reports on a value do not count, and what is wrong with it.
func judge(v *ast.Value) (ignored int, wrong string) {
	const all = math.MaxInt
	if v.Definition == nil || v.ExpectedType == nil {
		return 0, ""
	}
	name := v.Definition.Name
	switch {
	case v.Kind == ast.IntValue && name == "ID":
		return all, ""
	case v.Kind == ast.IntValue && name == "Int":
		if _, err := strconv.ParseInt(v.Raw, 10, 32); err != nil {
			return all, "Int cannot represent a number beyond 32 bits"
		}
	case v.Kind == ast.ObjectValue && (v.Definition.Kind == ast.Enum || builtIn(name)):
		return all, v.ExpectedType.String() + " cannot represent an object"
	case v.Kind == ast.Variable || v.Kind == ast.ListValue && v.ExpectedType.Elem != nil || v.Kind == ast.ObjectValue:
		// The first report would be of a number within, which is judged where it stands.
		if _, err := v.Value(nil); err != nil {
			return 1, ""
		}
	}
	return 0, ""
}

func builtIn(scalar string) bool {
	switch scalar {
	case "Int", "Float", "String", "Boolean", "ID":
		return true
	}
	return false
}

// malformed finds what the library's parser takes and GraphQL's grammar (2) does not have: a document of nothing, variables of a fragment,
// and half of a surrogate pair, for which the parser puts another character.
func malformed(text string, doc *ast.QueryDocument) *gqlerror.Error {
	if len(doc.Operations) == 0 && len(doc.Fragments) == 0 {
		return unparsed("the query is empty", nil)
	}
	for _, f := range doc.Fragments {
		if len(f.VariableDefinition) > 0 {
			return unparsed("fragment "+f.Name+" has variables: only operations have", f.Position)
		}
	}
	if !strings.Contains(text, `\u`) {
		return nil
	}
	tokens := lexer.New(&ast.Source{Input: text})
	for {
		token, err := tokens.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return nil // the parser has read it already
		}
		if token.Kind == lexer.String && halved(text[token.Pos.Start:token.Pos.End]) {
			return unparsed(`a string has half of a surrogate pair: write \u{…}, or both halves`, &token.Pos)
		}
	}
}

func unparsed(message string, at *ast.Position) *gqlerror.Error {
	e := &gqlerror.Error{Message: message, Extensions: map[string]any{"code": codeParse}}
	if at != nil {
		e.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	return e
}

// halved says whether a string as it is written has the escape of a surrogate that has no other half.
func halved(literal string) bool {
	high := false
	for i := 0; i < len(literal); i++ {
		unit := uint64(0)
		if literal[i] == '\\' {
			i++
			if i+5 <= len(literal) && literal[i] == 'u' && literal[i+1] != '{' {
				unit, _ = strconv.ParseUint(literal[i+1:i+5], 16, 32) // four digits: the parser has read them
				i += 4
			}
		}
		low := 0xdc00 <= unit && unit <= 0xdfff
		if low != high {
			return true
		}
		high = 0xd800 <= unit && unit <= 0xdbff
	}
	return high
}
