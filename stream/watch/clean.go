package watch

import (
	"fmt"
	"unicode/utf8"
)

// sequences says which control sequences clean leaves in.
type sequences uint8

const (
	noColours   sequences = iota
	keepColours           // those that set colours and weight (ECMA-48, SGR)
)

// clean appends text without what could steer a terminal: control sequences
// (ECMA-48, section 5.4) except those that keep names, control characters
// other than the tabulator, and characters that turn the direction of writing.
func clean(dst, text []byte, keep sequences) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= 0x20 && c < 0x7f || c == '\t':
			dst = append(dst, c)
			i++
		case c == 0x1b:
			end, colour := sequence(text, i)
			if colour && keep == keepColours {
				dst = append(dst, text[i:end]...)
			}
			i = end
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			switch {
			case r == 0x9b: // the sequence introducer as one character
				i, _ = parameters(text, i+n)
				continue
			case r == 0x90 || r == 0x98 || r == 0x9d || r == 0x9e || r == 0x9f:
				i = stringEnd(text, i+n)
				continue
			case steers(r):
			case r == utf8.RuneError && n == 1:
				dst = utf8.AppendRune(dst, r)
			default:
				dst = append(dst, text[i:i+n]...)
			}
			i += n
		}
	}
	return dst
}

// steers reports whether a character controls a terminal although JSON lets it
// stand: those of ECMA-48 beyond ASCII, and those that turn the direction of
// writing.
func steers(r rune) bool {
	return r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// escaped appends JSON with such characters written as escapes.
func escaped(dst, text []byte) []byte {
	for len(text) > 0 {
		if text[0] < 0x7f {
			dst, text = append(dst, text[0]), text[1:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		if steers(r) {
			dst = fmt.Appendf(dst, `\u%04x`, r)
		} else {
			dst = append(dst, text[:n]...)
		}
		text = text[n:]
	}
	return dst
}

// sequence returns the end of the control sequence at i, where an escape
// stands, and whether it sets colours.
func sequence(text []byte, i int) (end int, colour bool) {
	i++
	if i == len(text) {
		return i, false
	}
	switch c := text[i]; {
	case c == '[':
		end, final := parameters(text, i+1)
		return end, final == 'm' && sgr(text[i+1:end-1])
	case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
		return stringEnd(text, i+1), false
	}
	for i < len(text) && text[i] >= 0x20 && text[i] < 0x30 { // intermediate bytes
		i++
	}
	if i < len(text) && text[i] >= 0x30 && text[i] < 0x7f {
		i++
	}
	return i, false
}

// parameters returns the end of a sequence whose introducer ends at i, and its
// final byte, or 0 where it is broken off.
func parameters(text []byte, i int) (end int, final byte) {
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= 0x40 && c < 0x7f:
			return i + 1, c
		case c < 0x20 || c >= 0x7f:
			return i, 0
		}
	}
	return i, 0
}

// sgr reports whether parameters are numbers only.
func sgr(parameters []byte) bool {
	for _, c := range parameters {
		if (c < '0' || c > '9') && c != ';' && c != ':' {
			return false
		}
	}
	return true
}

// stringEnd returns the end of a control string that begins at i. It goes to
// its terminator, or to the end of the text.
func stringEnd(text []byte, i int) int {
	for ; i < len(text); i++ {
		switch {
		case text[i] == 0x07:
			return i + 1
		case text[i] == 0x1b && i+1 < len(text) && text[i+1] == '\\':
			return i + 2
		case text[i] == 0xc2 && i+1 < len(text) && text[i+1] == 0x9c:
			return i + 2
		}
	}
	return i
}
