package stream

import (
	"context"
	"fmt"
	"io"
	"time"

	"tailbeam/tailer/line"
)

// What readers do for the replay of a filtered feed. A job ends when it has
// something worth sending or has had its time, so that others have their turn.
const (
	siftTime   = 50 * time.Millisecond
	siftMemory = 1 << 20 // bytes of frames
)

// search looks back for the n-th line that a filter chooses.
type search struct {
	sifter *sifter
	hunt   *hunting
	at     line.Position // up to here everything was looked at
	found  line.Position // the oldest line that was chosen, if any
	left   int           // lines
	bytes  int64         // that were looked at
	most   int64         // see Config.LookBack
}

// siftMemory goes over what memory holds.
func (r *result) siftMemory(ctx context.Context) {
	var out chunk
	begin := r.off
	r.from = begin
	enough := func(off uint64) bool { return len(out.buf) >= replayChunk || off-begin >= siftMemory }
	r.off, r.gap = r.sifter.encode(ctx, &out, r.enc, r.log, r.part, r.off, enough, time.Time{})
	r.out, r.frames = out.buf, out.frames
}

// siftFiles goes over what comes next in the files.
func (r *result) siftFiles(ctx context.Context, buf []byte) error {
	for begin := time.Now(); ; {
		err := r.advance(ctx, buf)
		if err != nil && len(r.out) == 0 {
			return err
		}
		if err != nil || len(r.out) >= replayChunk || time.Since(begin) > siftTime {
			return nil // an error comes again
		}
	}
}

// seek looks for the beginning n lines before another, or goes on with that.
// Where that takes longer the result is unfinished.
func (r *result) seek(ctx context.Context, buf []byte) error {
	b, h, s := r.begin, r.log.origin.History, r.search
	if h == nil {
		r.seekMemory(ctx)
		return nil
	}
	if b.n == All {
		p, err := h.Start(ctx)
		r.place, r.inFront = placeOf(p), inFront(ctx, h, p, buf)
		return err
	}
	r.place = b.place
	if s.at.IsZero() {
		s.left = b.n
		if s.at = b.place.Last(); s.at.IsZero() {
			end, err := h.End(ctx)
			if err != nil || end.IsZero() {
				return err
			}
			s.at, r.place = end, placeOf(end)
		}
	}
	for begin := time.Now(); s.left > 0 && !s.tooFar(); {
		if time.Since(begin) > siftTime {
			r.unfinished = true
			return nil
		}
		to, size := s.hunt.next(ctx, s.at, len(buf))
		if to != s.at {
			s.bytes += s.at.Off - to.Off
			s.at = to
			continue
		}
		batch, err := h.Backward(ctx, s.at, buf[:size])
		if err == io.ErrShortBuffer {
			batch, err = h.Backward(ctx, s.at, buf)
		}
		if err != nil {
			if !overGap(err, &s.at) {
				break
			}
			continue
		}
		s.look(ctx, &batch)
	}
	if s.left > 0 && !s.tooFar() {
		r.inFront = inFront(ctx, h, s.at, buf)
	}
	switch {
	case !s.found.IsZero() && s.left == 0:
		r.place = b.at(s.found)
	case !s.found.IsZero():
		r.place = placeOf(s.found)
	}
	return nil
}

// tooFar reports whether enough was looked through for a filter.
func (s *search) tooFar() bool { return s.bytes >= s.most && !s.sifter.filter.IsZero() }

// look counts the lines of a batch that are chosen, the newest first.
func (s *search) look(ctx context.Context, b *line.Batch) {
	scratch := new(Log).scratch(b)
	scratch.fill(b)
	scratch.publish()
	v := scratch.view()
	var chosen []line.Position
	for off := v.start; off < v.end; {
		part := v
		off = s.sifter.choose(ctx, &part, off, v.end)
		for walk := part.from(v.start); ; {
			entry, ok := walk.step()
			if !ok {
				break
			}
			if s.sifter.counts(&entry) {
				chosen = append(chosen, entry.pos)
			}
		}
	}
	if n := min(s.left, len(chosen)); n > 0 {
		s.found = chosen[len(chosen)-n]
		s.left -= n
	}
	s.at = b.Pos
	s.bytes += int64(len(b.Data))
}

