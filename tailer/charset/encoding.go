// Package charset cuts text of several encodings into lines and converts it to
// UTF-8 for the viewer, while positions stay in bytes of the file.
//
// It knows no file, clock or goroutine; as with package split, whoever reads
// gives it what was read, and keeps what it leaves over until more has come.
package charset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how text is written in bytes. The zero value is UTF-8.
type Encoding uint8

const (
	UTF8 Encoding = iota
	UTF16LE
	UTF16BE
	Latin1      // ISO 8859-1
	Windows1252 // its superset, with letters and quotes where that has controls
)

// names are what an operator may write, the first of each as String returns it.
var names = [...][]string{
	UTF8:        {"utf-8", "utf8"},
	UTF16LE:     {"utf-16le", "utf16le", "utf-16", "utf16"},
	UTF16BE:     {"utf-16be", "utf16be"},
	Latin1:      {"latin1", "latin-1", "iso-8859-1", "iso8859-1"},
	Windows1252: {"windows-1252", "cp1252"},
}

// String returns the name of e.
func (e Encoding) String() string {
	if int(e) < len(names) {
		return names[e][0]
	}
	return "unknown"
}

// Parse reads the name of an encoding, in any case. The error is one line that
// names them.
func Parse(name string) (Encoding, error) {
	for e, all := range names {
		for _, other := range all {
			if strings.EqualFold(name, other) {
				return Encoding(e), nil
			}
		}
	}
	return UTF8, fmt.Errorf("%.40q is not an encoding that is known: write utf-8, utf-16le, utf-16be, latin1 or windows-1252", name)
}

// marks are the byte order marks (Unicode 23.8), U+FEFF in each encoding.
var marks = [...]string{UTF8: "\xEF\xBB\xBF", UTF16LE: "\xFF\xFE", UTF16BE: "\xFE\xFF"}

// MarkLen is the length of the longest mark.
const MarkLen = 3

// Of returns the encoding of a file that begins with head: what its byte order
// mark says, or else e; and the length of the mark. Head holds MarkLen bytes at
// the least, or all that the file has.
func (e Encoding) Of(head []byte) (Encoding, int) {
	for marked, mark := range marks {
		if bytes.HasPrefix(head, []byte(mark)) {
			return Encoding(marked), len(mark)
		}
	}
	return e, 0
}

// Unit is how many bytes a newline has. Lines begin at multiples of it.
func (e Encoding) Unit() int {
	if e == UTF16LE || e == UTF16BE {
		return 2
	}
	return 1
}

// HasNUL reports whether text holds the character U+0000. Raw begins where a unit
// does.
func (e Encoding) HasNUL(raw []byte) bool {
	i := bytes.IndexByte(raw, 0)
	if e.Unit() == 1 || i < 0 {
		return i >= 0
	}
	for i -= i % 2; i+1 < len(raw); i += 2 {
		if raw[i] == 0 && raw[i+1] == 0 {
			return true
		}
	}
	return false
}

// AfterNewline returns the index behind the first newline in raw, or -1. Raw
// begins where a unit does.
func (e Encoding) AfterNewline(raw []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(raw[from:], '\n')
		if i < 0 {
			return -1
		}
		if end := e.newline(raw, from+i); end > 0 {
			return end
		}
		from += i + 1
	}
}

// AfterLastNewline returns the index behind the last newline in raw, or -1. Raw
// begins where a unit does.
func (e Encoding) AfterLastNewline(raw []byte) int {
	for upto := len(raw); ; {
		i := bytes.LastIndexByte(raw[:upto], '\n')
		if i < 0 {
			return -1
		}
		if end := e.newline(raw, i); end > 0 {
			return end
		}
		upto = i
	}
}

// newline returns the index behind the newline to which the byte raw[i]
// belongs, a '\n', or 0 where it belongs to another character.
func (e Encoding) newline(raw []byte, i int) int {
	switch {
	case e == UTF16LE && (i%2 != 0 || i+1 >= len(raw) || raw[i+1] != 0),
		e == UTF16BE && (i%2 == 0 || raw[i-1] != 0):
		return 0
	case e == UTF16LE:
		return i + 2
	}
	return i + 1
}

// decode returns the first character of raw and its length, which is 0 where
// raw ends within it. What is none is U+FFFD.
func (e Encoding) decode(raw []byte) (rune, int) {
	switch e {
	case Latin1:
		return rune(raw[0]), 1
	case Windows1252:
		return upper1252(raw[0]), 1
	}
	if len(raw) < 2 {
		return utf8.RuneError, 0
	}
	first := e.unit(raw)
	switch {
	case !utf16.IsSurrogate(first):
		return first, 2
	case first >= 0xDC00:
		return utf8.RuneError, 2
	case len(raw) < 4:
		return utf8.RuneError, 0
	}
	if r := utf16.DecodeRune(first, e.unit(raw[2:])); r != utf8.RuneError {
		return r, 4
	}
	return utf8.RuneError, 2
}

// unit returns the first unit of raw in UTF-16.
func (e Encoding) unit(raw []byte) rune {
	if e == UTF16BE {
		return rune(raw[0])<<8 | rune(raw[1])
	}
	return rune(raw[1])<<8 | rune(raw[0])
}

// windows1252 are the characters of 0x80 to 0x9F
// (https://encoding.spec.whatwg.org/#windows-1252). The five bytes that stand
// for nothing are controls, as in Latin-1.
var windows1252 = [32]rune{
	0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
	0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
}

func upper1252(c byte) rune {
	if c >= 0x80 && c <= 0x9F {
		return windows1252[c-0x80]
	}
	return rune(c)
}

// ascii returns the first character of raw and its length, which is 0 where it
// is not of ASCII.
func (e Encoding) ascii(raw []byte) (byte, int) {
	switch e {
	case UTF16LE:
		if len(raw) > 1 && raw[1] == 0 && raw[0] < utf8.RuneSelf {
			return raw[0], 2
		}
	case UTF16BE:
		if len(raw) > 1 && raw[0] == 0 && raw[1] < utf8.RuneSelf {
			return raw[1], 2
		}
	default:
		if raw[0] < utf8.RuneSelf {
			return raw[0], 1
		}
	}
	return 0, 0
}
