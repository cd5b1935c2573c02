package line

import (
	"context"
	"errors"
)

// A Finder is a History that can have it found out, where the files are, which
// lines may hold a text, so that the others need not be brought here.
type Finder interface {
	History
	// Find looks from p on, in one direction and in p's generation only, for
	// lines that hold one of some texts. It looks through a part of what there
	// is: Found says how far. The error is ErrUnfindable where lines have to be
	// read to know.
	Find(ctx context.Context, p Position, way Way, texts []Text) (Found, error)
}

// Way is a direction in a log.
type Way uint8

const (
	Onward   Way = iota // to newer lines
	Backward            // to older ones
)

// Text is what a line may hold.
type Text struct {
	Bytes []byte // without NUL and newline, and not empty
	// Fold says that ASCII letters may be in either case.
	Fold bool
}

// Found tells of the lines between two positions of a generation, From before To,
// of which one is the position asked for: those that are not among Lines hold
// none of the texts.
type Found struct {
	From, To Position
	Lines    []int64 // offsets of first bytes, ascending
}

// ErrUnfindable says that which lines hold a text can only be known by reading
// them.
var ErrUnfindable = errors.New("lines have to be read to know what they hold")
