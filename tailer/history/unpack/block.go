package unpack

import (
	"container/list"
	"time"
)

// A block is a part of what a file unpacks to. It never changes; the slot where
// it lies is used again once it is in no map any more.
type block struct {
	v     *volume
	k     int64 // its number in the file
	n     int   // bytes
	shelf *shelf
	slot  int64
	used  time.Time
	at    *list.Element
}

// read copies block k of v, from an offset in it on, and reports whether the
// block is kept.
func (s *Store) read(v *volume, k int64, p []byte, from int64) (int, bool) {
	s.mu.Lock()
	b := v.blocks[k]
	if b == nil {
		s.mu.Unlock()
		return 0, false
	}
	b.used = time.Now()
	v.used = b.used
	s.recent.MoveToFront(b.at)
	s.mu.Unlock()
	p = p[:max(0, min(int64(len(p)), int64(b.n)-from))]
	err := b.shelf.read(b.slot, p, from)
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.blocks[k] != b {
		return 0, false // it may have been written over meanwhile
	}
	if err != nil {
		s.dropLocked(b)
		return 0, false
	}
	return len(p), true
}

// put keeps a block, where there is no other place in that of the one that was
// not read for longest. A block that cannot be kept is unpacked again.
func (s *Store) put(v *volume, k int64, data []byte) {
	b := &block{v: v, k: k, n: len(data), used: time.Now(), shelf: s.open()}
	if !s.place(b) {
		return
	}
	err := b.shelf.write(b.slot, data)
	s.mu.Lock()
	if err != nil && s.shelf == b.shelf && !s.closed {
		old := s.clearLocked()
		s.shelf = newMemory(s.opt.Size)
		s.mu.Unlock()
		old.close()
		return
	}
	defer s.mu.Unlock()
	if s.closed || s.shelf != b.shelf || v.blocks[k] != nil {
		b.shelf.free = append(b.shelf.free, b.slot)
		return
	}
	v.blocks[k] = b
	b.at = s.recent.PushFront(b)
	s.armLocked()
}

// open returns the shelf, and makes it where there is none.
func (s *Store) open() *shelf {
	s.mu.Lock()
	sh := s.shelf
	s.mu.Unlock()
	if sh != nil {
		return sh
	}
	made := newShelf(s.opt.Dir, s.opt.Size)
	s.mu.Lock()
	if s.shelf == nil && !s.closed {
		s.shelf = made
	}
	sh = s.shelf
	s.mu.Unlock()
	if sh != made {
		made.close()
	}
	return sh
}

// place finds a slot for b and reports whether there is one.
func (s *Store) place(b *block) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.shelf == nil || s.shelf != b.shelf {
		return false
	}
	for {
		if slot, ok := b.shelf.take(); ok {
			b.slot = slot
			return true
		}
		last := s.recent.Back()
		if last == nil {
			return false // all are being written
		}
		s.dropLocked(last.Value.(*block))
	}
}

// dropLocked gives the slot of a block to others.
func (s *Store) dropLocked(b *block) {
	delete(b.v.blocks, b.k)
	s.recent.Remove(b.at)
	b.shelf.free = append(b.shelf.free, b.slot)
}
