package search

import (
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Classes are the kinds of characters beyond ASCII that an expression tells
// apart: no instruction of it takes one character of a class and not another. A
// byte that is not UTF-8 is U+FFFD, as in package regexp.
type classes struct {
	begins []rune // of each, in order; none where there are too many
}

// maxClasses is how many there are at most: each is a column of every state.
const maxClasses = 64

func newClasses(prog *syntax.Prog) *classes {
	begins := []rune{utf8.RuneSelf}
	for i := range prog.Inst {
		one := &prog.Inst[i]
		if one.Op != syntax.InstRune && one.Op != syntax.InstRune1 {
			continue // those that take any character but the end of a line
		}
		if len(one.Rune) == 1 {
			begins = append(begins, one.Rune[0], one.Rune[0]+1)
			for r := unicode.SimpleFold(one.Rune[0]); r != one.Rune[0]; r = unicode.SimpleFold(r) {
				begins = append(begins, r, r+1)
			}
			continue
		}
		for k := 0; k+1 < len(one.Rune); k += 2 {
			begins = append(begins, one.Rune[k], one.Rune[k+1]+1)
		}
	}
	begins = slices.DeleteFunc(begins, func(r rune) bool { return r < utf8.RuneSelf || r > unicode.MaxRune })
	slices.Sort(begins)
	if begins = slices.Compact(begins); len(begins) > maxClasses {
		begins = nil
	}
	return &classes{begins}
}

func (c *classes) count() int { return len(c.begins) }

// column returns the column of a character beyond ASCII, or atEnd where it is
// not known.
func (c *classes) column(r rune) int32 {
	low, high := 0, len(c.begins) // the class begins in between
	for low < high {
		if middle := (low + high) / 2; c.begins[middle] <= r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return firstWide + int32(low-1)
}

// sample returns a character of the class that has a column.
func (c *classes) sample(column int32) rune { return c.begins[column-firstWide] }
