package history

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tailbeam/tailer/line"
)

// An index is what is known of the lines of a generation without reading it
// again. It grows by 24 bytes for each mesh at most.
type index struct {
	// Lines are counted from the beginning on, up to an offset.
	counted, lines int64
	counts         []count
	// times are of the first line with a stamp that begins in each mesh.
	times []int64 // nanoseconds since 1970, or one of what follows
}

// mesh is how many bytes of a file make an entry of its index.
const mesh = 256 << 10

const (
	unread   = 0
	timeless = -1 << 63 // no line in the mesh has a stamp
)

// count says how many lines lie before an offset.
type count struct{ off, lines int64 }

// learn remembers what a batch shows of its generation.
func (h *History) learn(r *record, b *line.Batch) {
	if b.Flags&line.Partial != 0 {
		return
	}
	from, to := b.Pos.Off, b.End().Off
	switch {
	case b.Flags&line.Unfinished == 0:
	case b.Flags&line.Continues == 0:
		r.piece(from, from, to)
	default:
		r.continued(from, to)
	}
	r.count(r.first, b)
	if h.opt.Time == nil {
		return
	}
	for k := (from - r.first + mesh - 1) / mesh; r.first+k*mesh < to; k++ {
		if r.time(k) == unread {
			if t, ok := h.meets(r, b, k); ok {
				r.timed(k, t)
			}
		}
	}
}

// count counts the lines of a batch, if those before it are counted.
func (m *memo) count(first int64, b *line.Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := &m.index
	x.counted = max(x.counted, first)
	from, to := b.Pos.Off, b.End().Off
	if from > x.counted || to <= x.counted {
		return
	}
	raw := b.RawEnds()
	i, exact := slices.BinarySearch(raw, uint32(x.counted-from))
	if exact {
		i++
	}
	x.lines += int64(len(raw) - i)
	if b.Flags&line.Unfinished != 0 {
		x.lines--
	}
	x.counted = to
	if n := len(x.counts); n == 0 || to-x.counts[n-1].off >= mesh {
		x.counts = append(x.counts, count{to, x.lines})
	}
}

// counted returns the last offset up to another where lines were counted.
func (m *memo) counted(first, off int64) count {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := &m.index
	if x.counted > 0 && x.counted <= off {
		return count{x.counted, x.lines}
	}
	i, _ := slices.BinarySearchFunc(x.counts, off+1, func(c count, off int64) int { return int(c.off - off) })
	if i > 0 {
		return x.counts[i-1]
	}
	return count{off: first}
}

// time returns what is known of mesh k.
func (m *memo) time(k int64) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k < int64(len(m.index.times)) {
		return m.index.times[k]
	}
	return unread
}

// timed notes the time of mesh k.
func (m *memo) timed(k, t int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := &m.index
	if n := k + 1 - int64(len(x.times)); n > 0 {
		x.times = append(x.times, make([]int64, n)...)
	}
	x.times[k] = t
}

// inPassing is how many lines are looked at for a stamp while they are read
// for something else.
const inPassing = 4

// meets returns the time of the first lines of a batch that begin in mesh k,
// where the batch holds the beginning of that.
func (h *History) meets(r *record, b *line.Batch, k int64) (int64, bool) {
	raw := b.RawEnds()
	from := r.first + k*mesh - b.Pos.Off
	i := 0
	if from > 0 || b.Flags&line.Continues != 0 {
		i, _ = slices.BinarySearch(raw, uint32(max(from, 1)))
		i++
	}
	for n := 0; n < inPassing && i < len(raw); n++ {
		if i > 0 && int64(raw[i-1]) >= from+mesh {
			break
		}
		if t, ok := h.stamp(b.Entry(i), r.info.Modified); ok {
			return t, true
		}
		i++
	}
	return 0, false
}

// stamp returns the time in a line, in nanoseconds since 1970, as is modified.
func (h *History) stamp(text []byte, modified int64) (int64, bool) {
	t, ok := h.opt.Time(text, time.Unix(0, modified))
	if !ok {
		return 0, false
	}
	return max(t.UnixNano(), 1), true
}

// Number returns how many lines of its generation lie before p. It reads what
// was not counted before.
func (h *History) Number(ctx context.Context, p line.Position) (lines int64, err error) {
	err = h.steady(ctx, func() error {
		c, i, err := h.seek(ctx, p)
		if err != nil || i < 0 || !c.records[i].readable() {
			lines = 0
			return err
		}
		lines, err = h.number(ctx, c.records[i], p.Off)
		return err
	})
	return lines, err
}

func (h *History) number(ctx context.Context, r *record, off int64) (int64, error) {
	at := r.counted(r.first, off)
	buf := make([]byte, mesh)
	for at.off < off {
		n := min(int64(len(buf)), off-at.off)
		b, err := h.ahead(ctx, r, newest, line.Position{Gen: r.ident, Off: at.off}, buf[:n])
		switch {
		case errors.Is(err, io.ErrShortBuffer) && n < int64(len(buf)):
			return at.lines, nil // off is within a line
		case errors.Is(err, io.ErrShortBuffer):
			buf = make([]byte, len(buf)*2)
			continue
		case err == errEnd:
			return at.lines, nil
		case err != nil:
			return 0, err
		}
		at.off = b.End().Off
		at.lines += int64(len(b.Ends))
		if b.Flags&line.Unfinished != 0 {
			at.lines--
		}
	}
	return at.lines, nil
}
