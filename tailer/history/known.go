package history

import (
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// Known is what the side that follows a file remembers of it. It is
// implemented there; a History works without it, and then takes the first
// generation of a file for the only one that began as it does.
type Known interface {
	// Generations returns what was delivered of the stream lately, oldest
	// first. It may be called from any goroutine and must not wait for a
	// sink.
	Generations() []Generation
}

// Generation is one that was followed.
type Generation struct {
	// Ident is how positions name it.
	Ident line.Generation
	// ID is the file that it was read from; it may hold another generation by
	// now. Head, First and the twin in Ident are as in disk.Generation.
	ID    disk.ID
	Head  disk.Head
	First int64 // offset of its first byte: what lies before is a hole
	// Length is the offset up to which it was read, and Mark the last bytes
	// before that, or nothing. They tell its copy from other files that begin
	// in the same way.
	Length int64
	Mark   []byte
	// State says whether more of it is expected.
	State State
}

// State is how far a generation has come.
type State uint8

const (
	Complete State = iota // it was delivered to its end
	Growing               // it is still read
)
