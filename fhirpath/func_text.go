package fhirpath

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// texts are the functions on strings; positions and lengths are in characters.
var texts = map[string]*function{
	"startsWith": {min: 1, max: 1, run: askText(strings.HasPrefix)},
	"endsWith":   {min: 1, max: 1, run: askText(strings.HasSuffix)},
	"contains":   {min: 1, max: 1, run: askText(strings.Contains)},
	"upper":      {run: changeText(strings.ToUpper)},
	"lower":      {run: changeText(strings.ToLower)},
	"trim":       {run: changeText(strings.TrimSpace)},
	"length": {run: withText(func(_ *evaluation, _ *node, s string) collection {
		return single(int64(utf8.RuneCountInString(s)))
	})},
	"toChars":        {run: withText(toChars)},
	"indexOf":        {min: 1, max: 1, run: withText(indexOf)},
	"substring":      {min: 1, max: 2, run: withText(substring)},
	"replace":        {min: 2, max: 2, run: withText(replace)},
	"matches":        {min: 1, max: 1, pattern: true, run: withText(matches)},
	"replaceMatches": {min: 2, max: 2, pattern: true, run: withText(replaceMatches)},
	"split":          {min: 1, max: 1, run: withText(split)},
	"join":           {max: 1, run: join},
}

type run = func(*evaluation, *node, collection) collection

// withText runs a function on the only item as a string; none gives none.
func withText(fn func(*evaluation, *node, string) collection) run {
	return func(ev *evaluation, n *node, in collection) collection {
		s, ok := ev.text(n, in)
		if !ok {
			return nil
		}
		ev.spendText(n, len(s))
		return fn(ev, n, s)
	}
}

func changeText(change func(string) string) run {
	return withText(func(_ *evaluation, _ *node, s string) collection { return single(change(s)) })
}

func askText(ask func(s, arg string) bool) run {
	return withText(func(ev *evaluation, n *node, s string) collection {
		arg, ok := ev.argument(n, 1)
		return maybe(ask(s, arg), ok)
	})
}

// argument is an argument as a string; false if it is empty.
func (ev *evaluation) argument(n *node, i int) (string, bool) {
	return ev.text(n.args[i], ev.eval(n.args[i]))
}

func toChars(ev *evaluation, n *node, s string) collection {
	ev.spend(n, utf8.RuneCountInString(s))
	var out collection
	for _, r := range s {
		out = append(out, item{sys: string(r)})
	}
	return out
}

func indexOf(ev *evaluation, n *node, s string) collection {
	arg, ok := ev.argument(n, 1)
	i := strings.Index(s, arg)
	if i > 0 {
		i = utf8.RuneCountInString(s[:i])
	}
	return maybe(int64(i), ok)
}

func substring(ev *evaluation, n *node, s string) collection {
	from, ok := ev.integer(n.args[1], ev.eval(n.args[1]))
	runes := []rune(s)
	length := int64(len(runes))
	if !ok || from < 0 || from >= length {
		return nil
	}
	count := length - from
	if len(n.args) > 2 {
		if asked, ok := ev.integer(n.args[2], ev.eval(n.args[2])); ok {
			count = max(0, min(count, asked))
		}
	}
	return single(string(runes[from : from+count]))
}

func replace(ev *evaluation, n *node, s string) collection {
	from, ok := ev.argument(n, 1)
	to, also := ev.argument(n, 2)
	if !ok || !also {
		return nil
	}
	ev.spendText(n, len(s)+strings.Count(s, from)*len(to))
	return single(strings.ReplaceAll(s, from, to))
}

// regex is the pattern of a call, compiled before or now; nil if it is empty. It pays for the match: RE2 takes time in proportion to
// both.
func (ev *evaluation) regex(n *node, s string) *regexp.Regexp {
	re := n.re
	if re == nil {
		text, ok := ev.argument(n, 1)
		if !ok {
			return nil
		}
		ev.spend(n, 100)
		re = compilePattern(ev.source, n.pos, text)
	}
	ev.spend(n, (len(s)/64+1)*(len(re.String())/8+1))
	return re
}

func matches(ev *evaluation, n *node, s string) collection {
	re := ev.regex(n, s)
	if re == nil {
		return nil
	}
	return truth(re.MatchString(s))
}

func replaceMatches(ev *evaluation, n *node, s string) collection {
	to, ok := ev.argument(n, 2)
	re := ev.regex(n, s)
	if re == nil || !ok {
		return nil
	}
	// Each match gives the template, and for each group in it at most itself, which all matches together are the text.
	found := len(re.FindAllStringIndex(s, ev.left+1))
	ev.spend(n, found)
	ev.spendText(n, len(s)*(1+strings.Count(to, "$"))+found*len(to))
	return single(re.ReplaceAllString(s, to))
}

func split(ev *evaluation, n *node, s string) collection {
	by, ok := ev.argument(n, 1)
	if !ok {
		return nil
	}
	if by == "" {
		return toChars(ev, n, s)
	}
	ev.spend(n, strings.Count(s, by)+1)
	var out collection
	for part := range strings.SplitSeq(s, by) {
		out = append(out, item{sys: part})
	}
	return out
}

func join(ev *evaluation, n *node, in collection) collection {
	by := ""
	if len(n.args) > 1 {
		by, _ = ev.argument(n, 1)
	}
	var out strings.Builder
	for k := range in {
		s, ok := ev.text(n, in[k:k+1])
		if !ok {
			continue
		}
		ev.spendText(n, len(s)+len(by))
		if k > 0 {
			out.WriteString(by)
		}
		out.WriteString(s)
	}
	return single(out.String())
}
