package search

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

// Highlight is a string of a resource in which words of a text search stand.
type Highlight struct {
	// Path is its place in the resource's JSON: "Patient.text.div", "Observation.note[0].text".
	Path string
	// Fragments are pieces of its text, in order, as HTML: escaped, the words that were searched for in <em>…</em>, an ellipsis where text
	// was left out.
	Fragments []string
}

// The bounds of highlights.
const (
	maxHighlights   = 20  // strings of a resource
	maxFragments    = 3   // of a string
	fragmentContext = 60  // bytes of text on each side of a word, about
	fragmentLength  = 400 // bytes of a fragment's text, about
)

// Highlights shows where the words of the Text conditions of a search stand in a resource that matches it: at most 20 strings, 3 fragments
// each. Conditions below Not, Chain and Has are not of this resource's words. What a word may stand in is what _content and _text look at;
// a word that markup interrupts is not shown. It is nil where there is no such condition.
func Highlights(where Expr, resource *fastjson.Value) []Highlight {
	h := &highlighter{words: map[string]bool{}, narrative: map[string]bool{}}
	h.collect(where)
	if len(h.words)+len(h.narrative) == 0 {
		return nil
	}
	h.visit(string(resource.GetStringBytes("resourceType")), "", resource)
	return h.found
}

type highlighter struct {
	words     map[string]bool // wanted anywhere
	narrative map[string]bool // wanted in the narrative
	found     []Highlight
}

func (h *highlighter) collect(e Expr) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			h.collect(x)
		}
	case Or:
		for _, x := range e {
			h.collect(x)
		}
	case Text:
		into := h.narrative
		if e.Content {
			into = h.words
		}
		for _, alternative := range e.Any {
			for _, word := range alternative {
				into[word] = true
			}
		}
	}
}

// visit goes through the strings that content looks at, in their order.
func (h *highlighter) visit(path, key string, v *fastjson.Value) {
	switch {
	case len(h.found) >= maxHighlights:
	case v.Type() == fastjson.TypeArray:
		for i, item := range v.GetArray() {
			h.visit(path+"["+strconv.Itoa(i)+"]", key, item)
		}
	case v.Type() == fastjson.TypeObject:
		v.GetObject().Visit(func(name []byte, item *fastjson.Value) {
			h.visit(path+"."+string(name), string(name), item)
		})
	case v.Type() == fastjson.TypeString && key != "resourceType" && key != "data":
		text := string(v.GetStringBytes())
		if key == "div" {
			text = strings.Join(strings.Fields(narrativeText(text)), " ")
		}
		if f := h.fragments(text, strings.HasSuffix(path, ".text.div") && strings.Count(path, ".") == 2); f != nil {
			h.found = append(h.found, Highlight{path, f})
		}
	}
}

// mark is a word in a text.
type mark struct{ from, to int }

// fragments are the pieces of a text around the words; nil if there are none.
func (h *highlighter) fragments(text string, narrative bool) []string {
	var out []string
	var open []mark
	flush := func() {
		if len(open) > 0 {
			out = append(out, fragment(text, open))
			open = nil
		}
	}
	each(text, func(m mark) bool {
		if !h.wanted(text[m.from:m.to], narrative) {
			return true
		}
		if len(open) > 0 && (m.from-open[len(open)-1].to > 2*fragmentContext || m.to-open[0].from > fragmentLength) {
			flush()
		}
		if len(out) < maxFragments {
			open = append(open, m)
		}
		return len(out) < maxFragments
	})
	if len(out) < maxFragments {
		flush()
	}
	return out
}

func (h *highlighter) wanted(word string, narrative bool) bool {
	for _, token := range Tokens(word) {
		if h.words[token] || narrative && h.narrative[token] {
			return true
		}
	}
	return false
}

// each gives the words of a text as Tokens sees them, until visit says false.
func each(text string, visit func(mark) bool) {
	from := -1
	for i, r := range text {
		within := unicode.IsLetter(r) || unicode.IsNumber(r) || from >= 0 && unicode.IsMark(r)
		starts := within && (from < 0 || isUnseparated(r) && !unicode.IsMark(r))
		if from >= 0 && (!within || starts) {
			if !visit(mark{from, i}) {
				return
			}
			from = -1
		}
		if starts {
			from = i
		}
	}
	if from >= 0 {
		visit(mark{from, len(text)})
	}
}

// fragment writes the text around some words.
func fragment(text string, words []mark) string {
	from, to := max(0, words[0].from-fragmentContext), min(len(text), words[len(words)-1].to+fragmentContext)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	for _, m := range words {
		b.WriteString(html.EscapeString(text[from:m.from]) + "<em>" + html.EscapeString(text[m.from:m.to]) + "</em>")
		from = m.to
	}
	b.WriteString(html.EscapeString(text[from:to]))
	if to < len(text) {
		b.WriteString("…")
	}
	return b.String()
}
