// Package past answers questions about what a stream holds, over line.History
// alone: pages of lines in either direction, how large the whole is, how many
// lines there were when, and which bytes lines are made of. It opens no file,
// starts no goroutine and keeps nothing; each call reads what it needs, in
// bounded memory, and ends with its context.
package past

import (
	"context"
	"errors"
	"io"
	"sync"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// Stream is what is asked about.
type Stream struct {
	Name    string
	History line.History
	Marks   line.Marks // or nil
	Host    string     // as in line.Origin
}

// cursor returns the cursor of a position.
func (s *Stream) cursor(p line.Position) string {
	if p.IsZero() {
		return ""
	}
	return string(wire.AppendCursor(nil, wire.SealOf(s.Name), wire.Place{p}))
}

// text returns a line as it is shown, valid UTF-8. It aliases the entry if it
// can.
func text(entry []byte, off int64) []byte {
	return wire.Mended(wire.Text(entry, off))
}

// blockSize is how much is read at once, unless a line is longer.
const blockSize = 256 << 10

var blocks = sync.Pool{New: func() any { b := make([]byte, blockSize); return &b }}

// block is a buffer for one call.
type block struct{ buf *[]byte }

func newBlock() block { return block{blocks.Get().(*[]byte)} }

func (b block) free() {
	if len(*b.buf) == blockSize {
		blocks.Put(b.buf)
	}
}

// maxBlock bounds what a line may need.
const maxBlock = 1 << 30

// read calls a method of History and again with a larger buffer where it does
// not fit.
func (b *block) read(ctx context.Context, p line.Position, method func(context.Context, line.Position, []byte) (line.Batch, error)) (line.Batch, error) {
	for {
		batch, err := method(ctx, p, *b.buf)
		if !errors.Is(err, io.ErrShortBuffer) || len(*b.buf) >= maxBlock {
			return batch, err
		}
		larger := make([]byte, 4*len(*b.buf))
		b.buf = &larger
	}
}

// goneAt returns the gap that an error tells of.
func goneAt(err error) (line.Gap, bool) {
	var gone *line.GoneError
	if !errors.As(err, &gone) {
		return line.Gap{}, false
	}
	return gone.Gap, true
}
