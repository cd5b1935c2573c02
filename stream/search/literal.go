package search

import (
	"bytes"
	"math"
	"regexp/syntax"
	"unicode"
)

// A literal is a text that every match of an expression holds.
type literal struct {
	text []byte
	// In any case: text is in small letters. Loose says that characters beyond
	// ASCII may stand for letters of it: where there are such, nothing is known.
	fold, loose bool
}

// literalOf returns the text of a literal expression, and false where it cannot
// be looked for.
func literalOf(re *syntax.Regexp) (literal, bool) {
	if re.Flags&syntax.FoldCase == 0 {
		l := literal{text: []byte(string(re.Rune))}
		return l, len(l.text) > 0
	}
	l := literal{fold: true}
	for _, r := range re.Rune {
		if r >= 0x80 {
			return l, false
		}
		c := byte(unicode.ToLower(r))
		l.loose = l.loose || c == 'k' || c == 's' // U+212A and U+017F are cases of these
		l.text = append(l.text, c)
	}
	return l, len(l.text) > 0
}

// rarest returns the index of the letter that is rarest where bytes are as
// frequent as counted.
func (l *literal) rarest(counts *[256]uint32) int {
	at, least := 0, uint32(math.MaxUint32)
	for i, c := range l.text {
		n := counts[c]
		if l.fold {
			n = counts[c] + counts[upper(c)]
		}
		if n < least {
			at, least = i, n
		}
	}
	return at
}

// upper returns a letter in the other case, and any other byte as it is.
func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// A finder looks for a literal in one block, from front to back.
type finder struct {
	*literal
	rare         int // index of the letter to look for
	block        []byte
	lower, upper int // where the rare letter is next, in each case
	odd          int // where the next character is of which nothing is known
}

func (l *literal) in(block []byte, rare int) finder {
	return finder{literal: l, rare: rare, block: block, lower: -1, upper: -1, odd: -1}
}

// next returns where the literal, or what may be it, is next from an offset on,
// or the length of the block. Offsets rise from call to call.
func (f *finder) next(from int) int {
	if !f.fold {
		return f.nextExact(from)
	}
	found := f.nextFold(from)
	if f.loose {
		if f.odd < from {
			f.odd = oddFrom(f.block, from)
		}
		found = min(found, f.odd)
	}
	return found
}

// nextExact goes by the rare byte as long as that is rare here.
func (f *finder) nextExact(from int) int {
	c, n := f.text[f.rare], len(f.text)
	for at, misses := from+f.rare, 0; at+n-f.rare <= len(f.block); at++ {
		if at = indexFrom(f.block, at, c); at+n-f.rare > len(f.block) {
			break
		}
		if string(f.block[at-f.rare:at-f.rare+n]) == string(f.text) {
			return at - f.rare
		}
		if misses++; misses > 4+(at-from)/64 {
			if i := bytes.Index(f.block[at-f.rare+1:], f.text); i >= 0 {
				return at - f.rare + 1 + i
			}
			break
		}
	}
	return len(f.block)
}

func (f *finder) nextFold(from int) int {
	c := f.text[f.rare]
	other := upper(c)
	last := len(f.block) - (len(f.text) - f.rare)
	for at := from + f.rare; at <= last; at++ {
		if f.lower < at {
			f.lower = indexFrom(f.block, at, c)
		}
		if other == c {
			at = f.lower
		} else {
			if f.upper < at {
				f.upper = indexFrom(f.block, at, other)
			}
			at = min(f.lower, f.upper)
		}
		if at > last {
			break
		}
		if equalFold(f.block[at-f.rare:][:len(f.text)], f.text) {
			return at - f.rare
		}
	}
	return len(f.block)
}

// oddFrom returns where the next character lies that may be a case of an ASCII
// letter: U+017F or U+212A.
func oddFrom(block []byte, from int) int {
	i, j := indexFrom(block, from, 0xC5), indexFrom(block, from, 0xE2)
	return min(i, j)
}

// indexFrom returns the index of c in block[at:], or the length of block.
func indexFrom(block []byte, at int, c byte) int {
	if i := bytes.IndexByte(block[at:], c); i >= 0 {
		return at + i
	}
	return len(block)
}

// equalFold reports whether a is b, which is in small letters and as long, in
// any case.
func equalFold(a, b []byte) bool {
	for i, c := range a {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != b[i] {
			return false
		}
	}
	return true
}

// maxLiterals is how many texts are looked for at the most.
const maxLiterals = 4

// required returns texts of which every match of re holds at least one, or
// none where there are no such.
func required(re *syntax.Regexp) []literal {
	switch re.Op {
	case syntax.OpLiteral:
		if l, ok := literalOf(re); ok {
			return []literal{l}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []literal
		for _, sub := range re.Sub {
			if found := required(sub); found != nil && (best == nil || shortest(found) > shortest(best)) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []literal
		for _, sub := range re.Sub {
			found := required(sub)
			if found == nil || len(all)+len(found) > maxLiterals {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

func shortest(all []literal) int {
	n := len(all[0].text)
	for i := range all {
		n = min(n, len(all[i].text))
	}
	return n
}
