package fhir

import (
	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fastjson"
)

// AppendJSON appends a value as JSON: members in their order, numbers with their digits. The library's own MarshalTo writes control
// characters as Go does, which is no JSON.
func AppendJSON(dst []byte, v *fastjson.Value) []byte {
	switch v.Type() {
	case fastjson.TypeObject:
		object, _ := v.Object()
		dst = append(dst, '{')
		first := len(dst)
		object.Visit(func(name []byte, member *fastjson.Value) {
			if len(dst) > first {
				dst = append(dst, ',')
			}
			dst = AppendJSON(append(appendQuoted(dst, name), ':'), member)
		})
		return append(dst, '}')
	case fastjson.TypeArray:
		items, _ := v.Array()
		dst = append(dst, '[')
		for i, item := range items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, item)
		}
		return append(dst, ']')
	case fastjson.TypeString:
		text, _ := v.StringBytes()
		return appendQuoted(dst, text)
	}
	return v.MarshalTo(dst) // a number, true, false or null
}

// appendQuoted appends a JSON string; what is not UTF-8 in it is replaced.
func appendQuoted(dst, text []byte) []byte {
	dst, _ = jsontext.AppendQuote(dst, text)
	return dst
}
