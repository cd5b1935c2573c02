package shell

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
)

// fewZeros is how long a file is at the most of whose beginning nothing is
// asked: who looks for its first byte reads on quickly enough.
const fewZeros = 64 << 10

// As many NUL bytes are compared at a time, four times as many each time: others
// who read wait meanwhile. A test lowers it.
var manyZeros, mostZeros int64 = 256 << 10, 64 << 20

// differs is how cmp(1) says where two files differ, counting from 1.
var differs = regexp.MustCompile(`(?:byte|char) ([0-9]+)`)

// A stretch is a part of a file in which there is no hole.
type stretch struct{ from, to int64 }

// Data implements disk.File. Where the other side cannot ask for holes, it tells
// of the beginning of a file all the same: a writer that keeps its offset across a
// truncation leaves NUL bytes there, more than should come over a connection.
// Cmp(1) tells how many.
func (f *file) Data(off int64) int64 {
	if off == 0 && !f.blank() {
		return off
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.behindHole(off)
	if off != 0 || at >= f.long {
		return at
	}
	for many := manyZeros; at < f.long; many = min(4*many, mostZeros) {
		n, known := f.zeros(at, many)
		if !known {
			break
		}
		if at += n; n < many {
			break
		}
	}
	return min(at, max(f.long, off))
}

// blank reports whether a file that is not short begins with NUL bytes.
func (f *file) blank() bool {
	f.mu.Lock()
	short := f.long <= fewZeros
	f.mu.Unlock()
	var begins [512]byte
	if short {
		return false
	}
	n, err := f.ReadAt(begins[:], 0)
	return err == nil && n > 0 && len(bytes.Trim(begins[:n], "\x00")) == 0
}

// behindHole returns where data begins, at an offset or behind it, or the end of
// the file; the offset where that cannot be told.
func (f *file) behindHole(off int64) int64 {
	if off >= f.solid.from && off < f.solid.to {
		return off
	}
	f.told = nil
	found := stretch{off, off}
	_ = f.fs.do(func(s *Session) error { // what cannot be told is not
		if s.simple.Load() {
			return nil
		}
		c := &call{}
		err := f.with(s, c, "data", strconv.FormatInt(off, 10))
		if err != nil {
			return err
		}
		var told stretch
		_, err = fmt.Sscan(string(c.data), &told.from, &told.to)
		if c.status != 0 || err != nil {
			s.simple.Store(true)
		} else if told.from >= off {
			found = told
		}
		return nil
	})
	f.solid = found
	return found.from
}

// zeros returns how many NUL bytes follow an offset, at most so many, and false
// where that cannot be told.
func (f *file) zeros(off, many int64) (n int64, known bool) {
	f.told = nil
	err := f.fs.do(func(s *Session) error {
		c := &call{}
		err := f.with(s, c, "zeros", extent(off, int(many))...)
		if err != nil {
			return err
		}
		if found := differs.FindSubmatch(c.data); found != nil {
			n, err = strconv.ParseInt(string(found[1]), 10, 64)
			n, known = n-1, err == nil
		}
		return err
	})
	return n, known && err == nil && n <= many
}
