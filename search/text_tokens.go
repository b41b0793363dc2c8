package search

import (
	"unicode"
	"unicode/utf8"
)

// Tokens are the words of a text, normalised as Normalise does, in order, repetitions included. A word is a run of letters,
// digits and their marks; everything else separates ("o'neil" is two words, "3.5" too). In scripts that do not separate words
// (Han, kana, Thai, Lao, Khmer, Burmese) every letter is a word of its own, with its marks, so that a word inside a run is found.
func Tokens(s string) []string {
	var t tokenizer
	t.add(s)
	return t.tokens()
}

// tokenizer collects the words of many texts in one buffer, so that they cost two allocations in all.
type tokenizer struct {
	buf  []byte
	ends []int // of each token in buf
}

// reset forgets the words and keeps the memory.
func (t *tokenizer) reset() { t.buf, t.ends = t.buf[:0], t.ends[:0] }

// tokens gives the words collected so far; nil if there are none.
func (t *tokenizer) tokens() []string {
	if len(t.ends) == 0 {
		return nil
	}
	all := string(t.buf)
	out := make([]string, len(t.ends))
	start := 0
	for i, end := range t.ends {
		out[i] = all[start:end]
		start = end
	}
	return out
}

// close ends the word that began at start, if it holds anything.
func (t *tokenizer) close(start int) int {
	if len(t.buf) > start {
		t.ends = append(t.ends, len(t.buf))
	}
	return len(t.buf)
}

// add takes the words of s; of the first part that is ASCII without further ado.
func (t *tokenizer) add(s string) {
	start := len(t.buf)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			t.buf = append(t.buf, c)
		case 'A' <= c && c <= 'Z':
			t.buf = append(t.buf, c+'a'-'A')
		case c < utf8.RuneSelf:
			start = t.close(start)
		default:
			// The word may have begun already, and a mark may change it: from its beginning on by the general rule.
			from := i - (len(t.buf) - start)
			t.buf = t.buf[:start]
			t.addText(normaliseText(s[from:]))
			return
		}
	}
	t.close(start)
}

// addText takes the words of a normalised text.
func (t *tokenizer) addText(s string) {
	start := len(t.buf)
	single := false // the word is a letter of a script without separation: only marks may follow
	for i, r := range s {
		switch {
		case unicode.IsMark(r):
			if len(t.buf) > start {
				t.buf = append(t.buf, s[i:i+utf8.RuneLen(r)]...)
			}
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			start, single = t.close(start), false
		default:
			alone := isUnseparated(r)
			if alone || single {
				start = t.close(start)
			}
			single = alone
			t.buf = append(t.buf, s[i:i+utf8.RuneLen(r)]...)
		}
	}
	t.close(start)
}

func isUnseparated(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar)
}
