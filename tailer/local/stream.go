package local

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// maxOpen is how many generations of a stream are open at once. What comes
// beyond is opened when there is place, or found among its siblings.
const maxOpen = 64

// A Stream is one followed name.
type Stream struct {
	f *Follower
	// target.Preload is Whole as soon as it is known what the name led to at the
	// start: of what follows on another file all is given out.
	target Target
	read   task // delivers what is open; on a reader
	look   task // opens what the name leads to; on an opener

	// Written by wake-ups, read by the look task.
	structural atomic.Bool  // the name may lead elsewhere
	unsure     atomic.Bool  // not everything was told
	dropped    atomic.Bool  // nor was it for want of a watch: wake-ups were lost
	made       atomic.Int64 // how often another file was put under the name
	switched   atomic.Int64 // how often a link on the way was made anew
	// Written by the look task: not every name could be watched.
	blind atomic.Bool

	mu     sync.Mutex
	gens   []*generation // open, oldest first
	claims []disk.ID     // files that one of the tasks is about to add to gens
	past   []past        // closed, oldest first, at most maxPast
	named  status        // what the last look found
	crowds bool          // a look found maxOpen generations open
	lost   missing       // before the newest generation, found out too late
	// met are files beside the followed one that are no generations missed: they
	// were seen before. Just are those that were met since a search began,
	// and given those that are to be looked for again.
	met   map[disk.ID]meeting
	just  []disk.Info
	given []disk.ID
	taken int // generations that the read task found beside the file

	lease     // of its descriptor
	lookState // belongs to the look task
	readState // belongs to the read task
	slot      // belongs to the clock
}

// status is the condition that a look found.
type status struct {
	condition line.Condition
	reason    string
	since     instant
}

// readState is what the read task knows between two turns.
type readState struct {
	view    []*generation // a copy of gens
	shown   line.Notice   // the last that was given
	told    bool          // one was given
	begun   bool          // a generation was announced
	end     line.Position // the end of what was delivered last
	trouble string        // why the newest generation cannot be read
	hungry  instant       // since when there is no descriptor for a file, or zero
	partial partial       // of the newest generation
}

// Wake tells that something happened to the file or its name, where no Notifier
// does. It may be called from any goroutine and does not wait.
func (s *Stream) Wake(op notify.Op) { (*fileOf)(s).Wake(op) }

// A stream is what the notifier wakes, on a goroutine that must not wait: for
// its file, for each symbolic link on the way, and for what is missing of that.
type (
	fileOf Stream
	linkOf Stream
	wayOf  Stream
)

func (w *fileOf) Wake(op notify.Op) {
	s := (*Stream)(w)
	if op&notify.Made != 0 {
		s.made.Add(1)
	}
	(*wayOf)(s).Wake(op)
	if op&notify.Written != 0 {
		s.f.readers.wake(&s.read)
	}
}

func (w *linkOf) Wake(op notify.Op) {
	s := (*Stream)(w)
	if op&notify.Made != 0 {
		s.switched.Add(1)
	}
	(*wayOf)(s).Wake(op)
}

func (w *wayOf) Wake(op notify.Op) {
	s := (*Stream)(w)
	if !op.Structural() {
		return
	}
	if op&notify.Missed != 0 {
		s.unsure.Store(true)
		if op&notify.Lost == 0 {
			s.dropped.Store(true)
		}
	}
	s.structural.Store(true)
	s.f.openers.wake(&s.look)
}

// Close stops following. When it returns, the sink is not called any more.
func (s *Stream) Close() {
	s.f.clock.remove(s)
	s.f.openers.stop(&s.look)
	s.unsubscribe()
	s.f.readers.stop(&s.read)
	if s.asked.Swap(false) {
		s.f.fs.asked.Add(-1)
	}
	s.mu.Lock()
	gens, past := s.gens, s.past
	s.gens, s.past = nil, nil
	s.mu.Unlock()
	for _, g := range gens {
		g.file.Close()
		s.f.release(s, g.id)
	}
	for _, p := range past {
		s.f.release(s, p.id)
	}
}

// holds reports whether id is a file of this stream: what its name leads to,
// or one of its last predecessors.
func (s *Stream) holds(id disk.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holdsLocked(id)
}

// claim takes a file for the task that found it, and reports false where it is
// open already, or the other task has found it.
func (s *Stream) claim(id disk.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opensLocked(id) || slices.Contains(s.claims, id) {
		return false
	}
	s.claims = append(s.claims, id)
	return true
}

// disclaim ends claims.
func (s *Stream) disclaim(ids ...disk.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims = slices.DeleteFunc(s.claims, func(id disk.ID) bool { return slices.Contains(ids, id) })
	if len(s.claims) == 0 {
		s.claims = nil
	}
}

func (s *Stream) opensLocked(id disk.ID) bool {
	return slices.ContainsFunc(s.gens, func(g *generation) bool { return g.id == id })
}

func (s *Stream) holdsLocked(id disk.ID) bool {
	return s.opensLocked(id) ||
		slices.ContainsFunc(s.past, func(p past) bool { return p.id == id })
}

// Gone returns since when the name has led to nothing, or the zero time.
func (s *Stream) Gone() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.named.condition != line.Waiting || s.named.since == 0 {
		return time.Time{}
	}
	return time.Now().Add(-s.named.since.age())
}

// newest returns the last generation, or nil.
func (s *Stream) newest() *generation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newestLocked()
}

func (s *Stream) newestLocked() *generation {
	if len(s.gens) == 0 {
		return nil
	}
	return s.gens[len(s.gens)-1]
}

// become notes what a look found, and whether the newest generation still has
// the name.
func (s *Stream) become(c line.Condition, reason string, n naming) {
	s.mu.Lock()
	if s.named.condition != c || s.named.reason != reason || s.named.since == 0 {
		s.named = status{condition: c, reason: reason, since: instantOf(time.Now())}
	}
	switch n {
	case keeps:
		s.namedLocked(s.newestLocked())
	case lost:
		s.namedLocked(nil)
	}
	s.mu.Unlock()
	s.f.readers.wake(&s.read)
}

// namedLocked notes which of the generations has the name, or nil for none. All
// others have lost it: one that nobody notes that of is open for ever.
func (s *Stream) namedLocked(g *generation) {
	now := time.Now()
	for _, other := range s.gens {
		switch {
		case other == g:
			other.retired = time.Time{}
		case other.retired.IsZero():
			other.retired = now
		}
	}
}

// naming says what became of the newest generation's name.
type naming uint8

const (
	keeps   naming = iota // it leads there
	lost                  // it does not
	unknown               // nobody can tell
)
