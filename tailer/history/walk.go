package history

import (
	"context"

	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// A walk goes through a line from its beginning to find where its pieces lie:
// where a line is cut depends on all of it.
type walk struct {
	h     *History
	r     *record
	con   content
	phase phase
}

// entry is a line or a piece of one.
type entry struct {
	from  int64
	flags line.Flags
}

// entry finds the entry that ends at an offset. The error is errNoLine where
// there is none, and errEnd where that depends on a phase that is unsure.
func (w *walk) entry(ctx context.Context, to int64) (entry, error) {
	if (to-w.r.first)%int64(w.r.encoding.Unit()) != 0 && w.phase != over {
		return entry{}, errNoLine
	}
	start, from, err := w.begin(ctx, to)
	if err != nil {
		return entry{}, err
	}
	found := entry{from: -1}
	err = w.each(ctx, start, from, func(e entry, end int64) bool {
		found = e
		if end != to {
			found.from = -1
		}
		return end < to
	})
	if err == nil && found.from < 0 {
		err = errNoLine
	}
	return found, err
}

// whole returns where the last entry ends that is complete, in a generation
// that ends at an offset.
func (w *walk) whole(ctx context.Context, end int64) (int64, error) {
	unit := int64(w.r.encoding.Unit())
	end -= (end - w.r.first) % unit
	if end <= w.r.text() {
		return w.r.first, nil
	}
	var last [2]byte
	n, err := fill(ctx, w.con, last[:unit], end-unit)
	switch {
	case err != nil:
		return 0, err
	case int64(n) < unit:
		return 0, errMoved
	case w.r.encoding.AfterLastNewline(last[:n]) == n:
		return end, nil
	}
	start, off, err := w.begin(ctx, end)
	if err != nil {
		return 0, err
	}
	if end-off <= int64(w.h.opt.MaxLine)/3 {
		return off, nil // of no encoding is the text so much longer
	}
	err = w.each(ctx, start, off, func(e entry, to int64) bool {
		if e.flags&line.Partial == 0 {
			off = to
		}
		return to < end
	})
	if err == errEnd {
		err = nil
	}
	return off, err
}

// begin returns where the line begins that the byte before an offset is of,
// and the last of its pieces that is known to begin before.
func (w *walk) begin(ctx context.Context, off int64) (start, piece int64, err error) {
	if start, piece, ok := w.r.within(off); ok {
		return start, piece, nil
	}
	scratch := w.h.scratch(w.h.cutter(w.r.file, off, split.Midway))
	defer w.h.release(scratch)
	low := max(w.r.first, w.r.last(off))
	unit := int64(w.r.encoding.Unit())
	to := off - 1 // what is there belongs to the line, be it a newline
	to -= (to - w.r.first) % unit
	for size := int64(step); to > low; size = int64(len(*scratch)) {
		from := max(low, to-size)
		b := (*scratch)[:to-from]
		n, err := fill(ctx, w.con, b, from)
		if err != nil {
			return 0, 0, err
		}
		if n < len(b) {
			return 0, 0, errMoved
		}
		if i := w.r.encoding.AfterLastNewline(b); i >= 0 {
			start = from + int64(i)
			return start, start, nil
		}
		to = from
	}
	if low > w.r.first {
		if start, piece, ok := w.r.within(low); ok {
			return start, piece, nil
		}
	}
	return low, low, nil
}

// each calls visit with the pieces of the line that begins at start, from the
// one at from on, and where each ends, until visit returns false.
func (w *walk) each(ctx context.Context, start, from int64, visit func(entry, int64) bool) error {
	cut := w.h.cutter(w.r.file, from, split.AtStart)
	if from > start {
		cut.Begun = split.Midway
	}
	scratch := w.h.scratch(cut)
	defer w.h.release(scratch)
	held := 0
	var b line.Batch
	for {
		n, err := fill(ctx, w.con, (*scratch)[held:], from+int64(held))
		if err != nil {
			return err
		}
		data := (*scratch)[:held+n]
		ended := len(data) < len(*scratch)
		for len(data) > 0 {
			b, n = cut.next(data, b.Ends[:0])
			sure := n > 0
			if !sure && ended {
				if b, n, err = cut.last(data, w.phase); err != nil {
					return err
				}
			}
			if n == 0 {
				break
			}
			length := b.RawEnds()[0]
			to := from + int64(length)
			if sure && b.Flags&line.Unfinished != 0 {
				w.r.piece(start, from, to)
			}
			if !visit(entry{from, b.Flags}, to) || b.Flags&line.Unfinished == 0 {
				return nil
			}
			from, data = to, data[length:]
		}
		if ended {
			return nil
		}
		held = copy(*scratch, data)
	}
}
