package history

import (
	"slices"
	"sync"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
)

// StoreOptions bound what histories hold. Zero values are replaced by the
// defaults.
type StoreOptions struct {
	Unpacked unpack.Options
	Files    int           // how many files stay open for the next read; default 64
	Rest     time.Duration // how long an open file waits for it; default 10s
}

// A Store holds what all histories share: what compressed files unpacked to,
// and files that are open. Its methods may be called from any goroutine.
type Store struct {
	opt      StoreOptions
	unpacked *unpack.Store

	mu     sync.Mutex
	files  map[disk.ID]*handle
	timer  *time.Timer
	closed bool
}

// NewStore returns a store that takes nothing until it is used.
func NewStore(opt StoreOptions) *Store {
	if opt.Files < 1 {
		opt.Files = 64
	}
	if opt.Rest <= 0 {
		opt.Rest = 10 * time.Second
	}
	return &Store{opt: opt, unpacked: unpack.NewStore(opt.Unpacked), files: map[disk.ID]*handle{}}
}

// Close gives everything back. No history that uses the store may be called
// then or later.
func (s *Store) Close() {
	s.mu.Lock()
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
	tired := s.tiredLocked(0, time.Now())
	s.mu.Unlock()
	closeAll(tired)
	s.unpacked.Close()
}

// A handle is a file that is open for whoever reads it.
type handle struct {
	disk.File
	id    disk.ID
	users int
	used  time.Time // when the last of them was done
}

// take returns the file with an identity. Open opens it when it is not open
// yet; what it opens must be that file, else the error is errMoved.
func (s *Store) take(id disk.ID, open func() (disk.File, error)) (*handle, error) {
	if h := s.find(id); h != nil {
		return h, nil
	}
	file, err := open()
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.ID != id {
		err = errMoved
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	h := &handle{File: file, id: id, users: 1}
	s.mu.Lock()
	if s.files[id] == nil {
		s.files[id] = h
	}
	s.mu.Unlock()
	return h, nil
}

func (s *Store) find(id disk.ID) *handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.files[id]
	if h != nil {
		h.users++
	}
	return h
}

// give takes a handle back.
func (s *Store) give(h *handle) {
	s.mu.Lock()
	h.users--
	h.used = time.Now()
	var tired []*handle
	switch {
	case h.users > 0:
	case s.files[h.id] != h:
		tired = []*handle{h}
	case len(s.files) > s.opt.Files:
		tired = s.tiredLocked(s.opt.Files, time.Time{})
	}
	s.armLocked()
	s.mu.Unlock()
	closeAll(tired)
}

// tiredLocked takes away the files that nobody has used since a moment, and
// those used longest ago that are more than a number.
func (s *Store) tiredLocked(most int, since time.Time) (tired []*handle) {
	idle := make([]*handle, 0, len(s.files))
	for _, h := range s.files {
		if h.users == 0 {
			idle = append(idle, h)
		}
	}
	slices.SortFunc(idle, func(a, b *handle) int { return b.used.Compare(a.used) })
	for i, h := range idle {
		if i >= most || h.used.Before(since) {
			delete(s.files, h.id)
			tired = append(tired, h)
		}
	}
	return tired
}

func closeAll(files []*handle) {
	for _, h := range files {
		h.Close()
	}
}

func (s *Store) armLocked() {
	if s.timer == nil && !s.closed && len(s.files) > 0 {
		s.timer = time.AfterFunc(s.opt.Rest, s.sweep)
	}
}

// sweep closes what was not used for long.
func (s *Store) sweep() {
	s.mu.Lock()
	s.timer = nil
	tired := s.tiredLocked(s.opt.Files, time.Now().Add(-s.opt.Rest))
	s.armLocked()
	s.mu.Unlock()
	closeAll(tired)
}
