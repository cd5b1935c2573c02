package spool

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sort"

	"tailbeam/tailer/line"
)

var _ line.History = (*Spool)(nil)

// place is what is known of a position at one moment.
type place struct {
	floor, head   int64
	before, after *cut // the last before it, and the first behind it
	at            *cut // exactly there
}

// Forward implements line.History.
func (s *Spool) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	w, err := s.look(ctx, p)
	if err != nil {
		return line.Batch{}, err
	}
	if w.at != nil && w.at.kind == hole {
		return line.Batch{}, &line.GoneError{Gap: *w.at.gap}
	}
	if p.Off == w.head {
		return line.Batch{}, io.EOF
	}
	n := min(int64(len(buf)), w.head-p.Off)
	whole := n == w.head-p.Off
	if w.after != nil && n >= w.after.off-p.Off {
		n, whole = w.after.off-p.Off, true
	}
	buf = buf[:n]
	if err := s.read(buf, p.Off); err != nil {
		return line.Batch{}, err
	}
	if !whole {
		buf = buf[:bytes.LastIndexByte(buf, '\n')+1]
	}
	if s.gone(p.Off) {
		_, err := s.look(ctx, p)
		return line.Batch{}, err
	}
	if len(buf) == 0 {
		return line.Batch{}, io.ErrShortBuffer
	}
	b := line.Batch{Pos: p, Data: buf, Ends: ends(buf), Flags: continues(w.at)}
	if w.after != nil && b.End().Off == w.after.off && w.after.kind == midway {
		b.Flags |= line.Unfinished
	}
	return b, nil
}

// Backward implements line.History.
func (s *Spool) Backward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	for {
		w, err := s.look(ctx, p)
		if err != nil {
			return line.Batch{}, err
		}
		if w.before != nil && w.before.kind == hole && w.before.off == p.Off-1 {
			p.Off--
			continue
		}
		if p.Off == w.floor {
			return line.Batch{}, io.EOF
		}
		least := w.floor
		if w.before != nil {
			least = w.before.begin()
		}
		data, err := s.readBack(buf, least, p.Off)
		if err != nil {
			return line.Batch{}, err
		}
		b := line.Batch{Pos: line.Position{Gen: p.Gen, Off: p.Off - int64(len(data))}, Data: data}
		if s.gone(b.Pos.Off) {
			continue
		}
		if len(data) == 0 {
			return line.Batch{}, io.ErrShortBuffer
		}
		b.Ends = ends(data)
		if w.before != nil && w.before.off == b.Pos.Off {
			b.Flags |= continues(w.before)
		}
		if w.at != nil && w.at.kind == midway {
			b.Flags |= line.Unfinished
		}
		return b, nil
	}
}

// readBack reads the entries between least and end that fit into buf, the last
// ones. Where not even one does it returns nothing.
func (s *Spool) readBack(buf []byte, least, end int64) ([]byte, error) {
	from := max(least, end-int64(len(buf)))
	buf = buf[:end-from]
	if err := s.read(buf, from); err != nil {
		return nil, err
	}
	if from == least || len(buf) == 0 {
		return buf, nil
	}
	var before [1]byte
	if err := s.read(before[:], from-1); err != nil {
		return nil, err
	}
	if before[0] == '\n' {
		return buf, nil
	}
	first := bytes.IndexByte(buf[:len(buf)-1], '\n')
	if first < 0 {
		return nil, nil
	}
	return buf[first+1:], nil
}

// Start implements line.History.
func (s *Spool) Start(ctx context.Context) (line.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return line.Position{Gen: s.gen, Off: s.floor}, ctx.Err()
}

// End implements line.History.
func (s *Spool) End(ctx context.Context) (line.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return line.Position{Gen: s.gen, Off: s.head}, ctx.Err()
}

// Extent implements line.History.
func (s *Spool) Extent(ctx context.Context) ([]line.Extent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []line.Extent{{Pos: line.Position{Gen: s.gen, Off: s.floor}, Bytes: s.head - s.floor}}, ctx.Err()
}

