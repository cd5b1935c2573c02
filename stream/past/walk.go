package past

import (
	"context"
	"errors"
	"io"
	"time"

	"tailbeam/tailer/line"
)

// entry is one line as a walk shows it. Text aliases the walk's buffer and is
// as it lies in the file, but for files in another encoding.
type entry struct {
	text      []byte
	pos       line.Position
	bytes     int64 // in the file
	recoded   bool  // the text is not what lies in the file
	continues bool  // it goes on with the entry before
	time      time.Time
	level     line.Level
}

// walk goes over the lines of a stream, in the order of its history. A line
// without a time or a level of its own has those of a line before.
type walk struct {
	*Stream
	block
	order map[line.Generation]int // of the generations, oldest first
	time  time.Time
	carry carry
}

func newWalk(ctx context.Context, s *Stream) (*walk, error) {
	all, err := s.History.Extent(ctx)
	if err != nil {
		return nil, err
	}
	w := &walk{Stream: s, block: newBlock(), order: make(map[line.Generation]int, len(all))}
	for i, one := range all {
		w.order[one.Pos.Gen] = i
	}
	return w, nil
}

// reached reports whether p is at or behind a position; nothing is behind the
// zero one.
func (w *walk) reached(p, to line.Position) bool {
	switch {
	case to.IsZero():
		return false
	case p.Gen == to.Gen:
		return p.Off >= to.Off
	}
	at, known := w.order[p.Gen]
	end, too := w.order[to.Gen]
	return known && too && at > end
}

// each visits the lines from one position to before another, or to the end
// where that is zero, a line without an end included. Visit returns false to
// stop. What is missing is stepped over.
func (w *walk) each(ctx context.Context, from, to line.Position, visit func(*entry) bool) error {
	for p := from; !w.reached(p, to); {
		b, err := w.read(ctx, p, w.History.Forward)
		if gap, gone := goneAt(err); gone && !gap.To.IsZero() && gap.To != p {
			p = gap.To
			continue
		} else if gone || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !w.batch(&b, to, visit) || b.Flags&line.Partial != 0 {
			return nil
		}
		p = b.End()
	}
	return nil
}

// batch visits the lines of a batch and reports whether to go on.
func (w *walk) batch(b *line.Batch, to line.Position, visit func(*entry) bool) bool {
	raw := b.RawEnds()
	e := entry{pos: b.Pos, recoded: b.Raw != nil}
	for i := range b.Ends {
		if w.reached(e.pos, to) {
			return false
		}
		behind := b.Pos.Off + int64(raw[i])
		e.text, e.bytes = b.Entry(i), behind-e.pos.Off
		e.continues = i == 0 && b.Flags&line.Continues != 0
		w.mark(&e)
		if !visit(&e) {
			return false
		}
		e.pos.Off = behind
	}
	return true
}

// mark tells the time and level of an entry.
func (w *walk) mark(e *entry) {
	own := line.None
	if w.Marks != nil && !e.continues {
		if t, ok := w.Marks.Time(e.text); ok {
			w.time = t
		}
		own = w.Marks.Level(e.text)
	}
	e.time, e.level = w.time, w.carry.take(e.pos, own)
}
