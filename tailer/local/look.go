package local

import (
	"errors"
	"fmt"
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

// A finding is what a name leads to.
type finding struct {
	info disk.Info
	err  error     // why it leads to nothing that can be read
	file disk.File // open, unless it is the newest generation
	cur  *generation
	// passed is what was opened and had lost the name again a moment later.
	passed []opened
	// made is how many files were put under the name since the last finding,
	// this one among them, and switched how often a link on the way was made to
	// lead elsewhere. Exact says that there were no more.
	made, switched int64
	exact          bool
	// dropped says that wake-ups were lost since the last finding.
	dropped bool
	at      time.Time
}

// new reports whether the name leads to another file than before.
func (f finding) new() bool { return f.file != nil }

// maxFind bounds how often a name is looked at that changes all the time.
const maxFind = 20

// discover looks at the name until it leads where it led before all that happened
// was told. Then what was told is all that there was.
func (s *Stream) discover() finding {
	unsure, dropped := s.unsure.Swap(false), s.dropped.Swap(false)
	var passed []opened
	for n := 0; ; n++ {
		f := s.glance(&passed)
		f.passed, f.dropped = passed, dropped
		if s.isAsBefore(f) && len(passed) == 0 && !unsure && s.owed <= 0 && s.made.Load() == s.toldMade && s.switched.Load() == s.toldSwitched {
			f.exact, s.owed = !s.blind.Load(), 0
			return f
		}
		heard := s.heard()
		made, switched := s.made.Load(), s.switched.Load()
		stays := s.stays(f)
		if heard && !stays && n < maxFind {
			if f.file != nil {
				passed = append(passed, opened{f.file, f.info})
			}
			continue
		}
		f.made, f.switched = made-s.toldMade, switched-s.toldSwitched
		f.exact = heard && stays && !unsure
		s.toldMade, s.toldSwitched = made, switched
		return f
	}
}

// glance looks at the name once and opens what is new, unless it is among what
// has passed.
func (s *Stream) glance(passed *[]opened) finding {
	f := finding{at: time.Now()}
	for n := 0; ; n++ {
		f.info, f.err = s.f.fs.Stat(s.target.Path)
		if f.err != nil {
			return f
		}
		if f.cur = s.keep(f.info.ID); f.cur != nil {
			return f
		}
		if i := slices.IndexFunc(*passed, func(o opened) bool { return o.info.ID == f.info.ID }); i >= 0 {
			f.file = (*passed)[i].file
			*passed = slices.Delete(*passed, i, i+1)
			return f
		}
		if f.info.Kind == disk.Pipe && s.target.Pipe != nil {
			// It is not opened to find out more: a writer that waits for a
			// reader would take that for one.
			f.err = errPipe
			return f
		}
		file, info, err := s.open()
		if err != nil {
			// What had the name a moment ago may have been renamed since, and is to
			// be found then.
			now, _ := s.f.fs.Stat(s.target.Path)
			if (disk.Gone(err) || now.ID != f.info.ID) && n < maxFind {
				continue
			}
			f.info = now
			f.err = err
			return f
		}
		if s.claim(info.ID) {
			f.file, f.info = file, info
			return f
		}
		// The name leads elsewhere again, or the read task is about to add this
		// file.
		file.Close()
		time.Sleep(time.Millisecond)
	}
}

// keep returns the generation of a file that is open, which is the newest now
// and is not closed for having lost its name, or nil.
func (s *Stream) keep(id disk.ID) *generation {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, g := range slices.Backward(s.gens) {
		if g.id == id {
			s.gens = append(slices.Delete(s.gens, i, i+1), g)
			s.namedLocked(g)
			return g
		}
	}
	return nil
}

// isAsBefore reports whether nothing is new: the same file, or still none.
func (s *Stream) isAsBefore(f finding) bool {
	if f.err == nil {
		return f.file == nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return disk.Gone(f.err) && s.named.condition == line.Waiting && s.named.since != 0
}

// stays reports whether the name still leads where it was found to.
func (s *Stream) stays(f finding) bool {
	info, err := s.f.fs.Stat(s.target.Path)
	switch {
	case f.err == nil:
		return err == nil && info.ID == f.info.ID
	case disk.Gone(f.err):
		return disk.Gone(err)
	}
	return true // a matter of rights, or of another kind of file
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

// open opens what the name leads to, which must be a file that may be served.
func (s *Stream) open() (disk.File, disk.Info, error) {
	file, err := s.f.fs.Open(s.target.Path)
	if err != nil {
		return nil, disk.Info{}, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.Kind == disk.Directory:
		err = errDirectory
	case info.Kind == disk.Pipe && s.target.Pipe != nil:
		err = errPipe
	case info.Kind != disk.Regular:
		err = errNoFile
	case s.target.Root != "":
		err = s.inside(info)
	}
	if err != nil {
		file.Close()
		return nil, disk.Info{}, err
	}
	return file, info, nil
}

// inside holds a stream that was found in a directory to that directory,
// wherever its name leads.
func (s *Stream) inside(info disk.Info) error {
	root, err := disk.Real(s.target.Root)
	if err != nil {
		return err
	}
	real, err := disk.Real(s.target.Path)
	if err != nil {
		return err
	}
	at, err := s.f.fs.Stat(real)
	if err != nil {
		return err
	}
	if at.ID != info.ID || !disk.Within(root, real) {
		return fmt.Errorf("leads out of %s", s.target.Root)
	}
	return nil
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

// errors of open that a person sees
var (
	errDirectory = errors.New("is a directory: write it with a slash at its end to follow its files")
	errPipe      = errors.New("is a pipe")
	errNoFile    = errors.New("is neither a file nor a pipe")
)
