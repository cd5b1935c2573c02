package local

import (
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// late is how long after its wake-up a turn may begin and still be sure to have
// read what was written before a truncation that it finds.
const late = 20 * time.Millisecond

// truncated puts a new generation of the same file in the place of g, whose
// bytes are not there any more. What had not been read of g is looked for in
// the copy that was made before the truncation: g is read on from there, and
// copies made since are whole generations that came and went unseen. It reports
// whether the list of generations is another now.
func (s *Stream) truncated(w *bench, g *generation) bool {
	at := moment{time.Now(), w.woken.age()}
	info, err := g.file.Stat()
	if err != nil {
		return s.broken(w, g, err)
	}
	s.prove()
	next := s.generation(g.file, info)
	next.birth, next.fresh = truncated, next.grew
	found := s.copiesOf(g, g.checked)
	next.missing = s.loss(g, next, found, info.Size, at)
	next.copied = found.rest.file != nil || found.shorter
	inPlace := append(found.whole, next)
	copied := found.rest.file != nil
	if copied {
		g.file, g.recovered, g.whole = found.rest.file, true, true
		inPlace = slices.Insert(inPlace, 0, g)
		s.meet(found.rest.info)
		s.disclaim(found.rest.info.ID)
	}
	s.mu.Lock()
	s.taken += len(found.whole)
	next.retired = g.retired
	for _, old := range inPlace[:len(inPlace)-1] {
		old.retired = next.grew
	}
	if i := slices.Index(s.gens, g); i >= 0 {
		s.gens = slices.Replace(s.gens, i, i+1, inPlace...)
	}
	if !copied && g.ident != 0 {
		s.rememberLocked(g) // it is known at every moment
	}
	s.mu.Unlock()
	for _, unseen := range found.whole {
		s.disclaim(unseen.id)
	}
	if !copied {
		s.complete(&w.main, g)
	}
	return true
}

// destroyed reports whether a file is not what was read of it, although it was
// when it had lost its name, and so is no log any more: it was written over, as
// shred(1) does it, or has no name at all.
func (s *Stream) destroyed(g *generation) bool {
	s.mu.Lock()
	retired := g.retired
	s.mu.Unlock()
	if retired.IsZero() || !g.checked.After(retired) {
		return false
	}
	info, err := g.file.Stat()
	return err == nil && (info.Links == 0 || info.Size >= g.read.Load())
}

// giveUp ends a generation of which there is no more, whether it was read to its
// end or not.
func (s *Stream) giveUp(w *bench, g *generation) {
	if gone := g.size.Load() - g.read.Load(); gone > 0 {
		s.replace(g, missing{"an old file was written over before it was read to its end", gone})
	} else {
		s.drop(g)
	}
	s.finish(&w.main, g)
}

// cutAgain looks, when the first bytes of a truncated file have been read,
// whether they are those that came first: the file may have been copied and
// truncated again while its copies were looked at, or before anything was
// written. The copies that were made meanwhile come before g, which is read anew
// after them.
func (s *Stream) cutAgain(g *generation) bool {
	since, now := g.fresh, time.Now()
	g.fresh = time.Time{}
	read, mark := g.read.Load(), g.mark
	g.mark.n = 0
	g.read.Store(g.first)
	found := s.copiesOf(g, since)
	if len(found.whole) == 0 {
		g.mark = mark
		g.read.Store(read)
		return false
	}
	g.fresh, g.trail = now, nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken += len(found.whole)
	for _, old := range found.whole {
		old.retired = now
	}
	if i := slices.Index(s.gens, g); i >= 0 {
		s.gens = slices.Insert(s.gens, i, found.whole...)
	}
	for _, old := range found.whole {
		s.claims = slices.DeleteFunc(s.claims, func(id disk.ID) bool { return id == old.id })
	}
	return true
}

// A moment is when a truncation was found, and how long after the wake-up.
type moment struct {
	time.Time
	late time.Duration
}

// loss says what may be lost when g is truncated.
//
// What was read and what the copy holds, if there is one, is not lost. What was
// written in the last moment before the truncation, behind the end of both, is.
// A writer that keeps its offset shows how much that was: what follows lies
// behind a hole. Of any other nobody can know, as logrotate(8) warns. So it is a
// gap where it is likely: where the file was seen to be longer, where it was
// written to so often that something will have been written in that moment,
// and, without a copy, where the reader came late. Otherwise the notice of the
// truncation says it.
func (s *Stream) loss(g, next *generation, found copies, size int64, at moment) missing {
	had := g.read.Load()
	copied := found.rest.file != nil
	if copied {
		if n, ok := length(found.rest.file); ok {
			had = max(had, n)
		}
	}
	if s.skipHole(next); next.first >= had && len(found.whole) == 0 {
		if next.first == had {
			return lossless
		}
		return missing{unreadEnd, next.first - had}
	}
	gone := g.size.Load() - had
	if g.size.Load() <= size {
		gone = 0 // it may have been seen after the truncation
	}
	blind := s.blind.Load() && time.Since(g.grew) < 10*s.f.cfg.Poll
	switch {
	case gone > 0 && !copied:
		return missing{unreadEnd, gone}
	case !copied && (at.late > late || blind):
		return missing{"the file was truncated before it was looked at; what was written just before is gone, if anything was", line.UnknownBytes}
	case gone > 0, s.wroteMeanwhile(g, found.rest, at): // or what was seen came after a copy that is not seen yet
		return missing{"the file was truncated while it was written to; what was written just before is gone, if anything was", line.UnknownBytes}
	}
	return lossless
}

const unreadEnd = "the file was truncated before it was read to its end"

// notice is how late a wake-up may come where much else is to be done.
const notice = 5 * time.Millisecond

// wroteMeanwhile reports whether a writer is likely to have written what nobody
// saw, going by how often it wrote before. Whatever it wrote woke the reader, so
// that only what came after the last read and the wake-up can be gone; and of
// that only what came after the copy was made, if there is one.
func (s *Stream) wroteMeanwhile(g *generation, copied opened, at moment) bool {
	unseen := at.Sub(g.checked)
	if !s.blind.Load() {
		unseen = min(unseen, at.late+notice)
	}
	every := g.growth.interval(at.Time)
	if copied.file != nil {
		const write = 100 // bytes, more or less
		size, _ := length(copied.file)
		if more := size - g.read.Load(); more >= 0 {
			unseen = min(unseen, time.Duration(s.f.stamp(at.Time)-copied.info.Modified)+notice)
			if took := copied.info.Modified - s.f.stamp(g.checked); more > 10*write {
				every = min(every, time.Duration(max(took, 1)/(more/write)))
			}
		}
	}
	return 4*unseen >= every
}

// growth is when a file was last found to have something new, several times
// over, in nanoseconds since 1970, the latest first.
type growth [4]int64

func (g *growth) note(at time.Time) {
	copy(g[1:], g[:])
	g[0] = at.UnixNano()
}

// interval returns how much time has lain between two times of late.
func (g *growth) interval(now time.Time) time.Duration {
	return time.Duration(now.UnixNano()-g[len(g)-1]) / time.Duration(len(g))
}

// skipHole moves a generation that was not read yet to its first byte. A writer
// that keeps its offset across a truncation leaves a hole before it.
func (s *Stream) skipHole(g *generation) {
	first, ok := g.text(0)
	if !ok {
		return
	}
	first -= first % int64(s.f.cfg.Encoding.Unit())
	g.first, g.off = first, first
	g.read.Store(first)
}

// abandon gives up a generation of which more is known to be there. The torn end
// of a line is no line.
func (s *Stream) abandon(w *bench, g *generation, reason string) {
	g.held = nil
	s.replace(g, missing{reason, line.UnknownBytes})
	s.finish(&w.main, g)
}

// replace takes g off the list and puts the word that something is missing in
// its place, or where the sink is by now.
func (s *Stream) replace(g *generation, m missing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.gens, g)
	switch {
	case i < 0:
		return
	case i < len(s.gens)-1 && !s.gens[i+1].announced:
		s.gens[i+1].missing = m
	default:
		s.lost = m
	}
	s.gens = slices.Delete(s.gens, i, i+1)
	if g.ident != 0 {
		s.rememberLocked(g) // it is known at every moment
	}
}
