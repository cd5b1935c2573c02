package local

import (
	"bytes"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

const (
	// late is how long after its wake-up a turn may begin and still be sure to
	// have read what was written before a truncation that it finds.
	late = 20 * time.Millisecond
	// maxCopies is how many files are looked at for the copy of another.
	maxCopies = 16
)

// truncated puts a new generation of the same file in the place of g, whose
// bytes are not there any more. What had not been read of g is looked for in
// the copy that was made before the truncation: g is read on from there, and
// copies made since are whole generations that came and went unseen.
func (s *Stream) truncated(w *bench, g *generation) {
	info, err := g.file.Stat()
	if err != nil {
		s.broken(w, g, err)
		return
	}
	next := s.generation(g.file, info)
	next.birth = truncated
	rest, whole, copied := s.copies(g)
	next.missing = s.loss(g, rest, copied, time.Since(w.woken))
	inPlace := append(whole, next)
	if rest.file != nil {
		g.file, g.recovered, g.whole = rest.file, true, true
		inPlace = slices.Insert(inPlace, 0, g)
		defer s.disclaim(rest.info.ID)
	} else {
		s.complete(&w.main, g)
	}
	for _, copied := range whole {
		defer s.disclaim(copied.id)
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	next.retired = g.retired
	for _, old := range inPlace[:len(inPlace)-1] {
		old.retired = now
	}
	if i := slices.Index(s.gens, g); i >= 0 {
		s.gens = slices.Replace(s.gens, i, i+1, inPlace...)
	}
}

// loss says what is known to be lost when g is truncated after a wake-up some
// time ago. There may be a copy that holds more than was read, and copied is
// when a copy was begun, or zero.
func (s *Stream) loss(g *generation, rest opened, copied int64, ago time.Duration) missing {
	read := g.read.Load()
	unread := g.size.Load() - read
	blind := s.blind.Load() && time.Since(g.grew) < 10*s.f.cfg.Poll
	switch {
	case rest.info.Size > read, copied > 0 && s.f.stamp(g.grew) > copied:
		return missing{"the file was copied and truncated; what was written between the two is gone, if anything was", line.UnknownBytes}
	case rest.file == nil && unread > 0:
		return missing{"the file was truncated before it was read to its end", unread}
	case ago > late, blind:
		return missing{"the file was truncated before it was looked at; what was written just before is gone, if anything was", line.UnknownBytes}
	}
	return lossless
}

// opened is a file that was found beside the followed one.
type opened struct {
	file disk.File
	info disk.Info
}

// copies looks for the copy of what g held when it was truncated, and for
// copies made after that one: generations that nobody has seen. It returns when
// the copy of g was begun as well, which may hold less than was read of g.
func (s *Stream) copies(g *generation) (rest opened, whole []*generation, copied int64) {
	candidates := s.candidates()
	candidates = slices.DeleteFunc(candidates, func(c candidate) bool { return s.holds(c.info.ID) })
	candidates = candidates[max(0, len(candidates)-maxCopies):]
	since := s.f.stamp(g.checked.Add(-s.f.cfg.Slack))
	read := g.read.Load()
	for i := len(candidates) - 1; i >= 0; i-- {
		c := candidates[i]
		if !s.claim(c.info.ID) {
			continue
		}
		file := s.openCandidate(c)
		if file == nil {
			s.disclaim(c.info.ID)
			continue
		}
		if g.mark.in(file, read) {
			rest, copied = opened{file, c.info}, c.born()
			break
		}
		if c.born() >= since && s.behind(g, file, c) {
			copied = c.born()
			file.Close()
			s.disclaim(c.info.ID)
			break
		}
		if c.born() < since || s.delivered(file) || alike(file, g.file) {
			file.Close()
			s.disclaim(c.info.ID)
			continue
		}
		unseen := s.generation(file, c.info)
		unseen.birth, unseen.whole, unseen.recovered = truncated, true, true
		whole = append(whole, unseen)
	}
	slices.Reverse(whole)
	return rest, whole, copied
}

// behind reports whether a file is a copy of g that was made before all that
// was read of g had been written. A copy that was begun later than g was last
// read holds all of that.
func (s *Stream) behind(g *generation, file disk.File, c candidate) bool {
	if c.born() > s.f.stamp(g.checked) || c.info.Size >= g.read.Load() || g.first != 0 {
		return false
	}
	if c.info.Size == 0 {
		return true
	}
	head, err := disk.HeadAt(file, 0)
	return err == nil && (head == g.head || head == 0)
}

// alike reports whether one of two files begins with what the other does, as a
// copy and its original do; an empty file is like any.
func alike(a, b reader) bool {
	var x, y [markSize * 2]byte
	n, err := a.ReadAt(x[:], 0)
	if err != nil {
		return true
	}
	m, err := b.ReadAt(y[:], 0)
	if err != nil {
		return true
	}
	k := min(n, m)
	return n == 0 || m > 0 && bytes.Equal(x[:k], y[:k])
}

// skipHole moves a generation that was not read yet to its first byte. A writer
// that keeps its offset across a truncation leaves a hole before it.
func (g *generation) skipHole() {
	first := g.file.Data(0)
	var zeros [4 << 10]byte
	for {
		n, err := g.file.ReadAt(zeros[:], first)
		if err != nil || n == 0 {
			return
		}
		text := bytes.IndexFunc(zeros[:n], func(r rune) bool { return r != 0 })
		if text >= 0 {
			first += int64(text)
			break
		}
		first += int64(n)
	}
	g.first, g.off = first, first
	g.read.Store(first)
}

// abandon gives up a generation of which more is known to be there.
func (s *Stream) abandon(w *bench, g *generation, reason string) {
	s.replace(g, missing{reason, line.UnknownBytes})
	s.finish(&w.main, g)
}

// replace takes g off the list and puts the word that something is missing in
// its place.
func (s *Stream) replace(g *generation, m missing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.gens, g)
	switch {
	case i < 0:
		return
	case i < len(s.gens)-1:
		s.gens[i+1].missing = m
	default:
		s.lost = m
	}
	s.gens = slices.Delete(s.gens, i, i+1)
	if g.ident != 0 {
		s.rememberLocked(g) // it is known at every moment
	}
}
