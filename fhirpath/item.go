package fhirpath

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// systemTypes are the types of the language.
var systemTypes = []string{"Boolean", "String", "Integer", "Decimal", kindDate, kindDateTime, kindTime, "Quantity"}

// item is one element of a collection: a value of the language, or a node of the resource.
type item struct {
	sys     any             // bool, string, int64, number, temporal or quantity; nil for a node
	typ     *fhir.Type      // of a node; nil where the definitions do not say
	json    *fastjson.Value // of a node; nil for a primitive without a value
	sibling *fastjson.Value // what stands under _name beside a primitive
	sure    bool            // the type follows from the definitions alone, whatever the data
	away    bool            // a resource that is referred to and not here: only its type is known
	at      *spot           // where a node stands; nil for the resource itself, and for what has no place
}

// spot is a member of an object, or an element of a list.
type spot struct {
	parent *spot
	name   string
	index  int // -1 for what is no list
}

type collection []item

// first is the value of the language that the first item is; nil if there is none.
func (c collection) first() any {
	if len(c) == 0 {
		return nil
	}
	return c[0].sys
}

func single(v any) collection { return collection{{sys: v}} }

// quantities are the types that convert to a Quantity of the language.
var quantities = map[string]bool{"Quantity": true, "Age": true, "Count": true, "Distance": true, "Duration": true, "SimpleQuantity": true,
	"MoneyQuantity": true}

// The answers of a condition.
var (
	yes = single(true)
	no  = single(false)
)

func truth(b bool) collection {
	if b {
		return yes
	}
	return no
}

// value is the item as a value of the language: a primitive converted, a Quantity too; nil for what is none.
func (i item) value() any {
	if i.sys != nil || i.json == nil {
		return i.sys
	}
	switch i.json.Type() {
	case fastjson.TypeTrue, fastjson.TypeFalse:
		return i.json.Type() == fastjson.TypeTrue
	case fastjson.TypeNumber:
		return i.number()
	case fastjson.TypeString:
		return i.text()
	case fastjson.TypeObject:
		if i.typ != nil && quantities[i.typ.Name] {
			if q, ok := quantityOf(i); ok {
				return q
			}
		}
	}
	return nil
}

func (i item) number() any {
	text := string(i.json.MarshalTo(nil))
	if i.typ == nil || i.typ.Name != "decimal" {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	if n, ok := parseNumber(text); ok {
		return n
	}
	return nil
}

// text is a string, or the date or time that the type makes of it.
func (i item) text() any {
	s := string(i.json.GetStringBytes())
	if i.typ == nil {
		return s
	}
	kind := map[string]string{"date": kindDate, "dateTime": kindDateTime, "instant": kindDateTime, "time": kindTime}[i.typ.Name]
	if kind == "" {
		return s
	}
	if t, ok := parseTemporal(s, kind); ok {
		return t
	}
	return s
}

// typeOf is the type of a value of the language, or "".
func typeOf(v any) string {
	switch v := v.(type) {
	case bool:
		return "Boolean"
	case string:
		return "String"
	case int64:
		return "Integer"
	case number:
		return "Decimal"
	case quantity:
		return "Quantity"
	case temporal:
		return v.kind
	}
	return ""
}

// is says whether an item is of a type. A primitive of FHIR is not one of the language.
func (i item) is(defs *fhir.Definitions, t typeName) bool {
	if i.sys != nil {
		return t.system == typeOf(i.sys) || t.fhir != nil && t.fhir.Name == "Quantity" && typeOf(i.sys) == "Quantity"
	}
	return t.fhir != nil && i.typ != nil && defs.Is(i.typ.Name, t.fhir.Name)
}

// name is the type's name as a result shows it.
func (i item) name() string {
	if i.sys != nil {
		return "System." + typeOf(i.sys)
	}
	if i.typ != nil {
		return i.typ.Name
	}
	return ""
}

// appendJSON appends the item as JSON.
func (i item) appendJSON(dst []byte) []byte {
	switch v := i.sys.(type) {
	case nil:
		if i.json == nil {
			return append(dst, "null"...)
		}
		return fhir.AppendJSON(dst, i.json)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case number:
		return append(dst, v.String()...)
	case string:
		return appendString(dst, v)
	case temporal:
		return appendString(dst, v.text)
	case quantity:
		return appendString(dst, v.String())
	}
	return dst
}

// appendString appends a JSON string.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // an error says that it was not UTF-8, which is replaced
	return dst
}
