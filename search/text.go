package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalise gives the form in which strings are compared without regard to case, accents and spacing (FHIR R4, 3.1.1.4.8):
// compatibility forms resolved, combining marks of alphabets dropped, case folded, white space collapsed to single blanks and
// trimmed, invisible format characters dropped, composed again. Punctuation stays. Marks that are letters in their own right
// (the vowels of Indic and Thai scripts, Japanese voicing) stay too. Normalise(Normalise(s)) equals Normalise(s); a string
// that is already in this form is returned as it is.
func Normalise(s string) string {
	switch form := asciiForm(s); form {
	case formDone:
		return s
	case formASCII:
		return string(appendASCII(make([]byte, 0, len(s)), s))
	default:
		return normaliseText(s)
	}
}

const (
	formDone  = iota // ASCII, and already normalised
	formASCII        // ASCII
	formOther
)

func asciiForm(s string) int {
	form := formDone
	blank := true // as if a blank stood before the string: a leading one is to go
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return formOther
		case 'A' <= c && c <= 'Z':
			form, blank = formASCII, false
		case c == ' ':
			if blank {
				form = formASCII
			}
			blank = true
		case isASCIISpace(c):
			form, blank = formASCII, true
		default:
			blank = false
		}
	}
	if blank && s != "" {
		form = formASCII
	}
	return form
}

func isASCIISpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// appendASCII appends the normal form of an ASCII string.
func appendASCII(dst []byte, s string) []byte {
	start := len(dst)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isASCIISpace(c) {
			if len(dst) > start && dst[len(dst)-1] != ' ' {
				dst = append(dst, ' ')
			}
			continue
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	if len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// normaliseText gives the normal form of any string.
func normaliseText(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := true
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "\uFFFD")) {
		switch {
		case unicode.IsSpace(r):
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		case isDropped(r):
			continue
		}
		blank = false
		// By way of upper case, so that ς and σ, ſ and s, ı and i are one.
		if r = unicode.ToLower(unicode.ToUpper(r)); r == 'ß' {
			b.WriteString("ss")
			continue
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(strings.TrimSuffix(b.String(), " "))
}

// isDropped says whether a character is left out: accents of Latin, Greek and Cyrillic letters, Hebrew points, Arabic vowel
// signs, and format characters.
func isDropped(r rune) bool {
	if r < 0xAD {
		return false
	}
	if unicode.Is(unicode.Cf, r) {
		return true
	}
	if !unicode.In(r, unicode.Mn, unicode.Me) || r == '\u3099' || r == '\u309A' {
		return false
	}
	return unicode.In(r, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic)
}
