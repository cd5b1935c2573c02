package unpack

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"tailbeam/tailer/disk"
)

// Block is how many bytes are unpacked and kept together.
const Block = 256 << 10

// Options say how much a Store may take. Zero values are replaced by the
// defaults.
type Options struct {
	Size     int64         // bytes of the temporary file at most; default 1 GiB
	Dir      string        // where the temporary file is made; default os.TempDir
	Idle     time.Duration // how long a block stays that nobody reads; default 10m
	Rest     time.Duration // how long a decoder waits to go on; default 30s
	Decoders int           // how many files are unpacked at a time; default 4
}

func (o Options) withDefaults() Options {
	if o.Size <= 0 {
		o.Size = 1 << 30
	}
	if o.Idle <= 0 {
		o.Idle = 10 * time.Minute
	}
	if o.Rest <= 0 {
		o.Rest = 30 * time.Second
	}
	if o.Decoders < 1 {
		o.Decoders = 4
	}
	return o
}

// A Store keeps what files unpack to, and decoders that can go on. Its methods
// may be called from any goroutine.
type Store struct {
	opt    Options
	active chan struct{} // holds a token for each decoder that runs

	mu      sync.Mutex
	volumes map[Key]*volume
	recent  list.List // of *block, the one read last in front
	waiting []*volume // those with a decoder that waits, longest first
	shelf   *shelf    // nil while nothing is kept
	timer   *time.Timer
	closed  bool
}

// Key tells a state of a compressed file from every other: when the file
// changes, what was unpacked is of no more use.
type Key struct {
	ID       disk.ID
	Size     int64 // bytes on disk
	Modified int64 // nanoseconds since 1970
}

// maxVolumes is how many files a store remembers of which it keeps no block.
const maxVolumes = 4096

// NewStore returns a store that takes nothing until it is used.
func NewStore(opt Options) *Store {
	s := &Store{opt: opt.withDefaults(), volumes: map[Key]*volume{}}
	s.active = make(chan struct{}, s.opt.Decoders)
	return s
}

// Content returns what a compressed file unpacks to. Open opens the file; it is
// called when something has to be unpacked.
func (s *Store) Content(key Key, packing Packing, open func() (disk.File, error)) Content {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.volumes[key]
	if v == nil {
		s.forgetLocked()
		v = &volume{store: s, key: key, packing: packing, turn: make(chan struct{}, 1), size: -1, hint: unasked}
		v.blocks = map[int64]*block{}
		s.volumes[key] = v
	}
	v.used = time.Now()
	return Content{v: v, open: open}
}

// forgetLocked makes room among the volumes.
func (s *Store) forgetLocked() {
	if len(s.volumes) < maxVolumes {
		return
	}
	for key, v := range s.volumes {
		if len(v.blocks) == 0 && len(v.turn) == 0 && !slices.Contains(s.waiting, v) {
			delete(s.volumes, key)
			return
		}
	}
}

// Close gives everything back. Nothing must be read from its Contents then or
// later.
func (s *Store) Close() {
	s.mu.Lock()
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
	waiting := s.waiting
	s.waiting = nil
	old := s.clearLocked()
	s.mu.Unlock()
	for _, v := range waiting {
		v.turn <- struct{}{}
		v.stop()
		<-v.turn
	}
	old.close()
}

// clearLocked drops every block and returns the shelf on which they lay.
func (s *Store) clearLocked() *shelf {
	for s.recent.Len() > 0 {
		s.dropLocked(s.recent.Back().Value.(*block))
	}
	old := s.shelf
	s.shelf = nil
	return old
}

// armLocked has the timer look for what to give back.
func (s *Store) armLocked() {
	if s.timer == nil && !s.closed {
		s.timer = time.AfterFunc(min(s.opt.Idle, s.opt.Rest), s.sweep)
	}
}

// sweep gives back what was not used for long.
func (s *Store) sweep() {
	now := time.Now()
	s.mu.Lock()
	s.timer = nil
	for s.recent.Len() > 0 {
		b := s.recent.Back().Value.(*block)
		if now.Sub(b.used) < s.opt.Idle {
			break
		}
		s.dropLocked(b)
	}
	var old *shelf
	if s.recent.Len() == 0 {
		old = s.clearLocked()
	}
	tired := s.tiredLocked(now.Add(-s.opt.Rest))
	if s.recent.Len() > 0 || len(s.waiting) > 0 {
		s.armLocked()
	}
	s.mu.Unlock()
	old.close()
	for _, v := range tired {
		v.stop()
		<-v.turn
	}
}

// tiredLocked returns the volumes whose decoder has waited since before a
// moment, each with its turn taken.
func (s *Store) tiredLocked(since time.Time) (tired []*volume) {
	s.waiting = slices.DeleteFunc(s.waiting, func(v *volume) bool {
		if v.used.After(since) {
			return false
		}
		select {
		case v.turn <- struct{}{}:
			tired = append(tired, v)
			return true
		default:
			return false
		}
	})
	return tired
}
