package search

import "github.com/valyala/fastjson"

// narrative collects the words of the narrative.
func (e *extraction) narrative(v *fastjson.Value) {
	if div := v.GetStringBytes("text", "div"); len(div) > 0 {
		e.words.add(narrativeText(string(div)))
	}
}

// content collects the words of all strings of the resource: of a narrative those of its text, none of resourceType, of
// versionId and lastUpdated (which are not part of a stored body), and of members named "data", which are not words but
// base64 and samples.
func (e *extraction) content(v *fastjson.Value, top bool) {
	switch v.Type() {
	case fastjson.TypeString:
		e.words.add(string(v.GetStringBytes()))
	case fastjson.TypeArray:
		for _, item := range v.GetArray() {
			e.content(item, false)
		}
	case fastjson.TypeObject:
		v.GetObject().Visit(func(key []byte, item *fastjson.Value) {
			isText := item.Type() == fastjson.TypeString
			switch string(key) {
			case "resourceType":
			case "div":
				if isText {
					e.words.add(narrativeText(string(item.GetStringBytes())))
				}
			case "data":
				if !isText {
					e.content(item, false)
				}
			case "meta":
				e.meta(item, top)
			default:
				e.content(item, false)
			}
		})
	}
}

func (e *extraction) meta(v *fastjson.Value, top bool) {
	if !top || v.Type() != fastjson.TypeObject {
		e.content(v, false)
		return
	}
	v.GetObject().Visit(func(key []byte, item *fastjson.Value) {
		if k := string(key); k != "versionId" && k != "lastUpdated" {
			e.content(item, false)
		}
	})
}
