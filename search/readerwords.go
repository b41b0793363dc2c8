package search

import "strings"

// text reads _text and _content: alternatives of words that must all be there, or of expressions.
func (s *reading) text(p *Param, modifier string, alternatives []string) (Expr, error) {
	if modifier != "" {
		return nil, s.bad("%s has no modifier :%s", p.Code, printable(modifier))
	}
	plain := Text{Content: p.Code == ParamContent}
	var any Or
	for _, a := range alternatives {
		text := unescape(a)
		if !logical(text) {
			words := Tokens(text)
			if len(words) == 0 {
				return nil, s.noWord()
			}
			plain.Any = append(plain.Any, words)
			continue
		}
		r := wordReader{reading: s, content: plain.Content, rest: wordTokens(text)}
		e, err := r.whole()
		if err != nil {
			return nil, err
		}
		any = append(any, e)
	}
	if len(plain.Any) > 0 {
		any = append(any, plain)
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return any, nil
}

func (s *reading) noWord() error { return s.bad("there is no word to search for") }

// logical says whether a text is an expression: it has a parenthesis, or AND, OR or NOT in capitals. Without, these are words.
func logical(text string) bool {
	if strings.ContainsAny(text, "()") {
		return true
	}
	for word := range strings.FieldsSeq(text) {
		if word == "AND" || word == "OR" || word == "NOT" {
			return true
		}
	}
	return false
}

// wordTokens are the parentheses and the runs between them and white space.
func wordTokens(text string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
}

// wordReader reads expressions like "(bone OR liver) and metastases" (FHIR R4, 3.1.1.5.5): NOT binds most, then AND, which may be left
// out, then OR; in any case of letters.
type wordReader struct {
	*reading
	content bool
	rest    []string
	depth   int
}

func (r *wordReader) whole() (Expr, error) {
	e, err := r.or()
	if err == nil && len(r.rest) > 0 {
		err = r.bad("a ) has no ( before it")
	}
	return e, err
}

// next says whether a token or keyword comes next, and takes it.
func (r *wordReader) next(token string) bool {
	if len(r.rest) > 0 && strings.EqualFold(r.rest[0], token) {
		r.rest = r.rest[1:]
		return true
	}
	return false
}

// at says whether one of some tokens comes next.
func (r *wordReader) at(tokens ...string) bool {
	for _, t := range tokens {
		if len(r.rest) > 0 && strings.EqualFold(r.rest[0], t) {
			return true
		}
	}
	return false
}

func (r *wordReader) or() (Expr, error) {
	var any Or
	for {
		e, err := r.and()
		if err != nil {
			return nil, err
		}
		if any = append(any, e); r.next("OR") {
			continue
		}
		if len(any) == 1 {
			return e, nil
		}
		return any, nil
	}
}

func (r *wordReader) and() (Expr, error) {
	var all And
	for {
		e, err := r.term()
		if err != nil {
			return nil, err
		}
		all = beside(all, e)
		if r.next("AND") || len(r.rest) > 0 && !r.at("OR", ")") {
			continue
		}
		if len(all) == 1 {
			return all[0], nil
		}
		return all, nil
	}
}

// beside adds a condition to others; words beside words are looked for together.
func beside(all And, e Expr) And {
	words, ok := e.(Text)
	if n := len(all); ok && n > 0 {
		if before, ok := all[n-1].(Text); ok {
			all[n-1] = Text{Content: before.Content, Any: [][]string{append(before.Any[0], words.Any[0]...)}}
			return all
		}
	}
	return append(all, e)
}

func (r *wordReader) term() (Expr, error) {
	if r.depth++; r.depth > maxFilterDepth {
		return nil, r.bad("it nests more than %d levels deep", maxFilterDepth)
	}
	defer func() { r.depth-- }()
	switch {
	case len(r.rest) == 0, r.at("OR", "AND", ")"):
		return nil, r.bad("a word, NOT or ( is expected between the operators AND, OR and NOT and the parentheses")
	case r.next("NOT"):
		e, err := r.term()
		return Not{X: e}, err
	case r.next("("):
		e, err := r.or()
		if err == nil && !r.next(")") {
			err = r.bad("a ( has no ) behind it")
		}
		return e, err
	}
	words := Tokens(r.rest[0])
	r.rest = r.rest[1:]
	if len(words) == 0 {
		return nil, r.noWord()
	}
	return Text{Content: r.content, Any: [][]string{words}}, nil
}
