package local

import (
	"slices"
	"time"

	"tailbeam/tailer/disk"
)

// maxCopies is how many files are looked at for the copy of another.
const maxCopies = 16

// opened is a file that was found beside the followed one.
type opened struct {
	file disk.File
	info disk.Info
}

// copies is what was found of a file that was copied and truncated.
type copies struct {
	// rest holds what was read of it where that ended, and perhaps more.
	rest opened
	// shorter says that its copy was made before all that was read of it had
	// been written.
	shorter bool
	// whole are copies that were made after that: generations nobody has seen.
	whole []*generation
}

// copiesOf looks for the copy of what g held when it was truncated, and for
// copies made after that one, since some time.
func (s *Stream) copiesOf(g *generation, from time.Time) copies {
	candidates := s.steadySiblings()
	if i := slices.IndexFunc(candidates, func(c candidate) bool { return c.info.ID == g.id }); i >= 0 {
		candidates = candidates[:i] // what is newer than the file is no copy of it
	}
	candidates = slices.DeleteFunc(candidates, func(c candidate) bool {
		return s.holds(c.info.ID) || s.hasMet(c.info)
	})
	candidates = candidates[max(0, len(candidates)-maxCopies):]
	since := s.f.stamp(from.Add(-s.f.cfg.Slack))
	var found copies
	for _, c := range slices.Backward(candidates) {
		if c.compressed() && c.born() < since || !s.claim(c.info.ID) {
			continue
		}
		file := s.openCandidate(c)
		if file == nil {
			s.disclaim(c.info.ID)
			continue
		}
		if g.mark.in(file, g.read.Load()) {
			found.rest = opened{file, c.info}
			break
		}
		found.shorter = c.born() >= since && s.behind(g, file, c)
		passed := found.shorter || c.born() < since
		unseen := s.generation(file, c.info)
		unseen.birth, unseen.whole, unseen.recovered = truncated, c.compressed(), true
		if !passed {
			passed = s.isDelivered(unseen)
		}
		if passed {
			s.meet(c.info)
		}
		// What begins the file as it is now is a copy that is made of that.
		if passed || begins(file, g.file) {
			file.Close()
			s.disclaim(c.info.ID)
			if found.shorter {
				break
			}
			continue
		}
		found.whole = append(found.whole, unseen)
	}
	slices.Reverse(found.whole)
	return found
}

// behind reports whether a file is a copy of g that was made before all that
// was read of g had been written. A copy that was begun later than g was last
// read holds all of that.
func (s *Stream) behind(g *generation, file disk.File, c candidate) bool {
	size, ok := length(file)
	if !ok || c.born() > s.f.stamp(g.checked) || size >= g.read.Load() || g.first != 0 {
		return false
	}
	if size == 0 {
		return true
	}
	if size >= 2*firm && len(g.trail) > 0 {
		return g.trail.in(file, size)
	}
	head, err := disk.HeadAt(file, 0)
	return err == nil && (head == g.head || head == 0)
}

// delivered reports whether a file is a copy of what was delivered already, and
// returns what is known of that if it was closed. To be looked into, a compressed
// file must begin alike. It belongs to the read task.
func (s *Stream) delivered(file disk.File, packed bool) (of *past, is bool) {
	var head disk.Head
	if packed {
		var err error
		if head, err = disk.HeadAt(file, 0); err != nil {
			return nil, false // its reader finds out
		}
	}
	s.mu.Lock()
	known := slices.Clone(s.past)
	gens := slices.Clone(s.gens)
	s.mu.Unlock()
	closed := len(known)
	for _, g := range gens {
		known = append(known, g.past())
	}
	for i := range known {
		p := &known[i]
		if (!packed || p.head == head) && p.isIn(file) {
			if i >= closed {
				p = nil
			}
			return p, true
		}
	}
	return nil, false
}

// isRepeated sees to a generation that may be a copy of another, and reports
// whether it is and nothing more. Of one that was truncated before it was read
// to its end the rest is in the copy, and is read on.
func (s *Stream) isRepeated(g *generation) bool {
	if !g.unproven {
		return false
	}
	g.unproven = false
	return s.isDelivered(g)
}

// prove finds out which of the generations that the look task has found, or is
// about to add, are copies of others, and gives them back.
func (s *Stream) prove() {
	for began := time.Now(); s.isClaiming() && time.Since(began) < maxSearch; {
		time.Sleep(time.Millisecond)
	}
	s.mu.Lock()
	gens := slices.Clone(s.gens)
	s.mu.Unlock()
	for _, g := range gens {
		if s.isRepeated(g) {
			s.dismiss(g)
		}
	}
}

// maxSearch bounds how long the look task is waited for.
const maxSearch = time.Second

// isClaiming reports whether the look task has found files that it has not added.
func (s *Stream) isClaiming() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.claims) > 0
}

// isDelivered reports whether what g holds was delivered, or is read from what it
// is a copy of. Where more is in it than was read of that, and that is closed, g
// goes on there.
func (s *Stream) isDelivered(g *generation) bool {
	of, is := s.delivered(g.file, g.whole)
	if !is {
		return false
	}
	g.ofOpen = of == nil
	if size, ok := length(g.file); of == nil || !ok || size <= of.read || of.ident == 0 {
		return true
	}
	of.again(g)
	g.announced, g.recovered, g.whole = true, true, true
	return false
}

// steadySiblings returns the siblings as they are when nothing is renamed, which
// may hide one of them.
func (s *Stream) steadySiblings() []candidate {
	list := s.siblings()
	for n := range maxListings {
		if n > 4 {
			time.Sleep(calm)
		}
		again := s.siblings()
		if sameCandidates(list, again) {
			break
		}
		list = again
	}
	return list
}

// sameCandidates reports whether the same files have the same names.
func sameCandidates(a, b []candidate) bool {
	return slices.EqualFunc(a, b, func(a, b candidate) bool { return a.path == b.path && a.info.ID == b.info.ID })
}
