package spool

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tailbeam/tailer/line"
)

// Since implements line.History. It takes the times of a stream to grow: it
// halves what is kept until it stands close before t, and goes on line by line.
func (s *Spool) Since(ctx context.Context, t time.Time) (line.Position, error) {
	sc, marks := s.scan(ctx)
	if sc.off == sc.end {
		return sc.position(), nil
	}
	low, high := 0, len(marks) // t is behind the entry at low, not behind those from high on
	stamped := false
	for high-low > 1 {
		mid := (low + high) / 2
		sc.seek(marks, mid, high)
		_, at, err := sc.next(time.Time{})
		switch {
		case err == io.EOF:
			high = mid // no stamp up to high: if one is found, it is before mid
		case err != nil:
			return line.Position{}, err
		case at.Before(t):
			low, stamped = mid, true
		default:
			high, stamped = mid, true
		}
	}
	sc.seek(marks, low, len(marks))
	off, at, err := sc.next(t)
	switch {
	case err == io.EOF && !stamped && at.IsZero():
		return line.Position{}, line.ErrNoStamps
	case err == io.EOF:
		return s.End(ctx)
	case err != nil:
		return line.Position{}, err
	}
	return line.Position{Gen: s.gen, Off: off}, nil
}

// A scan goes over stamped lines.
type scan struct {
	s        *Spool
	ctx      context.Context
	buf      []byte
	off, end int64     // what is left
	ref      time.Time // when that came, or later
	head     int64
	last     time.Time
}

// scan returns a scan of everything, and places where it may begin.
func (s *Spool) scan(ctx context.Context) (scan, []mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sc := scan{s: s, ctx: ctx, off: s.floor, end: s.head, ref: s.last, head: s.head, last: s.last}
	sc.buf = make([]byte, max(64<<10, s.longest))
	return sc, slices.Clone(s.marks)
}

func (sc *scan) position() line.Position { return line.Position{Gen: sc.s.gen, Off: sc.off} }

// seek turns to what lies from one mark to another; the number of marks stands
// for the end.
func (sc *scan) seek(marks []mark, from, to int) {
	sc.off, sc.end, sc.ref = marks[from].off, sc.head, sc.last
	if to < len(marks) {
		sc.end, sc.ref = marks[to].off, marks[to].at
	}
}

// next returns where the first line is whose time is t or later, and its time.
// Where there is none the error is io.EOF, and the time that of the last stamped
// line, if there was one.
func (sc *scan) next(t time.Time) (int64, time.Time, error) {
	var last time.Time
	for sc.off < sc.end {
		b, err := sc.s.Forward(sc.ctx, sc.position(), sc.buf[:min(int64(len(sc.buf)), sc.head-sc.off)])
		var gone *line.GoneError
		if errors.As(err, &gone) && gone.Gap.To.Off > sc.off {
			sc.off = gone.Gap.To.Off // there is a hole, or it was given up meanwhile
			continue
		}
		if err != nil {
			return 0, last, err
		}
		for i := range b.Lines() {
			begin := b.Pos.Off
			if i > 0 {
				begin += int64(b.Ends[i-1])
			}
			if begin >= sc.end {
				break
			}
			if i == 0 && b.Flags&line.Continues != 0 {
				continue
			}
			at, ok := sc.s.cfg.Stamp(bytes.TrimSuffix(b.Entry(i), []byte{'\n'}), sc.ref)
			if !ok {
				continue
			}
			if last = at; !at.Before(t) {
				return begin, at, nil
			}
		}
		sc.off = b.End().Off
	}
	return 0, last, io.EOF
}
