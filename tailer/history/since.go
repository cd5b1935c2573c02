package history

import (
	"context"
	"io"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// Since implements line.History. It takes the times of lines for rising, as
// they are but for a few: the generation is chosen by the first stamps of
// each, and within it bisected. Where they are in disorder, the line is the
// first within a mesh before the place that bisection found. A generation is
// without stamps if a sample of it is.
func (h *History) Since(ctx context.Context, t time.Time) (p line.Position, err error) {
	if h.opt.Time == nil {
		return p, line.ErrNoStamps
	}
	err = h.steady(ctx, func() error {
		c, err := h.now(ctx)
		if err != nil {
			return err
		}
		p, err = h.since(ctx, c, t)
		return err
	})
	return p, err
}

func (h *History) since(ctx context.Context, c *chain, t time.Time) (line.Position, error) {
	end, err := h.finish(ctx, c)
	if err != nil || end.IsZero() {
		return end, err
	}
	first, stamped, lines := 0, false, false
	for i, r := range c.records {
		if r.readable() && !r.began.IsZero() {
			stamped = true
			if !r.began.After(t) {
				first = i
			}
		}
	}
	for _, r := range c.records[first:] {
		if !r.readable() {
			continue
		}
		empty, err := h.empty(ctx, r)
		if err != nil {
			return line.Position{}, err
		}
		if empty {
			continue
		}
		lines = true
		off, found, err := h.within(ctx, r, max(t.UnixNano(), 1))
		if err != nil {
			return line.Position{}, err
		}
		switch found {
		case here:
			return line.Position{Gen: r.ident, Off: off}, nil
		case elsewhere:
			stamped = true
		}
	}
	if lines && !stamped {
		return line.Position{}, line.ErrNoStamps
	}
	return end, nil
}

// finding is where a time was looked for.
type finding uint8

const (
	nowhere   finding = iota // no line has a stamp
	elsewhere                // all stamps are earlier
	here
)

// within finds the first line of a generation whose stamp is t or later.
func (h *History) within(ctx context.Context, r *record, t int64) (int64, finding, error) {
	con, err := h.open(r)
	if err != nil {
		return 0, nowhere, err
	}
	defer con.close()
	s := &search{h: h, r: r, con: con, t: t}
	last, err := s.bound(ctx)
	if err != nil || s.none {
		return 0, nowhere, err
	}
	below, k, err := s.bisect(ctx, last)
	if err != nil {
		return 0, nowhere, err
	}
	if k == last {
		k = below // behind that no line has a stamp
	}
	off, ok, err := s.scan(ctx, max(0, below-1), k)
	if err == nil {
		err = con.still()
	}
	if err != nil || !ok {
		return 0, elsewhere, err
	}
	return off, here, nil
}

// A search looks for a time in a generation.
type search struct {
	h    *History
	r    *record
	con  content
	t    int64
	none bool // no stamp was found in what was looked at
}

// probes is in about how many meshes of a generation a stamp is looked for. If
// there is none in them, there is none at all.
const probes = 16

// bound returns in front of which mesh the time lies, or how many there are. A
// compressed file that was not read to its end is read from the front, and not
// further than necessary.
func (s *search) bound(ctx context.Context) (int64, error) {
	if p, ok := s.con.(packed); ok {
		if _, exact := p.Known(); !exact {
			return s.gallop(ctx)
		}
	}
	end, err := s.con.end(ctx)
	if err != nil {
		return 0, err
	}
	n := (end - s.r.first + mesh - 1) / mesh
	s.none = true
	step := max(1, n/probes)
	for k := int64(0); k < n; k += step {
		t, err := s.probe(ctx, k)
		if err != nil {
			return 0, err
		}
		if t != timeless {
			s.none = false
			break
		}
	}
	return n, nil
}

// gallop goes through the meshes until one is not before the time.
func (s *search) gallop(ctx context.Context) (int64, error) {
	s.none = true
	for k := int64(0); ; k++ {
		t, err := s.probe(ctx, k)
		if err == errEnd {
			return k, nil
		}
		if err != nil {
			return 0, err
		}
		if t == timeless {
			if s.none && k == probes {
				return k, nil // a file without stamps is not unpacked for them
			}
			continue
		}
		s.none = false
		if t >= s.t {
			return k + 1, nil
		}
	}
}

// bisect finds the first of n meshes that is not before the time, or n, and
// the last one before it that is.
func (s *search) bisect(ctx context.Context, n int64) (below, k int64, err error) {
	low, high := int64(0), n
	k = n
	for low < high {
		middle := low + (high-low)/2
		at, t := middle, int64(timeless)
		for ; at < high && t == timeless; at++ {
			at = min(max(at, (s.overHole(s.r.first+at*mesh)-s.r.first)/mesh), high-1)
			if t, err = s.probe(ctx, at); err != nil && err != errEnd {
				return 0, 0, err
			} else if err != nil {
				t = timeless
			}
		}
		switch {
		case t == timeless:
			high = middle
		case t >= s.t:
			high, k = middle, at-1
		default:
			low, below = at, at-1
		}
	}
	return below, k, nil
}

// overHole returns the first character at or behind an offset that is not in a hole.
// There are no lines in holes.
func (s *search) overHole(off int64) int64 {
	p, ok := s.con.(*plain)
	if !ok {
		return off
	}
	at := p.opened.Data(off)
	return max(off, at-(at-s.r.first)%int64(s.r.encoding.Unit()))
}

// peeked is how many bytes of a mesh are looked at first for a stamp.
const peeked = 32 << 10

// probe returns the time of the first line with a stamp that begins in mesh k,
// or timeless. The error is errEnd behind the last mesh.
func (s *search) probe(ctx context.Context, k int64) (int64, error) {
	if t := s.r.time(k); t != unread {
		return t, nil
	}
	from := s.r.first + k*mesh
	before := int64(0)
	if k > 0 {
		before = int64(s.r.encoding.Unit())
	}
	buf := make([]byte, mesh+sample)
	for _, size := range []int64{peeked, mesh + sample} {
		n, err := fill(ctx, s.con, buf[:size], from-before)
		if err != nil {
			return 0, err
		}
		if int64(n) <= before {
			return 0, errEnd
		}
		data := buf[:n]
		start := int64(0)
		if k > 0 {
			if start = int64(s.r.encoding.AfterNewline(data)); start < 0 {
				continue
			}
		}
		if t, ok := s.h.first(s.r.file, data[start:], from-before+start, from+mesh); ok {
			s.r.timed(k, t)
			return t, nil
		}
		if int64(n) < size {
			return timeless, nil // it may grow
		}
	}
	s.r.timed(k, timeless)
	return timeless, nil
}

// first returns the first stamp in data, which lies at an offset where a line
// begins, of a line that begins in front of a limit.
func (h *History) first(f *file, data []byte, off, limit int64) (int64, bool) {
	c := h.cutter(f, off, split.AtStart)
	for len(data) > 0 && off < limit {
		begins := c.Begun == split.AtStart
		b, n := c.next(data, nil)
		if n == 0 {
			var err error
			if b, n, err = c.last(data, over); err != nil {
				return 0, false
			}
		}
		raw := b.RawEnds()
		for i := range b.Ends {
			if i > 0 && off+int64(raw[i-1]) >= limit {
				break
			}
			if !begins && i == 0 {
				continue
			}
			if t, ok := h.stamp(b.Entry(i), f.info.Modified); ok {
				return t, true
			}
		}
		off, data = off+int64(n), data[n:]
	}
	return 0, false
}

// firstTime returns the first stamp in the first bytes of a file.
func (h *History) firstTime(f *file, begin []byte) time.Time {
	if h.opt.Time == nil {
		return time.Time{}
	}
	t, ok := h.first(f, begin, f.first, f.first+int64(len(begin)))
	if !ok {
		return time.Time{}
	}
	return time.Unix(0, t)
}

// scan returns the first line whose stamp is not before the time, of those that
// begin in the meshes from one to another.
func (s *search) scan(ctx context.Context, from, to int64) (int64, bool, error) {
	off, limit := s.r.first+from*mesh, s.r.first+(to+1)*mesh
	buf := make([]byte, max(mesh, s.h.opt.MaxLine+split.MinLine))
	if from > 0 {
		var err error
		if off, err = s.lineAt(ctx, off, buf); err != nil {
			return 0, false, err
		}
	}
	for off < limit {
		b, err := s.h.ahead(ctx, s.r, newest, line.Position{Gen: s.r.ident, Off: off}, buf)
		if err == io.ErrShortBuffer {
			buf = make([]byte, 2*len(buf))
			continue
		}
		if err == errEnd {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, err
		}
		raw := b.RawEnds()
		for i := range b.Ends {
			at := off
			if i > 0 {
				at += int64(raw[i-1])
			}
			if i == 0 && b.Flags&line.Continues != 0 || at >= limit {
				continue
			}
			if t, ok := s.h.stamp(b.Entry(i), s.r.info.Modified); ok && t >= s.t {
				return at, true, nil
			}
		}
		off = b.End().Off
	}
	return 0, false, nil
}

// longest is how much is read at a time at most where no line begins.
const longest = 1 << 20

// lineAt returns where the first line begins at or behind an offset. Where that
// is far it reads in larger and larger pieces, and goes over holes: between two
// lines there may be GBs, as in the hole that truncating leaves.
func (s *search) lineAt(ctx context.Context, off int64, buf []byte) (int64, error) {
	off -= int64(s.r.encoding.Unit())
	for {
		off = s.overHole(off)
		n, err := fill(ctx, s.con, buf[:len(buf)/2*2], off)
		if err != nil || n == 0 {
			return off, err
		}
		if i := s.r.encoding.AfterNewline(buf[:n]); i >= 0 {
			return off + int64(i), nil
		}
		off += int64(n)
		if len(buf) < longest {
			buf = make([]byte, 2*len(buf))
		}
	}
}
