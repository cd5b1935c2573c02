package search

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// An automaton tells whether an expression matches in a line of ASCII. Its
// states are sets of instructions of the compiled expression, made as they are
// met. It belongs to one goroutine.
type automaton struct {
	prog   *syntax.Prog
	next   []int32 // for each state, where each byte leads
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

const (
	columns   = 129 // a state has one for each byte and one for the end
	atEnd     = 128
	unmade    = 0
	accepting = 1 // the expression matches
	first     = 2 // the state at the beginning of a line
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
	a := &automaton{prog: prog, in: make([]bool, len(prog.Inst))}
	a.reset()
	return a
}

func (a *automaton) reset() {
	a.states = append(a.states[:0], state{}, state{}, state{prev: nothing})
	a.next = append(a.next[:0], make([]int32, 3*columns)...)
	a.index = map[string]int32{}
}

// verdict is what an automaton says of a line.
type verdict uint8

const (
	differs verdict = iota
	matches
	unsure // it is not ASCII, or there are too many states
)

// tell looks at a line without its end.
func (a *automaton) tell(text []byte) verdict {
	if a.resets > maxResets {
		return unsure
	}
	at := int32(first)
	next := a.next
	for _, c := range text {
		if c >= 0x80 {
			return unsure
		}
		to := next[int(at)*columns+int(c)]
		if to <= accepting {
			if to == unmade {
				if to = a.step(at, int(c)); to == unmade {
					return unsure
				}
				next = a.next
			}
			if to == accepting {
				return matches
			}
		}
		at = to
	}
	to := next[int(at)*columns+atEnd]
	if to == unmade {
		to = a.step(at, atEnd)
	}
	if to == accepting {
		return matches
	}
	return differs
}

// step makes where a state leads with a byte, or with the end of the line,
// where any state but the accepting one will do. It returns unmade where all
// states were forgotten.
func (a *automaton) step(from int32, column int) int32 {
	s := a.states[from]
	c, kind := rune(column), other
	if column == atEnd {
		c = nothing
	} else if syntax.IsWordChar(c) {
		kind = letter
	}
	// A match may begin at each byte.
	if a.reach(append(s.insts[:len(s.insts):len(s.insts)], uint32(a.prog.Start)), syntax.EmptyOpContext(s.prev, c)) {
		a.next[int(from)*columns+column] = accepting
		return accepting
	}
	if column == atEnd {
		a.next[int(from)*columns+column] = first
		return first
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
		a.next[int(from)*columns+column] = to
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

// state returns the number of a state, which it makes if there is none.
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
	n := int32(len(a.states))
	a.states = append(a.states, state{insts, prev})
	a.next = append(a.next, make([]int32, columns)...)
	a.index[string(a.key)] = n
	return n
}
