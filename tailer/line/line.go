// Package line holds the words that the tailer and the stream side share: runs
// of lines, their positions, and what can happen to a stream. It imports only
// the standard library, and it is the one package of the tailer that the
// stream side imports.
//
// # Positions
//
// A line is addressed by the generation that holds it and the byte offset of
// its first byte there. Offsets count the bytes of the file as they lie on
// disk, whatever is shown to a viewer.
//
// # Ownership
//
// Bytes that are handed to a Sink belong to the caller and are valid only
// until the call returns; a Sink copies what it keeps.
package line

// Generation is the identity of one file in the life of a stream: a stable
// hash of what the file system and the content tell, such that a later run of
// the server computes the same value for the same file. The zero value means
// that there is none. Of a file the upper half tells which one it is and the
// lower half how it begins: 0 until its first line is complete.
type Generation uint64

// Begun reports whether the first line of a file was complete.
func (g Generation) Begun() bool { return uint32(g) != 0 }

// SameFile reports whether two generations are of one file, that was cut or
// whose first line was not complete yet.
func (g Generation) SameFile(other Generation) bool { return g>>32 == other>>32 }

// Position is the place of a line: the generation that holds it and the
// offset, in bytes, of its first byte. The zero value is no position.
type Position struct {
	Gen Generation
	Off int64
}

// IsZero reports whether p names no place.
func (p Position) IsZero() bool { return p == Position{} }

// Flags say what is special about the ends of a Batch.
type Flags uint8

const (
	// Continues marks a batch whose first entry goes on with a line whose
	// beginning was delivered before: a piece of a line longer than the limit.
	Continues Flags = 1 << iota
	// Unfinished marks a batch whose last entry has no newline because the
	// rest of the line comes in the next batch.
	Unfinished
	// Recovered marks lines that were read from a copy of the file after the
	// file itself had been truncated.
	Recovered
)

// Batch is a run of lines that were read together from one generation, in the
// order of the file. Entry i is Data[Ends[i-1]:Ends[i]] (with Ends[-1] taken
// as 0) and lies at Pos.Off+RawEnds()[i-1]. An entry ends with its newline,
// except where Flags says Unfinished and except for the last line of a
// generation that ended without one. A batch is never empty.
type Batch struct {
	Pos  Position // of the first entry
	Data []byte   // the bytes as they lie in the file, or as Raw says
	Ends []uint32 // the exclusive end of each entry in Data
	// Raw is nil, or says that Data was converted from another encoding to
	// UTF-8: then it holds for each entry where it ends in the file, in bytes
	// from Pos on.
	Raw   []uint32
	Flags Flags
}

// RawEnds returns the exclusive end of each entry in the file, in bytes from
// Pos on.
func (b *Batch) RawEnds() []uint32 {
	if b.Raw != nil {
		return b.Raw
	}
	return b.Ends
}

// Lines returns the number of entries.
func (b *Batch) Lines() int { return len(b.Ends) }

// Entry returns the bytes of entry i, its newline included. The slice aliases
// Data.
func (b *Batch) Entry(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = b.Ends[i-1]
	}
	return b.Data[start:b.Ends[i]]
}

// End returns the position just behind the batch.
func (b *Batch) End() Position {
	length := int64(len(b.Data))
	if n := len(b.Raw); n > 0 {
		length = int64(b.Raw[n-1])
	}
	return Position{Gen: b.Pos.Gen, Off: b.Pos.Off + length}
}

// Condition is what a stream is doing.
type Condition uint8

const (
	// Waiting: there is nothing to read from yet, or for now; the notice says
	// why.
	Waiting Condition = iota
	// Live: the source is open and every byte up to now was read.
	Live
	// Ended: the source came to its end and nothing more will follow.
	Ended
	// Failed: the source exists and cannot be read; the notice says why. It is
	// tried again.
	Failed
)

// String returns the name of c as the wire and the page show it.
func (c Condition) String() string {
	switch c {
	case Waiting:
		return "waiting"
	case Live:
		return "live"
	case Ended:
		return "ended"
	case Failed:
		return "failed"
	}
	return "unknown"
}

// Event is what happened to a stream, beside what it is doing.
type Event uint8

const (
	// Changed: only the condition or its reason changed.
	Changed Event = iota
	// Rotated: the name leads to another file now.
	Rotated
	// Truncated: the file was cut and begins anew.
	Truncated
	// Removed: the operator's list no longer holds this stream; nothing more
	// will follow.
	Removed
	// Drained: a generation that lost its name is complete; Pos is its end.
	// Until then lines of it may come between those of its successor. It is
	// also told of the one before a stream's first file, if that has no whole
	// line yet.
	Drained
)

// String returns the name of e as the wire and the page show it.
func (e Event) String() string {
	switch e {
	case Changed:
		return "changed"
	case Rotated:
		return "rotated"
	case Truncated:
		return "truncated"
	case Removed:
		return "removed"
	case Drained:
		return "drained"
	}
	return "unknown"
}

// Notice tells of a change in a stream's life. It lies between the lines that
// were delivered before it and those that come after.
type Notice struct {
	Event     Event
	Condition Condition // from now on
	Reason    string    // one line for a person; may be empty when Live
	// Pos is where the next line will begin, where that is known: so that a
	// viewer that has not seen a line yet can resume all the same.
	Pos Position
}

// UnknownBytes is the Bytes of a Gap whose size cannot be known.
const UnknownBytes = -1

// Gap says that what lies between two positions could not be read and never
// will be.
type Gap struct {
	From   Position // the end of what was delivered
	To     Position // where delivery goes on
	Bytes  int64    // how many bytes are missing, or UnknownBytes
	Lines  int64    // how many lines are missing; 0 where that is not known
	Reason string   // one line for a person
}

// Sink takes what a source delivers. The source calls one method at a time, in
// order, and waits for it to return; a method may block only for as long as
// copying takes. Bytes are valid until the call returns.
type Sink interface {
	// Append takes a run of lines.
	Append(*Batch)
	// Notice takes a change of the stream's condition.
	Notice(Notice)
	// Gap takes the word that something before the next line is missing.
	Gap(Gap)
}

// PartialSink is a Sink that also takes what there is of a last line that has no
// end yet.
type PartialSink interface {
	Sink
	// Partial takes a batch of one entry, marked Partial, that begins where the
	// next line will. It is a look ahead: the line comes with Append, from its
	// first byte, when it is complete. What is called next, whichever method,
	// takes the place of it; a notice that something is Drained does not. Of a
	// long line it may hold the beginning alone, and is marked Unfinished then.
	Partial(*Batch)
}

// Origin says where a stream comes from.
type Origin struct {
	Source string // as the operator wrote it, for people
	Path   string // the file behind it, for people, or empty
	// Host is the machine that holds the files; empty for this one. Reading from
	// another may take any time.
	Host string
	// History reads what was delivered before; nil where nothing can.
	History History
	// Marks reads the times and levels of lines; nil where lines say nothing.
	Marks Marks
}

// Registry is where sources announce their streams. Its methods may be called
// from any goroutine.
type Registry interface {
	// Open makes a stream known under a name and returns where its lines go.
	// A name that is known already is an error.
	Open(name string, origin Origin) (Sink, error)
	// Remove takes a stream away that will deliver nothing more. Its viewers
	// are told reason and sent away.
	Remove(name, reason string)
}

// Audience is a Registry that can tell who is interested in a stream.
type Audience interface {
	Registry
	// Watched reports whether a stream has viewers, or had some lately who may
	// come back to where they stood.
	Watched(name string) bool
}
