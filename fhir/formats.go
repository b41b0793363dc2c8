package fhir

import "strings"

// format is how the value of a primitive type is written.
type format uint8

const (
	formatString format = iota // and markdown
	formatBoolean
	formatInteger
	formatUnsigned
	formatPositive
	formatDecimal
	formatURI // and url, canonical
	formatCode
	formatID
	formatOID
	formatUUID
	formatDate
	formatDateTime
	formatInstant
	formatTime
	formatBase64
	formatXHTML
)

var formats = map[string]format{
	"string": formatString, "boolean": formatBoolean, "integer": formatInteger, "unsignedInt": formatUnsigned,
	"positiveInt": formatPositive, "decimal": formatDecimal, "uri": formatURI, "code": formatCode, "id": formatID,
	"oid": formatOID, "uuid": formatUUID, "date": formatDate, "dateTime": formatDateTime, "instant": formatInstant,
	"time": formatTime, "base64Binary": formatBase64, "xhtml": formatXHTML,
}

// formatOf is the format of a primitive type, or of the nearest base that has one.
func formatOf(t *Type) format {
	for ; t != nil; t = t.parent {
		if f, ok := formats[t.Name]; ok {
			return f
		}
	}
	return formatString
}

// maxString is the greatest size of a string in bytes (R4, Data Types, "string").
const maxString = 1 << 20

// textProblem says what is wrong with the text of a primitive value, "" if nothing is.
func (f format) textProblem(b []byte) string {
	if len(b) == 0 {
		return "is an empty string: leave the member out"
	}
	switch f {
	case formatString:
		return stringProblem(b)
	case formatURI:
		if hasSpace(b) {
			return "is not a URI: it has white space"
		}
	case formatCode:
		if !validCode(b) {
			return "is not a code: it begins or ends with white space, or has more than one space between words"
		}
	case formatID:
		if !ValidID(b) {
			return "is not an id: want 1 to 64 letters, digits, hyphens and dots"
		}
	case formatOID:
		if !validOID(b) {
			return "is not an OID: want urn:oid: and numbers with dots"
		}
	case formatUUID:
		if !validUUID(b) {
			return "is not a UUID: want urn:uuid: and 8-4-4-4-12 lower-case hexadecimal digits"
		}
	case formatBase64:
		if !validBase64(b) {
			return "is not base64: want groups of four characters, padded with ="
		}
	case formatXHTML:
		if !strings.HasPrefix(strings.TrimLeft(string(b[:min(len(b), 64)]), " \t\r\n"), "<div") {
			return "is not XHTML: want one <div>"
		}
	default:
		return f.dateProblem(b)
	}
	return ""
}

func (f format) dateProblem(b []byte) string {
	if f == formatTime {
		var p dateParts
		if rest, err := p.clock(string(b), false); err != nil || rest != "" {
			return "is not a time: want hh:mm:ss, with or without a fraction"
		}
		return ""
	}
	p, err := scanDateTime(string(b), false)
	switch {
	case err != nil:
		// The message of the error names the part that is wrong.
	case f == formatDate && p.precision <= precisionDay:
		return ""
	case f == formatDateTime && (p.precision <= precisionDay || p.zoned):
		return ""
	case f == formatInstant && p.precision == precisionSecond && p.zoned:
		return ""
	}
	switch f {
	case formatDate:
		return "is not a date: want yyyy, yyyy-mm or yyyy-mm-dd of the calendar"
	case formatInstant:
		return "is not an instant: want yyyy-mm-ddThh:mm:ss with a time zone"
	}
	return "is not a dateTime: want yyyy, yyyy-mm, yyyy-mm-dd, or yyyy-mm-ddThh:mm:ss with a time zone"
}
