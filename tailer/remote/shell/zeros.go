package shell

import (
	"bytes"
	"regexp"
	"strconv"
)

// fewZeros is how long a file is at the most of whose beginning nothing is
// asked: who looks for its first byte reads on quickly enough.
const fewZeros = 64 << 10

// manyZeros is how much is compared at a time, in bytes. A test lowers it.
var manyZeros int64 = 256 << 20

// differs is how cmp(1) says where two files differ, counting from 1.
var differs = regexp.MustCompile(`(?:byte|char) ([0-9]+)`)

// Data implements disk.File, for the beginning of a file: a writer that keeps its
// offset across a truncation leaves NUL bytes there, often more than should come
// over a connection. Cmp(1) on the other side tells how many.
func (f *file) Data(off int64) int64 {
	var begins [512]byte
	if off != 0 || f.length() <= fewZeros {
		return off
	}
	if n, err := f.ReadAt(begins[:], 0); err != nil || n == 0 || len(bytes.Trim(begins[:n], "\x00")) > 0 {
		return off
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = nil
	first := off
	for at := off; at < f.long; at += manyZeros {
		n, known := f.zeros(at)
		if !known {
			return first
		}
		first = at + n
		if n < manyZeros {
			break
		}
	}
	return min(first, f.long)
}

// zeros returns how many NUL bytes follow an offset, at most manyZeros, and false
// where that cannot be told.
func (f *file) zeros(off int64) (n int64, known bool) {
	err := f.fs.do(func(s *Session) error {
		c := &call{}
		err := f.with(s, c, "zeros", extent(off, int(manyZeros))...)
		if err != nil {
			return err
		}
		if found := differs.FindSubmatch(c.data); found != nil {
			n, err = strconv.ParseInt(string(found[1]), 10, 64)
			n, known = n-1, err == nil
		}
		return err
	})
	return n, known && err == nil && n <= manyZeros
}

func (f *file) length() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.long
}
