package search

import (
	"bytes"
	"math"

	"tailbeam/stream/literal"
)

// rarest returns the index of the letter of a literal that is rarest where bytes
// are as frequent as counted.
func rarest(l *literal.Literal, counts *[256]uint32) int {
	at, least := 0, uint32(math.MaxUint32)
	for i, c := range l.Text {
		n := counts[c]
		if l.Fold {
			n = counts[c] + counts[literal.Upper(c)]
		}
		if n < least {
			at, least = i, n
		}
	}
	return at
}

// A finder looks for a literal in one block, from front to back.
type finder struct {
	*literal.Literal
	rare         int // index of the letter to look for
	block        []byte
	lower, upper int // where the rare letter is next, in each case
	odd          int // where the next character is of which nothing is known
}

func newFinder(l *literal.Literal, block []byte, rare int) finder {
	return finder{Literal: l, rare: rare, block: block, lower: -1, upper: -1, odd: -1}
}

// next returns where the literal, or what may be it, is next from an offset on,
// or the length of the block. Offsets rise from call to call.
func (f *finder) next(from int) int {
	if !f.Fold {
		return f.nextExact(from)
	}
	found := f.nextFold(from)
	if f.Loose {
		if f.odd < from {
			f.odd = literal.Odd(f.block, from)
		}
		found = min(found, f.odd)
	}
	return found
}

// nextExact goes by the rare byte as long as that is rare here.
func (f *finder) nextExact(from int) int {
	c, n := f.Text[f.rare], len(f.Text)
	for at, misses := from+f.rare, 0; at+n-f.rare <= len(f.block); at++ {
		if at = literal.IndexFrom(f.block, at, c); at+n-f.rare > len(f.block) {
			break
		}
		if string(f.block[at-f.rare:at-f.rare+n]) == string(f.Text) {
			return at - f.rare
		}
		if misses++; misses > 4+(at-from)/64 {
			if i := bytes.Index(f.block[at-f.rare+1:], f.Text); i >= 0 {
				return at - f.rare + 1 + i
			}
			break
		}
	}
	return len(f.block)
}

func (f *finder) nextFold(from int) int {
	c := f.Text[f.rare]
	other := literal.Upper(c)
	last := len(f.block) - (len(f.Text) - f.rare)
	for at := from + f.rare; at <= last; at++ {
		if f.lower < at {
			f.lower = literal.IndexFrom(f.block, at, c)
		}
		if other == c {
			at = f.lower
		} else {
			if f.upper < at {
				f.upper = literal.IndexFrom(f.block, at, other)
			}
			at = min(f.lower, f.upper)
		}
		if at > last {
			break
		}
		if f.BeginsFold(f.block[at-f.rare:]) {
			return at - f.rare
		}
	}
	return len(f.block)
}
