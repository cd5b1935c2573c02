package stream

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// sifter goes over the lines of one log for a filter, in the order of the file
// in each generation. Its decisions depend on nothing but the file: whoever
// goes over the same lines, from wherever, chooses the same. One goroutine at a
// time uses it; where levels count it may read history.
type sifter struct {
	*sieve
	marks   line.Marks // nil where levels do not count
	history line.History
	carries []carry // of the generations that were looked at last
	only    []uint64
	levels  []line.Level // of those in only, where they are told
	longest int          // bytes of the longest entry in history
}

func newSifter(s *sieve, log *Log, longest int) *sifter {
	f := &sifter{sieve: s, history: log.origin.History, longest: longest, only: []uint64{}} // nil would be all of them
	if s.levels || s.filter.Level != line.None {
		f.marks = log.origin.Marks
	}
	return f
}

// sifted is about how many bytes of frames are looked through at once.
const sifted = 64 << 10

// encode is the function encode for the lines that the filter chooses. It
// stops soon after it was told enough.
func (f *sifter) encode(ctx context.Context, to frames, enc encoder, log *Log, v *view, off uint64, enough func(off uint64) bool, live time.Time) (uint64, *line.Gap) {
	for off < v.end && !enough(off) {
		limit, g := v.next(off)
		if g != nil {
			off++
			if !enc.gap(to, log, *g) {
				return off, g
			}
			continue
		}
		chosen := *v
		stop := f.choose(ctx, &chosen, off, limit)
		for at := off; len(chosen.only) > 0 && at < stop; {
			at = enc.lines(to, log, &chosen, at, stop, live)
		}
		off = stop
	}
	return off, nil
}

// choose looks at the entries of a view from an offset on and leaves in it
// those that the filter chooses. It returns the offset behind what it looked
// at. What it leaves is valid until it is called again.
func (f *sifter) choose(ctx context.Context, v *view, from, limit uint64) uint64 {
	only, levels := f.only[:0], f.levels[:0]
	stop := limit
	for walk := v.from(from); ; {
		s, ok := walk.step()
		if !ok || s.off >= limit {
			break
		}
		if s.off-from >= sifted {
			stop = s.off
			break
		}
		if level, ok := f.chooses(ctx, v, &s); ok {
			only, levels = append(only, s.off), append(levels, level)
		}
	}
	f.only, v.only = only, only
	f.levels, v.levels = levels, levels
	return stop
}

// counts reports whether an entry is one of the lines that are asked for by
// number: each piece of a line is, where a filter looks at each.
func (f *sifter) counts(s *shown) bool {
	return s.flags&entryContinues == 0 || !f.filter.IsZero()
}

// chooses decides about one entry, and returns its level where that counts.
func (f *sifter) chooses(ctx context.Context, v *view, s *shown) (line.Level, bool) {
	if f.marks == nil {
		return line.None, f.passes(s.text)
	}
	continues := s.flags & entryContinues
	own := line.None
	if continues == 0 {
		own = f.marks.Level(s.text)
	}
	level := f.carryAt(ctx, v, s).take(s.pos.Off, s.end, continues, own)
	return level, (level == line.None || level >= f.filter.Level) && f.passes(s.text)
}

// carryAt returns what is carried over to an entry of a view.
func (f *sifter) carryAt(ctx context.Context, v *view, s *shown) *carry {
	p := s.pos
	i := slices.IndexFunc(f.carries, func(c carry) bool { return c.gen == p.Gen })
	if i >= 0 && f.carries[i].end == p.Off {
		return &f.carries[i]
	}
	if i < 0 {
		if len(f.carries) >= wire.MaxPlace {
			f.carries = slices.Delete(f.carries, 0, 1)
		}
		f.carries = append(f.carries, carry{})
		i = len(f.carries) - 1
	}
	if f.history == nil {
		f.carries[i] = f.beforeIn(v, s)
	} else {
		f.carries[i] = f.before(ctx, p, s.flags&entryContinues)
	}
	return &f.carries[i]
}

// beforeIn finds what is carried over to an entry by looking at the entries
// before it, as far as memory holds them.
func (f *sifter) beforeIn(v *view, s *shown) carry {
	c := carry{gen: s.pos.Gen, end: s.pos.Off, at: s.pos.Off, head: s.pos.Off}
	whole := *v
	whole.only, whole.delivered = nil, nil
	from := v.start
	if back := uint64(2*reach + maxMessage); s.off > from+back {
		from = s.off - back
	}
	for walk := whole.from(from); ; {
		e, ok := walk.advance()
		if !ok || e.off >= s.off {
			c.end = s.pos.Off
			return c
		}
		if e.pos.Gen != c.gen {
			continue
		}
		own := line.None
		if e.flags&entryContinues == 0 {
			own = f.marks.Level(e.text)
		}
		c.take(e.pos.Off, e.end, e.flags&entryContinues, own)
	}
}

// lookBack lends buffers for it: there may be many sifters, of which few look
// back at a time.
var lookBack sync.Pool // of *[]byte

// lookFirst is how much is read at a time, in bytes: as a rule one of the last lines
// has a level.
const lookFirst = 16 << 10

// before finds what is carried over to a position by looking at the lines that
// end there.
func (f *sifter) before(ctx context.Context, p line.Position, continues uint32) carry {
	c := carry{gen: p.Gen, end: p.Off, at: p.Off, head: p.Off}
	buf, ok := lookBack.Get().(*[]byte)
	if !ok || len(*buf) < f.longest+reach {
		large := make([]byte, f.longest+reach)
		buf = &large
	}
	defer lookBack.Put(buf)
	inLine := continues != 0
	for at := p; p.Off-at.Off <= reach || inLine && p.Off-at.Off <= reachOfPieces; {
		b, err := f.history.Backward(ctx, at, (*buf)[:min(lookFirst, len(*buf))])
		if err == io.ErrShortBuffer {
			b, err = f.history.Backward(ctx, at, *buf)
		}
		if err != nil || b.Pos.Gen != p.Gen || b.Flags&line.Partial != 0 {
			return c
		}
		for i := b.Lines() - 1; i >= 0; i-- {
			pos := b.Pos.Off
			if i > 0 {
				pos += int64(b.RawEnds()[i-1])
			} else if b.Flags&line.Continues != 0 {
				break
			}
			own := f.marks.Level(wire.Text(b.Entry(i), pos))
			if inLine {
				c.head, inLine = pos, false
				c.whole = own
				if own == line.None { // that of a line before
					over := f.before(ctx, line.Position{Gen: p.Gen, Off: pos}, 0)
					c.whole = over.take(pos, pos, 0, own)
					c.level, c.at = over.level, over.at
					return c
				}
			}
			if own != line.None {
				c.level, c.at = own, pos
				return c
			}
			if p.Off-pos > reach {
				return c
			}
		}
		at = b.Pos
	}
	return c
}
