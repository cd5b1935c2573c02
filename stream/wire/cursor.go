package wire

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
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
// characters.
const MaxPlace = 3

// Last returns the position in the newest generation, or the zero position.
func (p Place) Last() line.Position {
	if len(p) == 0 {
		return line.Position{}
	}
	return p[len(p)-1]
}

// A cursor for one stream is GEN.OFFSET for each position of the place, joined
// by dots, and one more number that is added to the last offset, so that a
// client makes the cursor of each line of a message from the message's base
// and the line's offset. GEN is the generation in eleven characters of
// base64url. Cursors of several streams are joined by "~" in the order of
// their names. Clients treat all of it as opaque.

// ErrCursor says that a cursor was not made by this program.
var ErrCursor = errors.New("this cursor was not made by tailbeam: send it back exactly as it came")

const (
	generationLen = 11
	cursorJoint   = "~"
)

// AppendCursor appends the cursor of p. The empty place gives nothing.
func AppendCursor(dst []byte, p Place) []byte {
	for i, pos := range p {
		if i > 0 {
			dst = append(dst, '.')
		}
		var gen [8]byte
		binary.BigEndian.PutUint64(gen[:], uint64(pos.Gen))
		dst = base64.RawURLEncoding.AppendEncode(dst, gen[:])
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, pos.Off, 10)
	}
	return dst
}

// Cursors returns the cursor that covers all the given places, in their order,
// or "" if none is known.
func Cursors(places []Place) string {
	var dst []byte
	known := false
	for i, p := range places {
		if i > 0 {
			dst = append(dst, cursorJoint...)
		}
		known = known || len(p) > 0
		dst = AppendCursor(dst, p)
	}
	if !known {
		return ""
	}
	return string(dst)
}

// ParseCursors returns the places of a cursor that covers n streams.
func ParseCursors(s string, n int) ([]Place, error) {
	parts := strings.Split(s, cursorJoint)
	if len(parts) != n {
		return nil, ErrCursor
	}
	places := make([]Place, n)
	for i, part := range parts {
		p, err := parsePlace(part)
		if err != nil {
			return nil, err
		}
		places[i] = p
	}
	return places, nil
}

// parsePlace returns the place in one stream. An empty string is the place in
// a stream that had said nothing yet.
func parsePlace(s string) (Place, error) {
	if s == "" {
		return nil, nil
	}
	words := strings.Split(s, ".")
	if len(words) < 2 || len(words) > 2*MaxPlace+1 {
		return nil, ErrCursor
	}
	var p Place
	for ; len(words) >= 2; words = words[2:] {
		gen, err := generation(words[0])
		if err != nil {
			return nil, err
		}
		off, err := offset(words[1])
		if err != nil {
			return nil, err
		}
		p = append(p, line.Position{Gen: gen, Off: off})
	}
	if len(words) == 1 {
		more, err := offset(words[0])
		last := &p[len(p)-1]
		if err != nil || last.Off+more < last.Off {
			return nil, ErrCursor
		}
		last.Off += more
	}
	return p, nil
}

// generation parses the eleven characters of a generation.
func generation(s string) (line.Generation, error) {
	var gen [8]byte
	if len(s) != generationLen {
		return 0, ErrCursor
	}
	if _, err := base64.RawURLEncoding.Strict().Decode(gen[:], []byte(s)); err != nil {
		return 0, ErrCursor
	}
	if gen == [8]byte{} {
		return 0, ErrCursor
	}
	return line.Generation(binary.BigEndian.Uint64(gen[:])), nil
}

// offset parses a decimal number without sign.
func offset(s string) (int64, error) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, ErrCursor
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, ErrCursor
	}
	return n, nil
}
