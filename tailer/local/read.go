package local

import (
	"bytes"
	"errors"
	"syscall"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// quota is how many bytes a stream reads in a turn before others have theirs.
const quota = 4 << 20

// outcome is why reading a generation stopped.
type outcome uint8

const (
	atEnd     outcome = iota // all there is was read
	quotaUsed                // there is more
	cut                      // what was read before is not there any more
	moved                    // generations were found that come before
	broken                   // the file cannot be read
)

// turn reads what is open, oldest generation first.
func (s *Stream) turn(w *bench) rest {
	defer w.main.tidy()
	defer w.spare.tidy()
	left := quota
	for {
		s.snapshot()
		end := s.readAll(w, &left)
		s.publish()
		if end == quotaUsed {
			return unfinished
		}
		if end == moved {
			continue
		}
		s.retire(w)
		if !s.changed() {
			break
		}
	}
	s.tell()
	again := s.showPartial(&w.main)
	s.yield()
	s.schedule(again)
	return finished
}

// readAll reads each generation to its end. It stops with quotaUsed when left
// bytes were read, and with moved when the list of generations is another now.
func (s *Stream) readAll(w *bench, left *int) outcome {
	for i, g := range s.view {
		if s.isRenewed(g, s.view[:i]) {
			return moved
		}
		if s.isRepeated(g) {
			s.dismiss(g)
			return moved
		}
		err := s.reopen(g)
		if disk.Gone(err) {
			s.forsake(w, g)
			return moved
		}
		var older []*generation
		last := i == len(s.view)-1
		if last {
			older = s.view[:i]
		}
		n, end := 0, broken
		if err == nil {
			n, end, err = s.advance(w, g, older, *left)
		}
		*left -= n
		if n > 0 {
			s.busy.Store(true)
		}
		switch end {
		case quotaUsed:
			return quotaUsed
		case moved:
			return moved
		case cut:
			if s.destroyed(g) {
				s.giveUp(w, g)
				return moved
			}
			if s.truncated(w, g) {
				return moved
			}
		case broken:
			if s.broken(w, g, err) {
				return moved
			}
		case atEnd:
			g.failed = time.Time{}
			if last {
				s.trouble, s.hungry = "", 0
			}
		}
	}
	return atEnd
}

// snapshot copies the list of generations, which the look task may extend.
func (s *Stream) snapshot() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.view)
	s.view = append(s.view[:0], s.gens...)
}

// publish lets the look task see how far each generation was read.
func (s *Stream) publish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.view {
		g.left = g.delivered()
	}
}

// changed reports whether there is a generation that this turn has not seen.
func (s *Stream) changed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.gens) > 0 && (len(s.view) == 0 || s.gens[len(s.gens)-1] != s.view[len(s.view)-1])
}

// advance reads g to its end, or as far as limit bytes go. Older generations
// are drained again after each read and before its lines are given out, so that
// what one writer wrote to the one and then to the other keeps its order.
func (s *Stream) advance(w *bench, g *generation, older []*generation, limit int) (int, outcome, error) {
	return s.advanceIn(&w.main, g, limit, func() { s.drain(&w.spare, older) })
}

// drain reads old generations to their end. What goes wrong here goes wrong
// again in the next turn, and is seen to there.
func (s *Stream) drain(b *buffer, older []*generation) {
	for _, g := range older {
		_, _, _ = s.advanceIn(b, g, 1<<62, func() {})
	}
}

func (s *Stream) advanceIn(b *buffer, g *generation, limit int, before func()) (int, outcome, error) {
	if g.read.Load() == 0 {
		s.skipHole(g)
	}
	b.room(len(g.held) + block)
	held := copy(b.bytes[margin:], g.held)
	got, total := 0, 0
	for {
		b.room(held + block)
		n, end, err := g.fill(b, held, s.f.cfg.Encoding)
		if end != atEnd || n == 0 {
			if got > 0 {
				g.hold(b.bytes[margin : margin+held])
			}
			return total, end, err
		}
		if !g.fresh.IsZero() && s.cutAgain(g) {
			return total, moved, nil
		}
		got += n
		before()
		text := b.bytes[margin : margin+held+n]
		used := s.give(b, g, text)
		total += used
		held = copy(text, text[used:])
		if n < block || total >= limit {
			g.hold(text[:held])
			if n == block {
				return total, quotaUsed, nil
			}
			return total, atEnd, nil
		}
	}
}

