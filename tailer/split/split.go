// Package split cuts blocks of bytes into runs of lines.
//
// It knows no file, clock or goroutine: whoever reads gives it what was read,
// and keeps what it leaves over until more has come.
package split

import (
	"bytes"
	"unicode/utf8"

	"tailbeam/tailer/line"
)

// MinLine is the smallest limit of a line, in bytes: the longest character
// fits in.
const MinLine = utf8.UTFMax

// Ahead is how many bytes behind the limit must be seen before a line is cut:
// the rest of a character that would be cut in two.
const Ahead = utf8.UTFMax - 1

// A Splitter cuts what follows each other in one generation. A line whose text
// is longer than MaxLine is cut into pieces of at most MaxLine bytes that end
// between two characters of UTF-8; where it is cut depends only on the line,
// never on the blocks in which it came. The text of a line ends before its
// newline, or before a carriage return in front of that.
type Splitter struct {
	MaxLine int // bytes, at least MinLine
	// Begun says that the beginning of the next line was given out before.
	Begun Begun
}

// Begun says where in a line a Splitter stands.
type Begun uint8

const (
	AtStart Begun = iota // the next byte is the first of a line
	Midway               // the next byte goes on with a line
)

// Next finds the next run of entries at the front of data. It returns the
// length of the run, the end of each entry appended to ends, and the flags of
// the batch that they make. A length of 0 says that data holds no complete
// line and more is needed; the Splitter never asks for more than MaxLine+Ahead
// bytes.
func (s *Splitter) Next(data []byte, ends []uint32) (int, []uint32, line.Flags) {
	n := 0
	for {
		i := bytes.IndexByte(data[n:], '\n')
		if i < 0 {
			break
		}
		if i > s.MaxLine && s.tooLong(data[n:n+i]) {
			if n > 0 {
				break
			}
			return s.piece(data, ends)
		}
		n += i + 1
		ends = append(ends, uint32(n))
	}
	if n > 0 {
		return n, ends, s.flags(AtStart)
	}
	if len(data) >= s.MaxLine+Ahead {
		return s.piece(data, ends)
	}
	return 0, ends, 0
}

// Rest gives out data, which Next left over, as the last entry of a generation
// that ended without a newline.
func (s *Splitter) Rest(data []byte, ends []uint32) (int, []uint32, line.Flags) {
	if len(data) > s.MaxLine {
		return s.piece(data, ends)
	}
	return len(data), append(ends, uint32(len(data))), s.flags(AtStart)
}

// tooLong reports whether the bytes before a newline are more than MaxLine.
func (s *Splitter) tooLong(text []byte) bool {
	return len(text) > s.MaxLine+1 || text[len(text)-1] != '\r'
}

// piece gives out the longest beginning of data that is within the limit.
func (s *Splitter) piece(data []byte, ends []uint32) (int, []uint32, line.Flags) {
	n := boundary(data, s.MaxLine)
	return n, append(ends, uint32(n)), s.flags(Midway)
}

// flags moves to where the Splitter stands after a batch, and returns what to
// say of it.
func (s *Splitter) flags(after Begun) line.Flags {
	var flags line.Flags
	if s.Begun == Midway {
		flags |= line.Continues
	}
	if after == Midway {
		flags |= line.Unfinished
	}
	s.Begun = after
	return flags
}

// boundary returns the last place in data, not behind n, that does not lie
// within a character. Bytes that are no UTF-8 are characters of one byte.
func boundary(data []byte, n int) int {
	for at := n; at > 0 && at > n-utf8.UTFMax; at-- {
		if !utf8.RuneStart(data[at]) {
			continue
		}
		if _, size := utf8.DecodeRune(data[at:]); at+size > n {
			return at
		}
		break
	}
	return n
}
