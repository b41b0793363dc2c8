package search

import (
	"bytes"
	"encoding/binary"
)

// Equal says whether two conditions are the same, part by part and in the same order, whatever text they were read from. It does not
// look for equivalence: Simplify both before.
func Equal(x, y Expr) bool { return bytes.Equal(appendExpr(nil, x), appendExpr(nil, y)) }

// AppendKey appends what two conditions have in common only if they are Equal. It means something to this process alone.
func AppendKey(b []byte, e Expr) []byte { return appendExpr(b, e) }

// appendExpr appends all that counts of a condition: what two have in common only if they are the same.
func appendExpr(b []byte, e Expr) []byte {
	switch e := e.(type) {
	case nil, True:
		return append(b, 'T')
	case False:
		return append(b, 'F')
	case And:
		return appendParts(append(b, '&'), e)
	case Or:
		return appendParts(append(b, '|'), e)
	case Not:
		return appendExpr(append(b, '!'), e.X)
	case Clause:
		b = append(appendParam(append(b, '='), e.Param), byte(e.Modifier))
		b = binary.AppendUvarint(b, uint64(len(e.Values)))
		for i := range e.Values {
			b = e.Values[i].appendKey(b)
		}
		return b
	case Exists:
		return appendParam(append(b, 'E'), e.Param)
	case IDs:
		return appendTexts(append(b, '#'), e.IDs)
	case Text:
		b = binary.AppendUvarint(appendString(append(b, 'X'), e.name()), uint64(len(e.Any)))
		for _, words := range e.Any {
			b = appendTexts(b, words)
		}
		return b
	case Chain:
		return appendExpr(appendString(appendParam(append(b, '>'), e.Param), e.Target), e.Where)
	case Has:
		return appendExpr(appendParam(append(b, '<'), e.Param), e.Where)
	case List:
		return appendExpr(appendString(append(b, 'L'), e.ID), e.Where)
	default:
		return appendString(append(b, '?'), e.String()) // FHIRPath prints all that it is
	}
}

func appendParts(b []byte, parts []Expr) []byte {
	b = binary.AppendUvarint(b, uint64(len(parts)))
	for _, p := range parts {
		b = appendExpr(b, p)
	}
	return b
}

func appendParam(b []byte, p *Param) []byte { return appendString(appendString(b, p.Resource), p.Code) }

func appendTexts(b []byte, texts []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(texts)))
	for _, t := range texts {
		b = appendString(b, t)
	}
	return b
}

// appendKey appends all that is compared of a value.
func (v *Value) appendKey(b []byte) []byte {
	b = append(b, byte(v.Op), 0)
	if v.HasSystem {
		b[len(b)-1] = 1
	}
	for _, s := range [...]string{v.Text, v.System, v.Code, v.Type, v.Version, v.N, v.NLo, v.NHi} {
		b = appendString(b, s)
	}
	b = binary.AppendVarint(binary.AppendVarint(b, v.Lo), v.Hi)
	b = binary.AppendUvarint(b, uint64(len(v.Parts)))
	for i := range v.Parts {
		b = v.Parts[i].appendKey(b)
	}
	return b
}
