package wire

import (
	"bytes"
	"unicode/utf8"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// Text returns the part of a line that is shown: without the newline that ends
// it, without one carriage return before that, and, where atStart says that
// the line opens its file, without a byte order mark. The result aliases
// entry.
func Text(entry []byte, offset int64) []byte {
	if n := len(entry); n > 0 && entry[n-1] == '\n' {
		entry = entry[:n-1]
		if n > 1 && entry[n-2] == '\r' {
			entry = entry[:n-2]
		}
	}
	if offset == 0 {
		entry = bytes.TrimPrefix(entry, byteOrderMark)
	}
	return entry
}

// Repair appends text with every maximal ill-formed subsequence replaced by
// U+FFFD, so that it may travel in a text frame (RFC 6455, section 8.1; the
// substitution is the one of the Unicode Standard, section 3.9, which browsers
// and Python use too). It stops before the result grows by more than max bytes
// and returns what is left of text; max is at least utf8.UTFMax.
func Repair(dst, text []byte, max int) (out, rest []byte) {
	limit := len(dst) + max
	for len(text) > 0 {
		n := validPrefix(text)
		if n > 0 {
			take := min(n, limit-len(dst))
			if take < n {
				take = WholeCharacters(text[:take])
			}
			if take == 0 {
				return dst, text
			}
			dst = append(dst, text[:take]...)
			text = text[take:]
			continue
		}
		if limit-len(dst) < len(replacement) {
			return dst, text
		}
		dst = append(dst, replacement...)
		text = text[illFormed(text):]
	}
	return dst, nil
}

// Mended returns all of text as Repair leaves it. It is text itself where that is
// valid.
func Mended(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	mended, _ := Repair(nil, text, len(replacement)*len(text)+utf8.UTFMax)
	return mended
}

const replacement = "\uFFFD"

// validPrefix returns the length of the longest prefix of p that is valid.
func validPrefix(p []byte) int {
	at := 0
	for at < len(p) {
		if p[at] < utf8.RuneSelf {
			at++
			continue
		}
		r, size := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return at
}

// illFormed returns the length of the maximal subpart of an ill-formed
// sequence at the beginning of p: the longest beginning of a well-formed
// sequence, or one byte (The Unicode Standard, section 3.9, definition D93b,
// table 3-7).
func illFormed(p []byte) int {
	lead := p[0]
	var need int
	low, high := byte(0x80), byte(0xBF)
	switch {
	case lead >= 0xC2 && lead <= 0xDF:
		need = 1
	case lead == 0xE0:
		need, low = 2, 0xA0
	case lead == 0xED:
		need, high = 2, 0x9F
	case lead >= 0xE1 && lead <= 0xEF:
		need = 2
	case lead == 0xF0:
		need, low = 3, 0x90
	case lead == 0xF4:
		need, high = 3, 0x8F
	case lead >= 0xF1 && lead <= 0xF3:
		need = 3
	default:
		return 1
	}
	n := 1
	for n <= need && n < len(p) && p[n] >= low && p[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}

// WholeCharacters returns the length of the longest prefix of p that does not
// end inside a character that may be valid with more bytes. It looks at the
// last three bytes only.
func WholeCharacters(p []byte) int {
	for back := 1; back <= min(3, len(p)); back++ {
		c := p[len(p)-back]
		if c < utf8.RuneSelf {
			return len(p)
		}
		if utf8.RuneStart(c) {
			if utf8.FullRune(p[len(p)-back:]) {
				return len(p)
			}
			return len(p) - back
		}
	}
	return len(p)
}
