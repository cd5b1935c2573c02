// Package literal finds texts of which every match of an expression holds one.
// What holds none of them does not match, which is told many times faster than
// by the expression.
package literal

import (
	"bytes"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A Literal is a text to look for.
type Literal struct {
	Text []byte
	// Fold: in any case; Text is in small letters then. Loose says that
	// characters beyond ASCII may stand for letters of it (Odd): where there are
	// such, nothing is known.
	Fold, Loose bool
}

// most is how many texts are looked for before the expression itself is faster.
const most = 4

// Required returns texts of which every match of re holds at least one, or none
// where there are no such.
func Required(re *syntax.Regexp) []Literal {
	switch re.Op {
	case syntax.OpLiteral:
		if l, ok := of(re); ok {
			return []Literal{l}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return Required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return Required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []Literal
		for _, sub := range re.Sub {
			if found := Required(sub); found != nil && (best == nil || shortest(found) > shortest(best)) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []Literal
		for _, sub := range re.Sub {
			found := Required(sub)
			if found == nil || len(all)+len(found) > most {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

func shortest(all []Literal) int {
	n := len(all[0].Text)
	for i := range all {
		n = min(n, len(all[i].Text))
	}
	return n
}

// of returns the text of a literal expression, and false where it cannot be
// looked for: bytes that are not UTF-8 match U+FFFD, and where case does not
// matter, only ASCII will do.
func of(re *syntax.Regexp) (Literal, bool) {
	if slices.Contains(re.Rune, utf8.RuneError) {
		return Literal{}, false
	}
	if re.Flags&syntax.FoldCase == 0 {
		l := Literal{Text: []byte(string(re.Rune))}
		return l, len(l.Text) > 0
	}
	l := Literal{Fold: true}
	for _, r := range re.Rune {
		if r >= 0x80 {
			return l, false
		}
		c := byte(unicode.ToLower(r))
		l.Loose = l.Loose || c == 'k' || c == 's' // U+212A and U+017F are cases of these
		l.Text = append(l.Text, c)
	}
	return l, len(l.Text) > 0
}

// BeginsFold reports whether text, which is at least as long, begins with a
// literal in any case.
func (l *Literal) BeginsFold(text []byte) bool {
	for i, c := range text[:len(l.Text)] {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != l.Text[i] {
			return false
		}
	}
	return true
}

// Upper returns a small letter in the other case, and any other byte as it is.
func Upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// IndexFrom returns the index of c in text[at:], counted from the beginning of
// text, or the length of text.
func IndexFrom(text []byte, at int, c byte) int {
	if i := bytes.IndexByte(text[at:], c); i >= 0 {
		return at + i
	}
	return len(text)
}

// Odd returns where the next character at or behind at lies that may be a case of
// an ASCII letter, U+017F or U+212A, or the length of text.
func Odd(text []byte, at int) int {
	return min(IndexFrom(text, at, 0xC5), IndexFrom(text, at, 0xE2))
}
