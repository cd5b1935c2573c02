package local

import (
	"bytes"

	"tailbeam/tailer/disk"
)

// A trace is a mark at a place.
type trace struct {
	mark
	at int64
}

// A trail is traces of what was read of a generation, each at least twice as
// far from its beginning as the one before. With it a copy is known that ends
// before what was read did: one that was made while the writer went on.
type trail []trace

// maxTrail is how many traces are kept, the last ones.
const maxTrail = 8

func (t *trail) note(m mark, at int64) {
	if n := len(*t); n > 0 && at < 2*(*t)[n-1].at {
		return
	}
	if len(*t) == maxTrail {
		*t = append((*t)[:0:0], (*t)[1:]...)
	}
	*t = append(*t, trace{m, at})
}

// firm is how far from the beginning a trace must be to tell a generation from
// others that begin with the same lines.
const firm = 1 << 10

// in reports whether a file of some size is a shorter copy.
func (t trail) in(f reader, size int64) bool {
	for i := len(t) - 1; i >= 0; i-- {
		if t[i].at <= size {
			return t[i].at >= firm && t[i].mark.in(f, t[i].at)
		}
	}
	return false
}

// isIn reports whether a file is a copy of what p was: it holds, where that was
// last read, what was read there, or ends before and holds what was read
// further to the front.
func (p *past) isIn(file disk.File) bool {
	if p.mark.in(file, p.read) {
		return true
	}
	size, ok := length(file)
	return ok && size < p.read && p.trail.in(file, size)
}

// length returns how many bytes a file holds, unpacked.
func length(f disk.File) (n int64, ok bool) {
	if u, is := f.(*unpacked); is {
		return u.length()
	}
	info, err := f.Stat()
	return info.Size, err == nil
}

// begins reports whether the whole of a file is what another begins with.
func begins(f, other disk.File) bool {
	size, ok := length(f)
	if !ok {
		return false
	}
	k := min(size, markSize)
	var x, y [markSize]byte
	n, err := f.ReadAt(x[:k], size-k)
	m, err2 := other.ReadAt(y[:k], size-k)
	return err == nil && err2 == nil && int64(n) == k && int64(m) == k && bytes.Equal(x[:k], y[:k])
}
