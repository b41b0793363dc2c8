package search

import (
	"encoding/binary"
	"slices"
)

// codecVersion is the first byte of the binary form of Values; another one cannot be read.
const codecVersion = 1

// The fields of an Item that its mask says are there, in the order in which they follow.
const (
	hasText = 1 << iota
	hasExact
	hasSystem
	hasCode
	hasTimes
	hasNLo
	hasNHi
	hasType
	hasID
	hasVersion
	hasURL
	hasTypes
	hasParts
	exactIsText // Exact is Text: written once

	maskLimit = 1 << iota
)

// AppendBinary appends the binary form of the values, without Narrative and Content:
//
//	version (1 byte) · LastUpdated (8 bytes, little endian) · Ref.Type · Ref.ID · number of all items, parts included ·
//	number of parameters · for each its Code, Type and number of items · for each item its mask and the fields that the mask names
//
// Numbers are varints, strings have their length before them. DecodeValues reads it; SetLastUpdated changes it in place.
func (v *Values) AppendBinary(dst []byte) []byte {
	dst = append(dst, codecVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(v.LastUpdated))
	dst = appendString(dst, v.Ref.Type)
	dst = appendString(dst, v.Ref.ID)
	total := 0
	for i := range v.Params {
		total += countItems(v.Params[i].Items)
	}
	dst = binary.AppendUvarint(dst, uint64(total))
	dst = binary.AppendUvarint(dst, uint64(len(v.Params)))
	for i := range v.Params {
		p := &v.Params[i]
		dst = appendString(dst, p.Code)
		dst = append(dst, byte(p.Type))
		dst = appendItems(dst, p.Items)
	}
	return dst
}

// SetLastUpdated puts the commit time, in microseconds, into a binary form that was made before it was known. It says
// whether b begins as a binary form does; if not, b is unchanged.
func SetLastUpdated(b []byte, microseconds int64) bool {
	if len(b) < 9 || b[0] != codecVersion {
		return false
	}
	binary.LittleEndian.PutUint64(b[1:], uint64(microseconds))
	return true
}

func countItems(items []Item) int {
	n := len(items)
	for i := range items {
		n += countItems(items[i].Parts)
	}
	return n
}

func appendItems(dst []byte, items []Item) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(items)))
	for i := range items {
		dst = appendItem(dst, &items[i])
	}
	return dst
}

func appendItem(dst []byte, it *Item) []byte {
	mask := it.mask()
	dst = binary.AppendUvarint(dst, uint64(mask))
	for bit, s := range it.strings() {
		if mask&(1<<bit) != 0 && bit != hasTimesBit {
			dst = appendString(dst, *s)
		}
		if bit == hasTimesBit && mask&hasTimes != 0 {
			dst = binary.AppendVarint(dst, it.Lo)
			dst = binary.AppendVarint(dst, it.Hi)
		}
	}
	if mask&hasTypes != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(it.Types)))
		for _, c := range it.Types {
			dst = appendString(appendString(dst, c.System), c.Code)
		}
	}
	if mask&hasParts != 0 {
		dst = appendItems(dst, it.Parts)
	}
	return dst
}

// hasTimesBit is the place of Lo and Hi among the strings.
const hasTimesBit = 4

// strings are the string fields in the order of their bits; the place of Lo and Hi is nil.
func (it *Item) strings() [11]*string {
	return [11]*string{&it.Text, &it.Exact, &it.System, &it.Code, nil, &it.NLo, &it.NHi, &it.Type, &it.ID, &it.Version, &it.URL}
}

func (it *Item) mask() int {
	mask := 0
	for bit, s := range it.strings() {
		if s != nil && *s != "" {
			mask |= 1 << bit
		}
	}
	if mask&hasExact != 0 && it.Exact == it.Text {
		mask = mask&^hasExact | exactIsText
	}
	if it.Lo != 0 || it.Hi != 0 {
		mask |= hasTimes
	}
	if len(it.Types) > 0 {
		mask |= hasTypes
	}
	if len(it.Parts) > 0 {
		mask |= hasParts
	}
	return mask
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// Digest is a hash of the values as a store is meant to hold them at a position of the log: key, LastUpdated, parameters and
// items. Equal values give an equal digest in every process; sums of digests (mod 2⁶⁴) compare ranges of rows.
func Digest(v *Values, position Position) uint64 {
	var stack [1024]byte
	b := v.AppendBinary(stack[:0])
	b = binary.LittleEndian.AppendUint64(b, uint64(position))
	h := uint64(fnvOffset)
	for len(b) >= 8 {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	for _, c := range slices.Backward(b) {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return mix(h)
}

// The constants of the 64-bit FNV-1a hash.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// mix spreads every bit over the word (the finaliser of splitmix64), so that sums of digests do not cancel out.
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
