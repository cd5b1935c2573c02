package stream

// holdPacked lets a sub change over to the packed form of the ring that it
// will follow.
func (l *loop) holdPacked(s *sub, r *ring) {
	s.packs = true
	l.server.hub.holdPacked(r)
}

// releasePacked takes that back.
func (l *loop) releasePacked(s *sub, r *ring) {
	if s.packs {
		s.packs = false
		l.server.hub.releasePacked(r)
	}
}

// changeOver moves a sub to the packed form of its ring if it stands at a key
// point. Else it returns how far the sub may go to reach the next one.
func (l *loop) changeOver(s *sub, v *view) (limit uint64, moved bool) {
	for {
		off, ok, limit := v.packed.entry(s.off, v)
		if !ok {
			return limit, false
		}
		t := l.tapOf(&v.packed.ring)
		t.lags(off) // from now on nothing is dropped that it lacks
		if off >= t.ring.oldest() {
			l.move(s, t.ring, off)
			return limit, true
		}
		l.dropTap(t)
	}
}

// unpack moves a sub back to the ring itself, at no offset that means anything
// there.
func (l *loop) unpack(s *sub) {
	if s.tap == nil {
		return
	}
	if of := s.tap.ring.madeOf(); of != nil {
		l.move(s, of, s.off)
	}
}

// move lets a sub follow another ring.
func (l *loop) move(s *sub, r *ring, off uint64) {
	from := s.tap
	from.remove(s)
	l.tapOf(r).add(s, off)
	l.dropTap(from)
}