// Near implements line.History. Lines of a stretch that is missing lie behind
// it.
func (s *Spool) Near(ctx context.Context, p line.Position) (line.Position, error) {
	w := s.placeOf(p.Off)
	q := line.Position{Gen: s.gen, Off: max(p.Off, w.floor)}
	buf := make([]byte, 32<<10)
	for off := max(q.Off-1, w.floor); ; {
		if err := ctx.Err(); err != nil {
			return q, err
		}
		switch {
		case p.Gen != s.gen:
			_, err := s.look(ctx, p)
			return q, err
		case q.Off == w.floor && !s.gone(q.Off):
			return q, nil
		case off >= w.head:
			return q, io.EOF
		}
		part := buf[:min(int64(len(buf)), w.head-off)]
		if err := s.read(part, off); err != nil {
			return q, err
		}
		if s.gone(off) {
			return s.Near(ctx, p)
		}
		i := bytes.IndexByte(part, '\n')
		if q.Off = off + int64(i) + 1; i >= 0 && q.Off < w.head {
			return q, nil
		}
		off += int64(len(part))
	}
}

// ReadAt implements line.History.
func (s *Spool) ReadAt(ctx context.Context, p line.Position, buf []byte) (int, error) {
	w := s.placeOf(p.Off)
	if p.Gen != s.gen || p.Off < w.floor || p.Off > w.head {
		_, err := s.look(ctx, p)
		return 0, err
	}
	if p.Off == w.head {
		return 0, io.EOF
	}
	part := buf[:min(int64(len(buf)), w.head-p.Off)]
	err := s.read(part, p.Off)
	if s.gone(p.Off) {
		_, err = s.look(ctx, p)
	}
	return len(part), err
}

// look tells of a position, or why it cannot be read.
func (s *Spool) look(ctx context.Context, p line.Position) (place, error) {
	if err := ctx.Err(); err != nil {
		return place{}, err
	}
	w := s.placeOf(p.Off)
	gap := line.Gap{From: p, To: line.Position{Gen: s.gen, Off: w.floor}, Bytes: line.UnknownBytes}
	switch {
	case p.Gen != s.gen:
		gap.Reason = "what this pipe delivered to an earlier run of the server is not kept"
	case p.Off < w.floor && p.Off >= 0:
		gap.Reason = "these lines are older than what is kept of this pipe"
		gap.Bytes = w.floor - p.Off
	case p.Off < 0 || p.Off > w.head:
		gap.Reason = "the cursor points to where no line of this pipe is"
	case p.Off == w.floor || p.Off == w.head || w.at != nil:
		return w, nil
	default:
		var before [1]byte
		if err := s.read(before[:], p.Off-1); err != nil {
			return w, err
		}
		if before[0] == '\n' {
			return w, nil
		}
		if s.gone(p.Off - 1) {
			return s.look(ctx, p)
		}
		gap.Reason = "the cursor points into the middle of a line"
	}
	return w, &line.GoneError{Gap: gap}
}

// gone reports whether what begins at an offset was given up.
func (s *Spool) gone(off int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return off < s.floor
}

func (s *Spool) placeOf(off int64) place {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := place{floor: s.floor, head: s.head}
	i := sort.Search(len(s.cuts), func(i int) bool { return s.cuts[i].off >= off })
	if i > 0 {
		w.before = &s.cuts[i-1]
	}
	if i < len(s.cuts) && s.cuts[i].off == off {
		w.at = &s.cuts[i]
		i++
	}
	if i < len(s.cuts) {
		w.after = &s.cuts[i]
	}
	return w
}

// begin returns where the entry behind a cut begins.
func (c *cut) begin() int64 {
	if c.kind == hole {
		return c.off + 1
	}
	return c.off
}

// continues returns what to say of an entry that begins at a cut, or at none.
func continues(c *cut) line.Flags {
	if c != nil && c.kind == midway {
		return line.Continues
	}
	return 0
}

// read fills buf from an offset of the stream. Neither what it read nor an error
// counts where that was given up meanwhile.
func (s *Spool) read(buf []byte, off int64) error {
	at := off % s.cfg.Limit
	n := min(int64(len(buf)), s.cfg.Limit-at)
	_, err := s.file.ReadAt(buf[:n], at)
	if err == nil && n < int64(len(buf)) {
		_, err = s.file.ReadAt(buf[n:], 0)
	}
	if err != nil && !s.gone(off) {
		return fmt.Errorf("read what a pipe delivered: %w", err)
	}
	return nil
}

// ends returns where the entries of data end: behind each newline, and at the
// end.
func ends(data []byte) []uint32 {
	n := bytes.Count(data, []byte{'\n'})
	if data[len(data)-1] != '\n' {
		n++
	}
	list := make([]uint32, 0, n)
	for at := 0; at < len(data); {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			i = len(data) - at - 1
		}
		at += i + 1
		list = append(list, uint32(at))
	}
	return list
}
