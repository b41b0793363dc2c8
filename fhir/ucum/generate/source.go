package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// prefix and unit are what is used of the package's definitions.
type prefix struct {
	Value json.Number `json:"value"`
}

type unit struct {
	IsMetric   bool `json:"isMetric"`
	IsBaseUnit bool `json:"isBaseUnit"`
	Value      struct {
		Unit     string    `json:"Unit"`
		UNIT     string    `json:"UNIT"` // named, for members are else matched whatever their case
		Value    string    `json:"value"`
		Function *function `json:"function"`
	} `json:"value"`
}

type function struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Unit  string `json:"Unit"`
}

// readModule reads the object literal that a JavaScript module exports under a name.
func readModule(file, name string, into any) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, literal, ok := strings.Cut(string(raw), "export const "+name+" = ")
	if !ok {
		return fmt.Errorf("%s exports no %s", file, name)
	}
	text, err := toJSON(literal)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// toJSON takes the object literal that the text begins with and quotes its bare member names. It knows what the package's
// files have: double-quoted strings, numbers, booleans, objects and no comments.
func toJSON(text string) (string, error) {
	var out strings.Builder
	depth := 0
	for i := 0; i < len(text); {
		c := text[i]
		end := i + 1
		switch {
		case c == '"':
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			out.WriteString(text[i:end])
		case letter(c):
			for end < len(text) && (letter(text[end]) || digit(text[end])) {
				end++
			}
			if word := text[i:end]; end < len(text) && text[end] == ':' {
				out.WriteString(`"` + word + `"`)
			} else {
				out.WriteString(word)
			}
		case digit(c): // a number, whose exponent is no name
			for end < len(text) && (letter(text[end]) || digit(text[end]) || strings.IndexByte("+-.", text[end]) >= 0) {
				end++
			}
			out.WriteString(text[i:end])
		default:
			out.WriteByte(c)
			switch c {
			case '{':
				depth++
			case '}':
				if depth--; depth == 0 {
					return out.String(), nil
				}
			}
		}
		i = end
	}
	return "", errors.New("the object does not end")
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

func digit(c byte) bool { return c >= '0' && c <= '9' }
