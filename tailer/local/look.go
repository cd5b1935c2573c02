package local

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// lookState is what the look task knows between two runs.
type lookState struct {
	watches []watched
	refused instant // when the notifier last had no place for a name, or zero
	// toldMade and toldSwitched are how much of Stream.made and Stream.switched is
	// accounted for.
	toldMade, toldSwitched int64
	owed                   int // files that were made and not found in a hurry
	// settled is when it was last known what the name leads to, and of all that
	// it led to before.
	settled time.Time
	stamped int64   // when the file was written to that the name leads to, by the last look; 0 where it may be written to again by that stamp
	piped   bool    // Target.Pipe was called
	pending missing // lost before the next generation
	unread  unread
}

// unread is a file that has the name and cannot be read, or zero.
type unread struct {
	info disk.Info
	why  string
}

// lookAgain finds out what the name leads to, and opens it when that is new.
func (s *Stream) lookAgain(*bench) rest {
	s.lookAt()
	return finished
}

func (s *Stream) lookAt() {
	if s.structural.Swap(false) || s.blind.Load() && s.refused.age() > patiencePolls*s.f.cfg.Poll {
		s.subscribe()
	}
	if s.settled.IsZero() {
		s.meetSiblings()
	}
	if !s.crowded() {
		s.take(s.discover())
	}
	w := notified
	if s.blind.Load() || s.troubled() {
		w = alone
	}
	s.f.clock.watch(s, w)
}

// take does what follows from a finding.
func (s *Stream) take(f finding) {
	before := s.unread
	if s.unread = (unread{}); errors.Is(f.err, fs.ErrPermission) && f.info.Kind == disk.Regular {
		s.unread = unread{f.info, disk.Reason(f.err)}
	}
	if !before.info.ID.IsZero() && before.info.ID != f.info.ID {
		s.passOver(before)
	}
	switch {
	case f.err == nil && f.file == nil:
		s.confirm(f)
	case f.err == nil:
		s.adopt(f)
	case disk.Gone(f.err):
		s.absent(f)
	case errors.Is(f.err, errPipe):
		s.caughtUp(f)
		s.target.Preload = Whole
		if !s.piped {
			s.piped = true
			s.target.Pipe()
		}
	default:
		s.caughtUp(f)
		if !disk.Exhausted(f.err) && !errors.Is(f.err, fs.ErrPermission) {
			s.target.Preload = Whole
		}
		n := lost
		if f.info.ID.IsZero() {
			n = unknown // it was not even seen
		}
		s.become(line.Failed, disk.Reason(f.err), n)
	}
}

// passOver has a file told as missing that lost the name before it could be
// read, unless it can be by now: then it is found with what was missed.
func (s *Stream) passOver(u unread) {
	for _, c := range s.siblings() {
		if c.info.ID != u.info.ID {
			continue
		}
		if file := s.openCandidate(c); file != nil {
			file.Close()
			return
		}
		u.info = c.info
	}
	if u.info.Size > 0 {
		s.pending = missing{"a file lost its name before it could be read: " + u.why, u.info.Size}
	}
}

// caughtUp adds what came and went, where the name leads to no file now.
func (s *Stream) caughtUp(f finding) {
	if f.made > 0 || f.switched > 0 || f.dropped || len(f.passed) > 0 || s.owed > 0 {
		s.append(s.missed(f))
		s.tellLoss()
	}
}

// absent notes that the name leads to nothing.
func (s *Stream) absent(f finding) {
	s.target.Preload = Whole
	s.caughtUp(f)
	if !s.blind.Load() || s.settled.IsZero() {
		s.settled = f.at // where nothing is told, what is made from now on is found later
	}
	s.become(line.Waiting, disk.Reason(f.err), lost)
}

// confirm notes that the name leads to the newest generation, as before.
func (s *Stream) confirm(f finding) {
	if f.made > 1 || f.switched > 1 || len(f.passed) > 0 || s.owed > 0 {
		s.insert(s.missed(f))
	}
	s.settled = f.at
	f.cur.seen(f.info.Size)
	s.tellLoss()
	s.mu.Lock()
	same := s.named.condition == line.Live && s.lost == lossless
	s.mu.Unlock()
	written := s.writtenTo(f)
	if !same {
		s.become(line.Live, "", keeps)
	} else if written {
		s.f.readers.wake(&s.read)
	}
}

// writtenTo reports whether there may be something to read in the newest
// generation: a file that was truncated may have grown to the size again that it
// had.
func (s *Stream) writtenTo(f finding) bool {
	last := s.stamped
	s.stamped = f.info.Modified
	if f.info.Modified > s.f.stamp(f.at.Add(-min(s.f.cfg.Slack, coarse))) {
		s.stamped = 0
	}
	return f.info.Size != f.cur.read.Load() || f.info.Modified != last
}

// coarse is how far apart the times may lie at the most that a file system can
// tell from each other.
const coarse = 2 * time.Second

// tellLoss has a loss told now and not with the next generation.
func (s *Stream) tellLoss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending != lossless {
		s.lost, s.pending = s.pending, lossless
	}
}

// adopt puts what the name leads to behind the other generations, together with
// those that came and went since the last finding.
func (s *Stream) adopt(f finding) {
	missed := s.missed(f)
	g := s.generation(f.file, f.info)
	g.missing, s.pending = s.pending, lossless
	if len(missed) > 0 {
		s.target.Preload = Whole // it follows on them
	}
	if !s.resume(g) && s.target.Preload != Whole {
		s.skipHole(g)
		g.cut.Encoding, _ = encodingOf(g.file, g.first, s.f.cfg.Encoding)
		g.begin(s.target.Preload, f.info.Size)
	}
	s.target.Preload = Whole
	if g.birth = s.birth(g); g.birth == rotated && !s.isHuge() {
		g.fresh = f.at // it may be copied and truncated before anything is read
	}
	s.settled = f.at
	s.mu.Lock()
	s.named = status{condition: line.Live, since: instantOf(time.Now())}
	s.mu.Unlock()
	s.append(append(missed, g))
}

// append adds generations behind the others, which have lost the name to them.
func (s *Stream) append(more []*generation) {
	s.mu.Lock()
	if len(more) > 0 {
		if s.isFirstLocked() {
			more[0].birth = found
		}
		s.namedLocked(nil)
	}
	s.gens = append(s.gens, more...)
	s.mu.Unlock()
	s.added(more)
}

// insert adds generations in front of the newest.
func (s *Stream) insert(more []*generation) {
	s.mu.Lock()
	s.gens = slices.Insert(s.gens, max(0, len(s.gens)-1), more...)
	s.mu.Unlock()
	s.added(more)
}

func (s *Stream) added(more []*generation) {
	for _, g := range more {
		s.disclaim(g.id)
		s.f.hold(g.id, s)
	}
	s.f.readers.wake(&s.read)
}

// crowded reports whether too many generations are open. The reader looks again
// when it has closed one.
func (s *Stream) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crowds = len(s.gens) >= maxOpen
	return s.crowds
}

// resume goes on where a file was left that had the name before.
func (s *Stream) resume(g *generation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.past) - 1; i >= 0; i-- {
		if s.past[i].id == g.id {
			followed := s.past[i].ident != 0 // or else it was there before us
			if followed {
				s.past[i].again(g)
			}
			s.past = slices.Delete(s.past, i, i+1)
			return followed
		}
	}
	return false
}

// troubled reports whether the name must be looked at again although nothing
// may wake the stream.
func (s *Stream) troubled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.named.condition == line.Failed
}
