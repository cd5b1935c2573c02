package local

import "slices"

// On overlayfs, the file system of containers, a file of the image is copied when it
// is written to for the first time. By its time of birth it is another file then,
// and what was open is that one: there was no rotation.

// isRenewed reports whether a generation that was just added is the file of another
// one, which goes on under what it is called now.
func (s *Stream) isRenewed(g *generation, others []*generation) bool {
	if g.examined {
		return false
	}
	g.examined = true
	for i, old := range others {
		if i < len(others)-1 && old.id.Ino != g.id.Ino {
			continue // most file systems beneath keep the number
		}
		if info, err := old.file.Stat(); err == nil && info.ID == g.id {
			s.renew(old, g)
			return true
		}
	}
	return false
}

// renew lets old take the place of g, which is the same file.
func (s *Stream) renew(old, g *generation) {
	g.file.Close()
	s.mu.Lock()
	before := old.id
	old.id, old.retired = g.id, g.retired
	s.gens = slices.DeleteFunc(s.gens, func(other *generation) bool { return other == old })
	if i := slices.Index(s.gens, g); i >= 0 {
		s.gens[i] = old
	}
	held := s.holdsLocked(before)
	s.mu.Unlock()
	if !held {
		s.f.release(s, before)
	}
}