// seekMemory looks for the beginning where there is nothing but memory.
func (r *result) seekMemory(ctx context.Context) {
	v := r.log.view()
	v.end = min(v.end, max(r.begin.end, v.start))
	n := r.begin.n
	if n == All {
		n = int(v.end - v.start) // more than there are
	}
	var chosen []uint64
	for off := v.start; off < v.end; {
		part := v
		off = r.search.sifter.choose(ctx, &part, off, v.end)
		for walk := part.from(v.start); ; {
			entry, ok := walk.step()
			if !ok {
				break
			}
			if r.search.sifter.counts(&entry) {
				chosen = append(chosen, entry.off)
			}
		}
		chosen = chosen[max(len(chosen)-n, 0):]
	}
	r.place = r.begin.place
	if len(chosen) > 0 {
		r.place = v.place(chosen[0])
	}
}

// fetchMemory has a reader go over what memory holds for a leg of a replay, up
// to an offset.
func (l *loop) fetchMemory(s *subscription, i int, whole view, end uint64) {
	g := &s.legs[i]
	part, from := g.stretch(s.logs()[i], whole, end)
	j := l.jobOf(s, i)
	j.view, j.part, j.off = &whole, &part, from
	s.reading = true
	l.server.readers.add(j)
}

// equip gives a job what it needs for a filter.
func (l *loop) equip(j *job, s *subscription, g *leg) {
	config := &l.server.config
	if g.sifter == nil {
		g.sifter = newSifter(s.feed.sieve, j.log, config.MaxLine)
		g.hunting = newHunting(s.feed.sieve, j.log, line.Onward)
	}
	j.sifter, j.hunting, j.max = g.sifter, g.hunting, siftMemory
	if !g.found && g.begin.kind == before {
		if g.search == nil {
			sieve := s.feed.sieve
			g.search = &search{
				sifter: newSifter(sieve, j.log, config.MaxLine), most: config.LookBack,
				hunt: newHunting(sieve, j.log, line.Backward),
			}
		}
		j.search = g.search
	}
}

// sifted takes what a reader found for a filtered feed, beside what every
// replay takes. It reports whether there is more to do about it.
func (l *loop) sifted(r *result, g *leg) bool {
	s, v := r.sub, r.sub.viewer
	switch {
	case r.unfinished:
		l.wake()
		return false
	case r.view != nil:
		g.passed(r.log, r.view, r.part, r.from, r.off)
		r.place = g.place
		v.moved(&s.sub)
		v.extra().out = append(v.more.out, r.out...)
		l.tally.frames += r.frames
		if !l.passes(v, g, r.gap) {
			return false
		}
		l.tellAdvance(s, r)
		l.flush(v)
		l.wake()
		return false
	case r.search != nil && r.search.tooFar() && r.search.left > 0:
		n, _ := r.log.condition()
		n.Event = line.Changed
		n.Reason = fmt.Sprintf("lines that the filter chooses were looked for in the last %d MiB only", r.search.most>>20)
		out := chunk{buf: v.extra().out}
		s.encoder().notice(&out, r.log, n, r.place)
		v.more.out = out.buf
	}
	if r.search == nil { // else it stands nowhere yet
		l.tellAdvance(s, r)
	}
	return true
}

// tellAdvance tells a viewer where it stands when nothing was chosen for it for
// a while.
func (l *loop) tellAdvance(s *subscription, r *result) {
	if len(r.out) > 0 || s.told.IsZero() {
		s.told = time.Now()
		return
	}
	if time.Since(s.told) < l.server.config.AdvanceEvery {
		return
	}
	s.told = time.Now()
	out := chunk{buf: s.viewer.extra().out}
	s.beside(r.leg).advance(&out, r.log, r.place)
	s.viewer.more.out = out.buf
}
