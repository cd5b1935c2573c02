package history

import (
	"context"
	"io"
	"unsafe"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// A cutter cuts what is read of a generation into lines, as the follower does.
type cutter struct {
	charset.Cutter
	converted charset.Buffer
}

// cutter returns one that stands at an offset.
func (h *History) cutter(r *file, off int64, begun split.Begun) *cutter {
	c := &cutter{Cutter: charset.Cutter{Encoding: r.encoding, MaxLine: h.opt.MaxLine, Begun: begun}}
	if off == r.first {
		c.Mark = int(r.mark)
	}
	return c
}

// next makes a batch of the complete lines at the front of raw, all but its
// Pos, and returns how many bytes of the file they are. Ends is used for a
// batch of UTF-8.
func (c *cutter) next(raw []byte, ends []uint32) (line.Batch, int) {
	if c.Encoding != charset.UTF8 {
		var b line.Batch
		n := c.Next(raw, &c.converted, &b)
		return b, n
	}
	s := split.Splitter{MaxLine: c.MaxLine, Begun: c.Begun}
	n, ends, flags := s.Next(raw, ends)
	c.Begun = s.Begun
	return line.Batch{Data: raw[:n], Ends: ends, Flags: flags}, n
}

// last makes a batch of raw, which next left over at the end of a generation.
// The error is errEnd where nothing is to be given out of it.
func (c *cutter) last(raw []byte, at phase) (line.Batch, int, error) {
	begun := c.Begun
	var b line.Batch
	switch at {
	case unsure, late:
		return b, 0, errEnd
	}
	n := c.Rest(raw, &c.converted, &b)
	if len(b.Ends) == 0 {
		return b, 0, errEnd
	}
	if at == newest {
		b.Flags = line.Partial
		if begun == split.Midway {
			b.Flags |= line.Continues
		}
	}
	return b, n, nil
}

// tail is what a cutter left over at the front of a buffer: the end of a
// generation, or a line that is longer than the buffer.
type tail struct {
	h     *History
	r     *record
	con   content
	cut   *cutter
	phase phase
	off   int64
	buf   []byte
	n     int  // bytes in buf
	full  bool // there may be more behind them
}

// batch gives out what can be.
func (t *tail) batch(ctx context.Context) (line.Batch, error) {
	data := t.buf[:t.n]
	if t.full {
		scratch := t.h.scratch(t.cut)
		defer t.h.release(scratch)
		// As a rule the line is a little longer than the buffer, and what is on
		// another host is far.
		for size := max(2*t.n, step); ; size *= 4 {
			size = min(size, t.cut.Ahead())
			n, err := fill(ctx, t.con, (*scratch)[:size], t.off)
			if err != nil {
				return line.Batch{}, err
			}
			data = (*scratch)[:n]
			if b, used := t.cut.next(data, nil); used > 0 {
				return t.fitting(b, used)
			}
			if n < size || size == t.cut.Ahead() {
				break
			}
		}
	}
	phase := t.phase
	if t.con.damage() != nil {
		phase = late // what comes behind the last whole line is torn
	}
	b, used, err := t.cut.last(data, phase)
	if err != nil {
		return b, err
	}
	return t.fitting(b, used)
}

// fitting moves a batch to the buffer if that can hold it.
func (t *tail) fitting(b line.Batch, used int) (line.Batch, error) {
	if used > len(t.buf) {
		return line.Batch{}, io.ErrShortBuffer
	}
	if b.Raw == nil {
		copy(t.buf, b.Data)
		b.Data = t.buf[:len(b.Data)]
	}
	return b, nil
}

// scratch lends a buffer that holds the longest piece of a line and what has
// to be seen behind it.
func (a *Archive) scratch(c *cutter) *[]byte {
	size := c.Ahead() + step
	size -= size % c.Encoding.Unit()
	if b, ok := a.buffers.Get().(*[]byte); ok && len(*b) == size {
		return b
	}
	b := make([]byte, size)
	return &b
}

func (a *Archive) release(b *[]byte) { a.buffers.Put(b) }

// step is how many bytes are read at a time where there is no buffer to fill.
const step = 64 << 10

// guess is how many bytes a line has, where room for offsets is made.
const guess = 64

// carve divides a buffer into a part for text and one for where lines end, so
// that nothing is allocated for a batch. If lines are shorter than the guess,
// offsets move elsewhere by themselves. A small buffer is for text alone.
func carve(buf []byte) (text []byte, ends []uint32) {
	const small, size = 16 << 10, int(unsafe.Sizeof(ends[0]))
	if len(buf) < small {
		return buf, make([]uint32, 0, len(buf)/guess+1)
	}
	n := len(buf) / (guess + size)
	at := len(buf) - n*size
	at -= int(uintptr(unsafe.Pointer(&buf[at])) % uintptr(size))
	return buf[:at:at], unsafe.Slice((*uint32)(unsafe.Pointer(&buf[at])), n)[:0]
}
