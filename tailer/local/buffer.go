package local

import (
	"bytes"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
)

const (
	// block is how many bytes are asked for at a time.
	block = 256 << 10
	// spill is how long an unfinished line may be that a buffer holds in front
	// of a block without growing.
	spill = 32 << 10
	// margin lies before the text in a buffer: room for the mark.
	margin = markSize
	// markSize is how many bytes before the end of what was read must still
	// be there at the next read.
	markSize = 32
)

// A bench is what a goroutine that reads works with.
type bench struct {
	follower *Follower
	woken    instant // when the task was woken that runs now
	main     buffer
	spare    buffer // to drain older generations while main holds a block
}

// A buffer holds the margin, an unfinished line from before, and a block.
type buffer struct {
	bytes []byte
	small []byte // what bytes is when no long line needs more
	ends  []uint32
	// converted holds text that was not UTF-8.
	converted charset.Buffer
	batch     line.Batch // handed to sinks by reference, without an allocation
}

// room makes place for n bytes behind the margin and keeps what is there.
func (b *buffer) room(n int) {
	if margin+n <= len(b.bytes) {
		return
	}
	if b.small == nil && n <= spill+block {
		b.small = make([]byte, margin+spill+block)
		b.bytes = b.small
		return
	}
	grown := make([]byte, margin+n+block)
	copy(grown, b.bytes)
	b.bytes = grown
}

// tidy gives back what only a long line needed.
func (b *buffer) tidy() {
	b.bytes = b.small
	if cap(b.ends) > block/4 {
		b.ends, b.converted = nil, charset.Buffer{}
	}
}

// A mark is the last bytes of what was read of a generation.
type mark struct {
	bytes [markSize]byte
	n     int
}

// of returns the bytes.
func (m *mark) of() []byte { return m.bytes[:m.n] }

// set takes the mark from the end of read, which begins with the bytes of the
// mark before or holds at least markSize bytes.
func (m *mark) set(read []byte) {
	m.n = copy(m.bytes[:], read[max(0, len(read)-markSize):])
}

// take takes the mark from a file in front of pos, and reports whether there was
// something to take.
func (m *mark) take(f reader, pos int64) bool {
	k := min(pos, markSize)
	n, err := f.ReadAt(m.bytes[:k], pos-k)
	if err != nil || int64(n) != k {
		return false
	}
	m.n = n
	return n > 0
}

// in reports whether f holds the mark in front of pos. An empty mark is in no
// file.
func (m *mark) in(f reader, pos int64) bool {
	var at [markSize]byte
	n, err := f.ReadAt(at[:m.n], pos-int64(m.n))
	return err == nil && m.n > 0 && n == m.n && bytes.Equal(at[:n], m.of())
}

// reader is the part of a disk.File that a mark needs.
type reader interface {
	ReadAt(p []byte, off int64) (int, error)
}
