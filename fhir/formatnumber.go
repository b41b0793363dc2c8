package fhir

// numberProblem says what is wrong with a JSON number as a value of the type.
func (f format) numberProblem(b []byte) string {
	if f == formatDecimal {
		if !validNumber(b) {
			return "is not a decimal: want digits with or without a point and an exponent"
		}
		if len(b) > 18 { // what is shorter may still be out of bounds, but only by its exponent
			if _, err := ParseDecimal(string(b)); err != nil {
				return "is beyond the exponents that are kept: at most a million"
			}
		}
		return exponentProblem(b)
	}
	negative := len(b) > 0 && b[0] == '-'
	digits := b
	if negative {
		digits = b[1:]
	}
	value := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' || value > 1<<32 {
			value = 1 << 40
			break
		}
		value = value*10 + int64(c-'0')
	}
	if negative {
		value = -value
	}
	leading := len(digits) > 1 && digits[0] == '0'
	low := int64(-1 << 31)
	switch f {
	case formatUnsigned:
		low = 0
	case formatPositive:
		low = 1
	}
	if len(digits) == 0 || leading || value < low || value > 1<<31-1 {
		switch f {
		case formatUnsigned:
			return "is not an unsignedInt: want a whole number from 0 to 2147483647"
		case formatPositive:
			return "is not a positiveInt: want a whole number from 1 to 2147483647"
		}
		return "is not an integer: want a whole number of 32 bits"
	}
	return ""
}

func exponentProblem(b []byte) string {
	for i, c := range b {
		if c|0x20 == 'e' && len(b)-i > 6 {
			if _, err := ParseDecimal(string(b)); err != nil {
				return "is beyond the exponents that are kept: at most a million"
			}
		}
	}
	return ""
}
