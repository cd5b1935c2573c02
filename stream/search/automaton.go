package search

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// An automaton tells whether an expression matches in a line. Its states are
// sets of instructions of the compiled expression, made as they are met, and
// each is a row of a table, told by where the row begins. It belongs to one
// goroutine.
type automaton struct {
	prog   *syntax.Prog
	wide   *classes
	width  int32   // of a row
	next   []int32 // for each state, where each character leads
	states []state
	index  map[string]int32
	resets int

	set, stack []uint32 // while a state is made
	in         []bool
	key        []byte
}

// state is the instructions that wait for a byte, and the kind of byte that
// came before, on which it depends which of them can be reached.
type state struct {
	insts []uint32
	prev  rune
}

// Columns of a row: one for each character of ASCII, one for the end of a line,
// and one for each class of other characters.
const (
	atEnd     = 128
	firstWide = 129
)

// The first rows.
const (
	unmade    = 0
	accepting = 1 // the expression matches
	first     = 2 // the state at the beginning of a line
)

const (
	maxStates = 4096
	// maxResets is how often all states are forgotten before the automaton is.
	maxResets = 16
)

// What came before the next byte, as rune of its kind.
const (
	nothing rune = -1
	letter  rune = 'a'
	other   rune = ' '
)

func newAutomaton(prog *syntax.Prog) *automaton {
	a := &automaton{prog: prog, wide: newClasses(prog), in: make([]bool, len(prog.Inst))}
	a.width = firstWide + int32(a.wide.count())
	a.reset()
	return a
}

func (a *automaton) reset() {
	a.states = append(a.states[:0], state{}, state{}, state{prev: nothing})
	a.next = append(a.next[:0], make([]int32, 3*a.width)...)
	a.index = map[string]int32{}
}

// verdict is what an automaton says of a line.
type verdict uint8

const (
	differs verdict = iota
	matches
	unsure // there are too many states, or too many kinds of characters
)

// tell looks at a line without its end.
func (a *automaton) tell(text []byte) verdict {
	if a.resets > maxResets {
		return unsure
	}
	next, at := a.next, first*a.width
	for i := 0; i < len(text); i++ {
		column := int32(text[i])
		if column >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(text[i:])
			if column = a.wide.column(r); column == atEnd {
				return unsure
			}
			i += n - 1
		}
		to := next[at+column]
		if to <= a.width {
			if to == unmade {
				if to = a.step(at, column); to == unmade {
					return unsure
				}
				next = a.next
			}
			if to == accepting*a.width {
				return matches
			}
		}
		at = to
	}
	to := next[at+atEnd]
	if to == unmade {
		to = a.step(at, atEnd)
	}
	if to == accepting*a.width {
		return matches
	}
	return differs
}

// step makes where a state leads with a byte, or with the end of the line,
// where any state but the accepting one will do. It returns unmade where all
// states were forgotten.
func (a *automaton) step(from, column int32) int32 {
	s := a.states[from/a.width]
	c, kind := column, other
	switch {
	case column == atEnd:
		c = nothing
	case column > atEnd:
		c = a.wide.sample(column)
	case syntax.IsWordChar(c):
		kind = letter
	}
	// A match may begin at each character.
	if a.reach(append(s.insts[:len(s.insts):len(s.insts)], uint32(a.prog.Start)), syntax.EmptyOpContext(s.prev, c)) {
		a.next[from+column] = accepting * a.width
		return accepting * a.width
	}
	if column == atEnd {
		a.next[from+column] = first * a.width
		return first * a.width
	}
	var insts []uint32
	for _, pc := range a.set {
		if i := &a.prog.Inst[pc]; i.MatchRune(c) {
			insts = append(insts, i.Out)
		}
	}
	slices.Sort(insts)
	insts = slices.Compact(insts)
	to := a.state(insts, kind)
	if to != unmade {
		a.next[from+column] = to
	}
	return to
}

// reach fills set with the instructions that take a byte and can be reached
// from others, and reports whether the end of the expression is among them.
func (a *automaton) reach(from []uint32, context syntax.EmptyOp) bool {
	a.set = a.set[:0]
	clear(a.in)
	a.stack = append(a.stack[:0], from...)
	for len(a.stack) > 0 {
		pc := a.stack[len(a.stack)-1]
		a.stack = a.stack[:len(a.stack)-1]
		if a.in[pc] {
			continue
		}
		a.in[pc] = true
		switch i := &a.prog.Inst[pc]; i.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstAlt, syntax.InstAltMatch:
			a.stack = append(a.stack, i.Out, i.Arg)
		case syntax.InstCapture, syntax.InstNop:
			a.stack = append(a.stack, i.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(i.Arg)&^context == 0 {
				a.stack = append(a.stack, i.Out)
			}
		case syntax.InstFail:
		default:
			a.set = append(a.set, pc)
		}
	}
	return false
}

// state returns the row of a state, which it makes if there is none.
func (a *automaton) state(insts []uint32, prev rune) int32 {
	a.key = append(a.key[:0], byte(prev))
	for _, pc := range insts {
		a.key = binary.LittleEndian.AppendUint32(a.key, pc)
	}
	if n, ok := a.index[string(a.key)]; ok {
		return n
	}
	if len(a.states) == maxStates {
		a.resets++
		a.reset()
		return unmade
	}
	n := int32(len(a.states)) * a.width
	a.states = append(a.states, state{insts, prev})
	a.next = append(a.next, make([]int32, a.width)...)
	a.index[string(a.key)] = n
	return n
}
