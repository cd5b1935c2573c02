package shell

import "strconv"

// slots are the descriptors of a shell, each of which holds a file or nothing.
// They are guarded by Session.mu.
type slots struct {
	first  int
	owners []*file
	used   []uint64 // when, as a count of uses
	clock  uint64
}

func (s *slots) open(first, n int) {
	s.first, s.owners, s.used = first, make([]*file, n), make([]uint64, n)
}

// find returns the slot that holds a file, or -1.
func (s *slots) find(f *file) int {
	if i := f.slot; i < len(s.owners) && s.owners[i] == f {
		return i
	}
	return -1
}

// take gives a slot to a file: one that is free, or the one that was used
// longest ago.
func (s *slots) take(f *file) int {
	at := 0
	for i, owner := range s.owners {
		if owner == nil {
			at = i
			break
		}
		if s.used[i] < s.used[at] {
			at = i
		}
	}
	s.owners[at] = f
	f.slot = at
	return at
}

// touch notes that a slot is used, and returns its descriptor.
func (s *slots) touch(i int) string {
	s.clock++
	s.used[i] = s.clock
	return strconv.Itoa(s.first + i)
}

// free takes a slot from a file.
func (s *slots) free(f *file) {
	if i := s.find(f); i >= 0 {
		s.owners[i], s.used[i] = nil, 0
	}
}
