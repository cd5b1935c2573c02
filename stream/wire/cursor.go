package wire

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"tailbeam/tailer/line"
)

// A cursor for one stream is GEN.OFFSET or GEN.OFFSET.MORE: the generation in
// eleven characters of base64url and two decimal numbers that are added up, so
// that a client makes the cursor of each line of a message from the message's
// base and the line's offset. Cursors of several streams are joined by "~" in
// the order of the request. Clients treat all of it as opaque.

// ErrCursor says that a cursor was not made by this program.
var ErrCursor = errors.New("this cursor was not made by tailbeam: send it back exactly as it came")

const (
	generationLen = 11
	cursorJoint   = "~"
)

// AppendCursor appends the cursor of p. The zero position gives nothing.
func AppendCursor(dst []byte, p line.Position) []byte {
	if p.IsZero() {
		return dst
	}
	var gen [8]byte
	binary.BigEndian.PutUint64(gen[:], uint64(p.Gen))
	dst = base64.RawURLEncoding.AppendEncode(dst, gen[:])
	dst = append(dst, '.')
	return strconv.AppendInt(dst, p.Off, 10)
}

// Cursors returns the cursor that covers all the given positions, in their
// order, or "" if none is known.
func Cursors(positions []line.Position) string {
	var dst []byte
	known := false
	for i, p := range positions {
		if i > 0 {
			dst = append(dst, cursorJoint...)
		}
		known = known || !p.IsZero()
		dst = AppendCursor(dst, p)
	}
	if !known {
		return ""
	}
	return string(dst)
}

// ParseCursors returns the positions of a cursor that covers n streams.
func ParseCursors(s string, n int) ([]line.Position, error) {
	parts := strings.Split(s, cursorJoint)
	if len(parts) != n {
		return nil, ErrCursor
	}
	positions := make([]line.Position, n)
	for i, part := range parts {
		p, err := parseCursor(part)
		if err != nil {
			return nil, err
		}
		positions[i] = p
	}
	return positions, nil
}

// parseCursor returns the position of one stream. An empty string is the
// position of a stream that had delivered nothing yet.
func parseCursor(s string) (line.Position, error) {
	if s == "" {
		return line.Position{}, nil
	}
	if len(s) < generationLen+2 || s[generationLen] != '.' {
		return line.Position{}, ErrCursor
	}
	var gen [8]byte
	if _, err := base64.RawURLEncoding.Strict().Decode(gen[:], []byte(s[:generationLen])); err != nil {
		return line.Position{}, ErrCursor
	}
	first, second, two := strings.Cut(s[generationLen+1:], ".")
	off, err := offset(first)
	if err != nil {
		return line.Position{}, err
	}
	if two {
		more, err := offset(second)
		if err != nil || off+more < off {
			return line.Position{}, ErrCursor
		}
		off += more
	}
	p := line.Position{Gen: line.Generation(binary.BigEndian.Uint64(gen[:])), Off: off}
	if p.Gen == 0 {
		return line.Position{}, ErrCursor
	}
	return p, nil
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
