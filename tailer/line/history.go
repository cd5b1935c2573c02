package line

import (
	"context"
	"errors"
	"time"
)

// Partial marks a batch whose last entry is the end of a live generation that
// has no newline yet: it may still grow. Nothing else is in it. Only a History
// gives such a batch, and a source to a PartialSink.
const Partial Flags = 1 << 3

// Renamed marks a batch at the position that was asked for whose generation has
// another name now than in that position. Only a History gives such a batch;
// with io.EOF it holds no line, and the position alone.
const Renamed Flags = 1 << 4

// History reads a stream from any position: what was delivered already, and
// what lies before it. The files themselves are the history; nothing is kept
// beside them but what a compressed one unpacks to, for a while.
//
// Generations follow one another as they began; within each the lines are in
// the order of the file. A position is the one of a whole line, or of a piece
// where a line is longer than the limit: pieces are cut as they were live.
//
// Methods block on disk. They may be called from any goroutine, several at a
// time. Batches alias the buffer that was given and are valid until it is used
// again. io.ErrShortBuffer says that the first line, or piece of one, does not
// fit: try again with a buffer for the longest piece.
type History interface {
	// Forward returns lines from p on, as many as are whole and fit into buf,
	// one at least. Batch.Pos is p, or the beginning of the next generation
	// where p is the end of one. The names of generations in it are those under
	// which lines are delivered now: see Renamed. io.EOF says that there is nothing behind p
	// now. A *GoneError says that p cannot be found, and where to go on.
	Forward(ctx context.Context, p Position, buf []byte) (Batch, error)
	// Backward returns the lines that end at p, as many as fit into buf, one
	// at least. They are of the generation before where p is the beginning of
	// one. io.EOF says that nothing is left before p. A *GoneError says that p
	// cannot be found.
	Backward(ctx context.Context, p Position, buf []byte) (Batch, error)
	// Start returns the position of the oldest line, and End the one behind
	// the newest whole line. Both are zero where there is no file.
	Start(ctx context.Context) (Position, error)
	End(ctx context.Context) (Position, error)
	// Since returns the position of the first line whose time is t or later,
	// or End where there is none. Lines without a stamp take the one of the
	// line before them. The error is ErrNoStamps where no line has one.
	Since(ctx context.Context, t time.Time) (Position, error)
	// Extent returns the generations that can be read, oldest first. Nothing
	// is read of them but what tells their size.
	Extent(ctx context.Context) ([]Extent, error)
	// Near returns the position of the first line of p's generation that begins
	// at p or behind it, whatever lies at p. io.EOF says that none does.
	Near(ctx context.Context, p Position) (Position, error)
	// ReadAt reads bytes as they lie in p's generation, from p on, whatever
	// lies there; those of a compressed file are unpacked. It may read less
	// than buf holds. io.EOF says that there is nothing behind p.
	ReadAt(ctx context.Context, p Position, buf []byte) (int, error)
}

// Extent is how large a generation is.
type Extent struct {
	Pos   Position // of its first byte
	Bytes int64    // from there to its end, a line without a newline included
	// Estimated says that Bytes is a guess, because the generation is
	// compressed and was not read to its end yet.
	Estimated bool
	// Name is the name of its file, without a directory, and empty where
	// there is none.
	Name string
}

// ErrNoStamps says that the lines of a stream carry no time that is known.
var ErrNoStamps = errors.New("the lines of this stream carry no time: ask for a number of lines with n instead")

// ErrAway says that the files cannot be reached for now, as those of another host
// to which the connection is lost. Nothing is known to be missing: the same call
// can succeed later.
var ErrAway = errors.New("try again later")

// GoneError says that a position can no longer be read.
type GoneError struct {
	// Gap tells what is missing. Its To is the oldest position from which
	// everything up to now can be read, or zero where nothing can.
	Gap Gap
}

// Error returns the reason.
func (e *GoneError) Error() string { return e.Gap.Reason }