// fill reads the next block behind the first held bytes of text in b, without
// the room at its end. It reads the mark along with it, and finds out whether
// the file is still what it was.
func (g *generation) fill(b *buffer, held int, standard charset.Encoding) (int, outcome, error) {
	k := g.mark.n
	from := margin + held - k
	into := b.bytes[from : margin+held+block]
	at := g.read.Load()
	solid := int64(0)
	for range maxShort {
		n, err := g.file.ReadAt(into, at-int64(k))
		if err == nil && n >= k && bytes.Equal(into[:k], g.mark.of()) {
			room, again := g.room(into[k:n], at, standard, &solid)
			if again {
				continue
			}
			n -= room
			g.advanced(b.bytes[min(margin, from):from+n], n-k)
			return n - k, atEnd, nil
		}
		copy(into, g.mark.of()) // what was held is whole again
		if err != nil {
			return 0, broken, err
		}
		if n >= k {
			return 0, cut, nil
		}
		info, err := g.file.Stat()
		if err != nil {
			return 0, broken, err
		}
		if info.Size < at {
			return 0, cut, nil
		}
		// Between the two the file may have grown again that was cut.
	}
	return 0, broken, errShort
}

// maxShort is how often a file is read anew that seems to be shorter than it is.
const maxShort = 4

// advanced notes that n more bytes were read, which end what was read.
func (g *generation) advanced(read []byte, n int) {
	g.checked = time.Now()
	if n == 0 {
		return
	}
	g.read.Add(int64(n))
	g.mark.set(read)
	g.trail.note(g.mark, g.read.Load())
	g.grew = g.checked
	g.growth.note(g.grew)
}

var errShort = errors.New("reads return less than there is")

// give hands the complete lines at the front of text to the sink and returns
// how many bytes they are.
func (s *Stream) give(b *buffer, g *generation, text []byte) int {
	s.sniff(g, text)
	done := 0
	for done < len(text) {
		n := b.next(g, text[done:])
		if n == 0 {
			break
		}
		s.deliver(b, g, text[done:done+n])
		done += n
	}
	return done
}

// giveRest hands out what is held as the last line of a generation.
func (s *Stream) giveRest(b *buffer, g *generation) {
	rest := g.held
	if len(rest) > 0 {
		s.sniff(g, rest)
	}
	for len(rest) > 0 {
		n := b.rest(g, rest)
		s.deliver(b, g, rest[:n])
		rest = rest[n:]
	}
	g.held = nil
}

// deliver gives the batch in b to the sink, which was made of the next bytes of
// the file.
func (s *Stream) deliver(b *buffer, g *generation, raw []byte) {
	if g.off == g.first {
		s.identify(g, raw)
	} else {
		s.identify(g, nil)
	}
	s.announce(g)
	if g.recovered {
		b.batch.Flags |= line.Recovered
	}
	b.batch.Pos = g.position()
	if len(b.batch.Ends) > 0 {
		s.partial.shown = 0
		s.target.Sink.Append(&b.batch)
	}
	b.batch = line.Batch{}
	g.off += int64(len(raw))
	s.end = g.position()
}

// broken deals with a generation that cannot be read, and reports whether it was
// given up. One that has the name is tried again for ever, an old one for as
// long as it would be watched for late lines.
func (s *Stream) broken(w *bench, g *generation, err error) bool {
	if disk.Exhausted(err) && s.starved() {
		return false
	}
	if g == s.newest() {
		s.trouble = disk.Reason(err)
		return false
	}
	if g.failed.IsZero() {
		g.failed = time.Now()
	}
	if disk.Exhausted(err) || mayPass(err) && time.Since(g.failed) < s.f.cfg.Linger {
		return false
	}
	if disk.Gone(err) && g.read.Load() > 0 && s.recover(g) {
		return true
	}
	s.f.cfg.Logger.Warn("an old file cannot be read to its end", "path", s.target.Path, "err", err)
	s.abandon(w, g, "an old file could not be read to its end: "+disk.Reason(err))
	return true
}

// recover finds a file that cannot be held open, because it is on another host to
// which the connection was lost, under the name that rotation gave it, or
// compressed.
func (s *Stream) recover(g *generation) bool {
	file, err := s.find(g, parked{})
	if err != nil {
		return false
	}
	g.file.Close()
	g.file, g.failed = file, time.Time{}
	return true
}

// mayPass reports whether reading may succeed later: what the system says may
// change, but what a damaged archive holds will not.
func mayPass(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno)
}
