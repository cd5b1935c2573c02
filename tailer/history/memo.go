package history

import (
	"slices"
	"sync"

	"tailbeam/tailer/line"
)

// A memo is what was found out about a generation and holds for good, in
// whatever file it lies. Its methods may be called from any goroutine.
type memo struct {
	mu      sync.Mutex
	aliases []line.Generation
	long    []longLine
	index   index
}

// maxAliases bounds how many names of a generation are remembered beside its
// own.
const maxAliases = 8

// alias remembers another name.
func (m *memo) alias(name line.Generation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(m.aliases, name) {
		return
	}
	if len(m.aliases) == maxAliases {
		m.aliases = slices.Delete(m.aliases, 0, 1)
	}
	m.aliases = append(m.aliases, name)
}

// names returns the other names. A nil memo has none.
func (m *memo) names() []line.Generation {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.aliases)
}

// A longLine is a line that is given out in pieces, of which some are known to
// begin at an offset: finding the others does not start over.
type longLine struct {
	start  int64
	end    int64   // where the last piece ends that is known
	marks  []int64 // where pieces begin: every stride-th
	stride int
	pieces int // between start and end
}

const (
	maxLong  = 4    // long lines remembered of a generation
	maxMarks = 1024 // pieces remembered of a long line
)

// note adds a piece, if it is the next.
func (l *longLine) note(from, to int64) {
	if from != l.end {
		return
	}
	if l.pieces%l.stride == 0 {
		if len(l.marks) == maxMarks {
			for i := range maxMarks / 2 {
				l.marks[i] = l.marks[2*i]
			}
			l.marks = l.marks[:maxMarks/2]
			l.stride *= 2
		}
		if l.pieces%l.stride == 0 {
			l.marks = append(l.marks, from)
		}
	}
	l.pieces++
	l.end = to
}

// piece notes that an unfinished piece of the line that begins at start lies
// between two offsets.
func (m *memo) piece(start, from, to int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.long {
		if m.long[i].start == start {
			m.long[i].note(from, to)
			return
		}
	}
	if from != start {
		return
	}
	if len(m.long) == maxLong {
		m.long = slices.Delete(m.long, 0, 1)
	}
	l := longLine{start: start, end: start, stride: 1}
	l.note(from, to)
	m.long = append(m.long, l)
}

// continued notes that an unfinished piece follows one that is known.
func (m *memo) continued(from, to int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.long {
		m.long[i].note(from, to)
	}
}

// within returns the long line that is known to go on at or behind an offset,
// or reach it, and the last piece that is known to begin before the offset.
func (m *memo) within(off int64) (start, piece int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.long {
		if l.start < off && off <= l.end {
			i, _ := slices.BinarySearch(l.marks, off)
			return l.start, l.marks[i-1], true
		}
	}
	return 0, 0, false
}

// last returns the end of the long line that is known to come nearest to an
// offset from below, or -1.
func (m *memo) last(off int64) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	end := int64(-1)
	for _, l := range m.long {
		if l.end <= off && l.end > end {
			end = l.end
		}
	}
	return end
}

// ends reports whether a piece of a long line is known to end at an offset.
func (m *memo) ends(off int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.long {
		if l.end == off {
			return true
		}
		if i, ok := slices.BinarySearch(l.marks, off); ok && i > 0 {
			return true
		}
	}
	return false
}
