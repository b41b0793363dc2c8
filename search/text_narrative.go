package search

import (
	"html"
	"strings"
)

// isInlineElement says whether an XHTML element of a narrative may stand inside a word.
func isInlineElement(name string) bool {
	switch name {
	case "a", "abbr", "acronym", "b", "bdo", "big", "cite", "code", "dfn", "em", "i", "kbd", "q", "s", "samp", "small", "span", "strong",
		"sub", "sup", "tt", "u", "var":
		return true
	}
	return false
}

// narrativeText gives the text of a narrative's XHTML: markup, comments and the content of style and script left out,
// references to characters resolved, block elements separated by blanks. What is not well formed is read as far as it goes.
func narrativeText(div string) string {
	if strings.IndexByte(div, '<') < 0 {
		return html.UnescapeString(div)
	}
	var b strings.Builder
	b.Grow(len(div))
	for div != "" {
		text, rest, found := strings.Cut(div, "<")
		b.WriteString(html.UnescapeString(text))
		if !found {
			break
		}
		var gap bool
		if div, gap = skipMarkup(rest); gap {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// skipMarkup gives what follows a piece of markup whose "<" was read, and whether it separates words.
func skipMarkup(s string) (rest string, gap bool) {
	switch {
	case strings.HasPrefix(s, "!--"):
		return after(s, "-->"), false
	case strings.HasPrefix(s, "![CDATA["):
		return s[len("![CDATA["):], false
	}
	name := elementName(strings.TrimPrefix(s, "/"))
	rest = skipTag(s)
	if (name == "style" || name == "script") && s[0] != '/' {
		for rest != "" {
			rest = after(rest, "</")
			if elementName(rest) == name {
				return skipTag(rest), true
			}
		}
	}
	return rest, !isInlineElement(name)
}

// skipTag gives what follows the end of a tag; a ">" in a quoted attribute does not end it.
func skipTag(s string) string {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return s[i+1:]
		}
	}
	return ""
}

func elementName(s string) string {
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9') {
		i++
	}
	return strings.ToLower(s[:i])
}

func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}
