package fhir

import "strings"

// ParseDecimalKey reads a key that AppendKey made; it is false for anything else. The number is the one that the key stands
// for, without the trailing zeros that it may have been written with.
func ParseDecimalKey(key string) (Decimal, bool) {
	if len(key) == 1 && key[0] == keyZero {
		return Decimal{}, true
	}
	if len(key) < 6 || key[0] != keyNegative && key[0] != keyPositive {
		return Decimal{}, false
	}
	invert := byte(0)
	if key[0] == keyNegative {
		invert = 0xFF
	}
	if key[len(key)-1] != invert {
		return Decimal{}, false
	}
	first := int(key[1]^invert)<<16 | int(key[2]^invert)<<8 | int(key[3]^invert)
	var digits strings.Builder
	for i := 4; i < len(key)-1; i++ {
		pair := key[i] ^ invert
		if pair < 1 || pair > 100 {
			return Decimal{}, false
		}
		digits.WriteByte('0' + (pair-1)/10)
		digits.WriteByte('0' + (pair-1)%10)
	}
	significant := strings.TrimRight(digits.String(), "0")
	d := Decimal{negative: invert != 0, digits: significant, exponent: first - keyExponent - len(significant)}
	return d, string(d.AppendKey(nil)) == key
}
