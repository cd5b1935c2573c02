package local

import (
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
	"tailbeam/tailer/split"
)

// Config says how files are followed. Zero values are replaced by the defaults.
type Config struct {
	MaxLine int // bytes of text in an entry; default 1 MiB
	// Encoding is how files are written that have no byte order mark.
	Encoding charset.Encoding
	// Linger is how long a file that lost its name is still watched after it
	// last grew, unless dozens of others followed; default 3s.
	Linger  time.Duration
	Grace   time.Duration // how long a name may be gone before the stream is said to wait; default 250ms
	Poll    time.Duration // how often a name is looked at that nothing wakes; default 250ms
	Partial time.Duration // how old an unfinished line is when a line.PartialSink gets it, and again when it has grown; default 1s
	Sweep   time.Duration // how often every name is looked at; default 1s
	Readers int           // goroutines that read; default one per core, at least 2
	Openers int           // goroutines that look at names; default 2
	// MaxOpen is how many files are open before idle ones are closed, which
	// are opened again when there is something to read; default half of what
	// the system allows this process. What is rotated stays open beyond it.
	MaxOpen int

	FS disk.FS // default disk.System
	// Skew tells how far the clock that stamps the files of FS is ahead of
	// this one; default not at all. Slack is how much earlier than that clock a
	// file may be stamped, or later Skew be known; default 20ms.
	Skew  func() time.Duration
	Slack time.Duration
	// Links returns the symbolic links on the way of a path of FS, as disk.Hops
	// does, which is the default.
	Links    func(path string) (hops []disk.Hop, end, missing string)
	Notifier notify.Notifier // default none: every name is polled
	Logger   *slog.Logger    // default none
}

func (c Config) withDefaults() Config {
	if c.MaxLine == 0 {
		c.MaxLine = 1 << 20
	}
	c.MaxLine = max(c.MaxLine, split.MinLine)
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&c.Linger, 3 * time.Second},
		{&c.Grace, 250 * time.Millisecond},
		{&c.Poll, 250 * time.Millisecond},
		{&c.Partial, time.Second},
		{&c.Sweep, time.Second},
		{&c.Slack, clocksAgree},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if c.Readers < 1 {
		c.Readers = max(2, runtime.GOMAXPROCS(0))
	}
	if c.Openers < 1 {
		c.Openers = 2
	}
	if c.MaxOpen < 1 {
		c.MaxOpen = disk.MaxOpen() / 2
	}
	if c.FS == nil {
		c.FS = disk.System{}
	}
	if c.Links == nil {
		c.Links = disk.Hops
	}
	if c.Skew == nil {
		c.Skew = func() time.Duration { return 0 }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return c
}

// clocksAgree is how much earlier than the clock of this machine its own file
// systems may stamp a file.
const clocksAgree = 20 * time.Millisecond

// A Follower follows any number of files on a fixed number of goroutines.
type Follower struct {
	cfg     Config
	fs      *descriptors // Config.FS, counted
	readers *queue
	openers *queue
	clock   *clock
	sweeper task // refreshes what the notifier watches
	working sync.WaitGroup
	noWatch sync.Once

	mu      sync.Mutex
	huge    map[string]struct{} // directories that held very many names when they were listed
	holders map[disk.ID]*Stream // files that are or were read last
}

// New starts a follower. The notifier stays the caller's, who closes it after
// the follower.
func New(cfg Config) *Follower {
	f := &Follower{cfg: cfg.withDefaults(), readers: newQueue(), openers: newQueue(), huge: map[string]struct{}{}, holders: map[disk.ID]*Stream{}}
	f.fs = &descriptors{FS: f.cfg.FS, short: f.ask}
	f.fs.limit.Store(int64(f.cfg.MaxOpen))
	f.clock = newClock(f.cfg.Sweep, f.cfg.Poll)
	f.clock.wake = f.wake
	f.clock.each = func() { f.openers.wake(&f.sweeper) }
	f.sweeper.part = sweeping
	for range f.cfg.Readers {
		f.working.Go(func() { f.work(f.readers) })
	}
	for range f.cfg.Openers {
		f.working.Go(func() { f.work(f.openers) })
	}
	f.working.Go(f.clock.run)
	return f
}

func (f *Follower) work(q *queue) {
	w := &bench{follower: f}
	for {
		t, woken := q.take()
		if t == nil {
			return
		}
		w.woken = woken
		q.done(t, t.run(w))
	}
}

// wake is how the clock wakes a stream.
func (f *Follower) wake(s *Stream, p part) {
	if p == reading {
		f.readers.wake(&s.read)
	} else {
		f.openers.wake(&s.look)
	}
}

// stamp returns what a file is stamped with that is made at a moment.
func (f *Follower) stamp(t time.Time) int64 { return t.Add(f.cfg.Skew()).UnixNano() }

func (f *Follower) sweep() rest {
	if f.cfg.Notifier != nil {
		f.cfg.Notifier.Sweep()
	}
	return finished
}

// Close ends all streams and waits for every goroutine.
func (f *Follower) Close() {
	for _, s := range f.clock.streams() {
		s.Close()
	}
	f.clock.stop()
	f.readers.close()
	f.openers.close()
	f.working.Wait()
}

// Whole as a Target's Preload reads every file from its first byte.
const Whole = -1

// A Target is a name to follow.
type Target struct {
	Path string // absolute and clean
	// Root is the directory that the file must lie in when every symbolic
	// link is followed, absolute; empty for anywhere.
	Root string
	// Preload is how many bytes before its end a file is read from that is
	// there at the start, or Whole. Files that come later are read whole.
	Preload int64
	Sink    line.Sink
	// Before, if not nil, returns the end of what lies before a file that has
	// the name and no whole line yet, or the zero position. It is called when
	// such a file is the first that is followed, by the one who calls the Sink,
	// and may read files.
	Before func(disk.ID) line.Position
	// Pipe, if not nil, is called once when the name leads to a FIFO, which
	// is not read here. It must not wait for the Stream.
	Pipe func()
}

// Follow starts to follow a name and returns when it was looked at for the
// first time: what is written after that is delivered.
func (f *Follower) Follow(t Target) *Stream {
	s := &Stream{f: f, target: t}
	s.read.of, s.read.part = s, reading
	s.look.of, s.look.part = s, looking
	// The first look is done here, as if by an opener.
	s.look.state = running
	s.structural.Store(true)
	f.clock.add(s)
	s.lookAt()
	f.openers.done(&s.look, finished)
	f.readers.wake(&s.read)
	return s
}

// hugeDir is how many names make a directory too long to list at each rotation.
const hugeDir = 2000

func (f *Follower) listed(dir string, names int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if names >= hugeDir {
		f.huge[dir] = struct{}{}
	} else {
		delete(f.huge, dir)
	}
}

// isHuge reports whether a directory held very many names when it was last
// listed.
func (f *Follower) isHuge(dir string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, huge := f.huge[dir]
	return huge
}

// Holder returns the path of the stream that a file belongs to, under whatever
// name, because it is or was a generation of it; or an empty string.
func (f *Follower) Holder(id disk.ID) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.holders[id]; s != nil {
		return s.target.Path
	}
	return ""
}

// hold notes that a file belongs to s, unless it belongs to another.
func (f *Follower) hold(id disk.ID, s *Stream) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.holders[id] == nil {
		f.holders[id] = s
	}
}

// release forgets files of s.
func (f *Follower) release(s *Stream, ids ...disk.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if f.holders[id] == s {
			delete(f.holders, id)
		}
	}
}
