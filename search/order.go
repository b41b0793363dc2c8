package search

import (
	"bytes"
	"encoding/binary"
)

// orderText is how many bytes of a text count for the order; what is equal so far is ordered by id. It keeps cursors and index
// rows small.
const orderText = 512

// The first byte of a part of an order key.
const (
	orderPresent = 1
	orderMissing = 2 // above every value, in both directions
)

// OrderKey encodes the place of a resource in an order: bytewise order of the keys is the order asked for, ties excepted,
// which are by id. No key is a prefix of another one of the same sort. It is the concatenation of OrderPart for each key,
// and empty without keys.
//
// By GRAPHQL's rules: the lowest value ascending, the highest descending; dates by range start, or end when descending; strings
// by normalised text (its first 512 bytes); tokens by code, then system; numbers and quantities by value; references by
// Type/id; missing last both ways.
func OrderKey(v *Values, sort []SortKey) []byte {
	var key []byte
	for _, k := range sort {
		key = append(key, OrderPart(v, k)...)
	}
	return key
}

// OrderPart encodes one key of a sort; it does not depend on the keys beside it, so that a store may keep it in a column.
func OrderPart(v *Values, k SortKey) []byte {
	var best []byte
	items := itemsOf(k.Param, v)
	for i := range items {
		part := orderValue(k.Param, &items[i], k.Desc)
		if best == nil || (bytes.Compare(part, best) > 0) == k.Desc {
			best = part
		}
	}
	if best == nil {
		return []byte{orderMissing}
	}
	if k.Desc {
		for i := range best {
			best[i] = ^best[i]
		}
	}
	return append([]byte{orderPresent}, best...)
}

// orderValue encodes one index value, ascending and prefix-free; nil for types without an order.
func orderValue(p *Param, i *Item, end bool) []byte {
	switch p.Type {
	case String, URI:
		return orderBytes(nil, i.Text)
	case Token:
		return orderBytes(orderBytes(nil, i.Code), i.System)
	case Date:
		at := i.Lo
		if end {
			at = i.Hi
		}
		return binary.BigEndian.AppendUint64(nil, uint64(at)^1<<63)
	case Number, Quantity:
		if end {
			return orderBytes(nil, i.NHi)
		}
		return orderBytes(nil, i.NLo)
	case Reference:
		return orderBytes(nil, orderReference(i))
	default:
		return nil
	}
}

func orderReference(i *Item) string {
	switch {
	case i.ID != "":
		return i.Type + "/" + i.ID
	case i.URL != "":
		return i.URL
	default:
		return i.System + "|" + i.Code
	}
}

// orderBytes appends a text so that it ends below everything that continues it: 00 becomes 00 FF, and 00 01 ends it.
func orderBytes(to []byte, s string) []byte {
	s = s[:min(len(s), orderText)]
	for i := range len(s) {
		to = append(to, s[i])
		if s[i] == 0 {
			to = append(to, 0xff)
		}
	}
	return append(to, 0, 1)
}
