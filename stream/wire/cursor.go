package wire

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/bits"
	"strconv"
	"strings"

	"tailbeam/tailer/line"
)

// Place is where a viewer stands in one stream: the position of what it gets
// next in each generation that may still give it something, the newest
// generation last. There is one, but for the time in which an old file is
// drained beside a new one. An empty place is that of a viewer to which
// nothing was ever said.
type Place []line.Position

// MaxPlace is how many positions a place holds: its cursor has at most 100
// characters, for files of up to 16 PiB.
const MaxPlace = 4

// Last returns the position in the newest generation, or the zero position.
func (p Place) Last() line.Position {
	if len(p) == 0 {
		return line.Position{}
	}
	return p[len(p)-1]
}

// A Seal tells the cursors of one stream from those of another. It is made of
// the stream's name, so that it is the same in the next run of the server.
type Seal uint32

// SealOf returns the seal of a stream.
func SealOf(name string) Seal {
	h := fnv.New64a()
	h.Write([]byte(name))
	return Seal(mix(h.Sum64()) >> (64 - sealBits))
}

// A cursor for one stream is CHECK, then GENOFFSET for each position of the
// place, joined by dots, and after one more dot a decimal number that is added
// to the last offset, so that a client makes the cursor of each line of a
// message from the message's base and the line's offset. All but that number
// are digits of base64url, six bits each. CHECK has six: half of them are the
// stream's seal, and half tell whether the cursor was changed. GEN is the
// generation in eleven, and OFFSET has as many as it needs. Cursors of several
// streams are joined by "~". Clients treat all of it as opaque.

// What is wrong with a cursor.
var (
	// ErrCursor says that it was not made by this program.
	ErrCursor = errors.New("this cursor was not made by tailbeam, or was changed since: send it back exactly as it came")
	// ErrOtherStream says that it is whole, and of another stream.
	ErrOtherStream = errors.New("this cursor is of another stream: send it for the stream that it came from")
)

const (
	digits      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	checkLen    = 6
	sealBits    = checkLen * 6 / 2
	genLen      = 11
	cursorJoint = "~"
	// maxMore is how many digits the last number has at most.
	maxMore = 10
)

// AppendCursor appends the cursor of p in a stream. The empty place gives
// nothing.
func AppendCursor(dst []byte, of Seal, p Place) []byte {
	if len(p) == 0 {
		return dst
	}
	dst = appendNumber(dst, check(of, p), checkLen)
	for i, pos := range p {
		if i > 0 {
			dst = append(dst, '.')
		}
		var gen [8]byte
		binary.BigEndian.PutUint64(gen[:], uint64(pos.Gen))
		dst = base64.RawURLEncoding.AppendEncode(dst, gen[:])
		off := uint64(max(pos.Off, 0))
		dst = appendNumber(dst, off, max(1, (bits.Len64(off)+5)/6))
	}
	return dst
}

// check returns what a cursor begins with.
func check(of Seal, p Place) uint64 {
	sum := uint64(of)
	for _, pos := range p {
		sum = mix(sum ^ uint64(pos.Gen))
		sum = mix(sum ^ uint64(pos.Off))
	}
	return uint64(of)<<sealBits | sum>>(64-sealBits)
}

// mix spreads every bit over all, the upper ones above all.
func mix(v uint64) uint64 {
	v = (v ^ v>>32) * 0x9e3779b97f4a7c15
	return (v ^ v>>29) * 0xbf58476d1ce4e5b9
}

// appendNumber appends a number in n digits.
func appendNumber(dst []byte, v uint64, n int) []byte {
	for i := n - 1; i >= 0; i-- {
		dst = append(dst, digits[v>>(6*i)&63])
	}
	return dst
}

// Cursors returns the cursor that covers the given places in streams, in their
// order, or "" if none is known.
func Cursors(of []Seal, places []Place) string {
	var dst []byte
	known := false
	for i, p := range places {
		if i > 0 {
			dst = append(dst, cursorJoint...)
		}
		known = known || len(p) > 0
		dst = AppendCursor(dst, of[i], p)
	}
	if !known {
		return ""
	}
	return string(dst)
}

// ParseCursors returns the places of a cursor that covers these streams. The
// error is for a person.
func ParseCursors(s string, of []Seal) ([]Place, error) {
	parts := strings.Split(s, cursorJoint)
	places := make([]Place, len(parts))
	seals := make([]Seal, len(parts))
	for i, part := range parts {
		var err error
		if seals[i], places[i], err = parsePlace(part); err != nil {
			return nil, err
		}
	}
	if len(parts) != len(of) {
		return nil, fmt.Errorf("this cursor covers %d streams, and %d are asked for: ask for those that it came from", len(parts), len(of))
	}
	for i := range parts {
		if len(places[i]) > 0 && seals[i] != of[i] {
			return nil, ErrOtherStream
		}
	}
	return places, nil
}

// parsePlace returns the place in one stream. An empty string is the place in
// a stream that had said nothing yet.
func parsePlace(s string) (Seal, Place, error) {
	if s == "" {
		return 0, nil, nil
	}
	if len(s) < checkLen {
		return 0, nil, ErrCursor
	}
	told, ok := number(s[:checkLen])
	words := strings.Split(s[checkLen:], ".")
	more := int64(0)
	if n := len(words) - 1; ok && n > 0 && len(words[n]) <= genLen {
		more, ok = decimal(words[n])
		words = words[:n]
	}
	if !ok || len(words) > MaxPlace {
		return 0, nil, ErrCursor
	}
	var p Place
	for _, word := range words {
		pos, ok := position(word)
		if !ok {
			return 0, nil, ErrCursor
		}
		p = append(p, pos)
	}
	of := Seal(told >> sealBits)
	last := &p[len(p)-1]
	if check(of, p) != told || last.Off+more < last.Off {
		return 0, nil, ErrCursor
	}
	last.Off += more
	return of, p, nil
}

// position parses GENOFFSET.
func position(s string) (p line.Position, ok bool) {
	var gen [8]byte
	if len(s) <= genLen {
		return p, false
	}
	if _, err := base64.RawURLEncoding.Strict().Decode(gen[:], []byte(s[:genLen])); err != nil {
		return p, false
	}
	p.Gen = line.Generation(binary.BigEndian.Uint64(gen[:]))
	off, ok := number(s[genLen:])
	p.Off = int64(off)
	return p, ok && p.Gen != 0 && p.Off >= 0 && (len(s) == genLen+1 || s[genLen] != digits[0])
}

// number parses base64url digits.
func number(s string) (v uint64, ok bool) {
	const most = 11 // of which the first has four bits
	for i := range len(s) {
		d := strings.IndexByte(digits, s[i])
		if d < 0 || v>>58 != 0 {
			return 0, false
		}
		v = v<<6 | uint64(d)
	}
	return v, len(s) <= most
}

// decimal parses a decimal number without sign.
func decimal(s string) (int64, bool) {
	if s == "" || len(s) > maxMore || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
