package history

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/sibling"
)

// A file is one that may hold a generation, as it was when it was looked at.
// It does not change any more.
type file struct {
	path    string
	plain   string // path without the ending of a compressed file
	role    role
	age     sibling.Age
	info    disk.Info
	settled bool   // it was not written to for a while before it was looked at
	problem string // why it cannot be read; nothing of what follows is known

	packing unpack.Packing
	first   int64     // offset of the first byte of content; a hole lies before it
	head    disk.Head // how the content begins
	raw     disk.Head // how the file begins, hole included
	print   print
	began   time.Time // the first stamp in its first lines, or zero

	encoding charset.Encoding
	mark     int64 // bytes of a byte order mark that is not shown
	end      int64 // of a plain file: where its bytes ended
}

// role says how a file is a part of the stream.
type role uint8

const (
	former  role = iota // a predecessor, by its name
	current             // what the name leads to
)

// A print tells how a generation begins, more sharply than a head: files with
// the same first line differ in it as soon as they differ within sample bytes.
type print struct {
	n   int // how many bytes it covers
	sum uint64
}

// sample is how many bytes of a generation are looked at to know it.
const sample = 4 << 10

func printOf(data []byte) print {
	h := fnv.New64a()
	h.Write(data)
	return print{len(data), h.Sum64()}
}

// of reports whether a generation that begins with data may be the one with
// this print.
func (p print) of(data []byte) bool {
	return p.n > 0 && len(data) >= p.n && printOf(data[:p.n]) == p
}

// A look at a file, together with the first bytes of its content.
type look struct {
	*file
	begin []byte
}

// examine looks at a file that was found.
func (h *History) examine(ctx context.Context, f file) (look, error) {
	l := look{file: &f}
	if f.problem != "" {
		return l, nil
	}
	opened, err := h.store.take(f.info.ID, func() (disk.File, error) { return h.openFile(&f) })
	if err == nil {
		defer h.store.give(opened)
		l.begin, err = l.beginning(ctx, opened, h.opt.Encoding.Unit())
	}
	var damage *unpack.Damage
	switch {
	case err == nil, errors.As(err, &damage):
	case errors.Is(err, errMoved), disk.Gone(err), ctx.Err() != nil:
		return look{}, err
	default:
		f.problem = disk.Reason(err)
		return l, nil
	}
	f.head, f.print = disk.HeadOf(l.begin), printOf(l.begin)
	if f.raw == 0 {
		f.raw = f.head
	}
	var mark int
	if f.encoding, mark = h.opt.Encoding.Of(l.begin); f.encoding != charset.UTF8 {
		f.mark = int64(mark)
	}
	f.began = h.firstTime(&f, l.begin)
	return l, nil
}

// beginning reads the first bytes of the content. A unit is the bytes of a
// character, all of which are NUL in a hole.
func (f *file) beginning(ctx context.Context, opened disk.File, unit int) ([]byte, error) {
	// What is told of the file must not be newer than what is read of it: else
	// a file that is being written would be taken for whole later.
	info, err := opened.Stat()
	if err != nil {
		return nil, err
	}
	f.info, f.end, f.settled = info, info.Size, settled(info.Modified, time.Now())
	data := make([]byte, sample)
	n, err := readFull(opened, data, 0)
	if err != nil {
		return nil, err
	}
	data = data[:n]
	if f.role == former {
		f.packing = unpack.Of(data)
	}
	if f.packing != unpack.Plain {
		r := unpack.NewReader(opened, f.packing)
		defer r.Close()
		return f.content(ctx, r, data[:0:sample], unit)
	}
	if n == 0 || data[0] != 0 {
		return data[:n-disk.Room(data, 0, unit)], nil
	}
	f.raw = disk.HeadOf(data)
	f.first = opened.Data(0)
	r := &sequence{file: opened, off: f.first}
	return f.content(ctx, r, data[:0:sample], unit)
}

// content reads the first bytes behind the NULs with which r begins. Where
// there is nothing else, they are the content.
func (f *file) content(ctx context.Context, r io.Reader, data []byte, unit int) ([]byte, error) {
	var block [64 << 10]byte
	zeros := int64(0)
	for len(data) < cap(data) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := r.Read(block[:])
		b := block[:n]
		if len(data) == 0 {
			text := nonzero(b)
			text -= min(text, int(zeros+int64(text))%unit)
			zeros += int64(text)
			b = b[text:]
		}
		data = append(data, b[:min(len(b), cap(data)-len(data))]...)
		if err == io.EOF {
			err = nil
			n = 0
		}
		if err != nil || n == 0 {
			if len(data) == 0 {
				f.first, zeros = 0, 0
			}
			f.first += zeros
			return data, err
		}
	}
	f.first += zeros
	return data, nil
}

// nonzero returns how many NULs are in front of data.
func nonzero(data []byte) int {
	for i, b := range data {
		if b != 0 {
			return i
		}
	}
	return len(data)
}

// sequence reads a file from an offset on.
type sequence struct {
	file disk.File
	off  int64
}

func (s *sequence) Read(p []byte) (int, error) {
	n, err := s.file.ReadAt(p, s.off)
	if n == 0 && err == nil {
		return 0, io.EOF
	}
	s.off += int64(n)
	return n, err
}

// readFull reads until p is full or the file ends.
func readFull(f disk.File, p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		m, err := f.ReadAt(p[n:], off+int64(n))
		if err != nil {
			return n, err
		}
		if m == 0 {
			break
		}
		n += m
	}
	return n, nil
}

// openFile opens a file where it was found. A predecessor is not reached
// through a symbolic link.
func (h *History) openFile(f *file) (disk.File, error) {
	var opened disk.File
	var err error
	if f.role == current {
		opened, err = h.opt.FS.Open(f.path)
	} else {
		opened, err = h.opt.FS.OpenPlain(f.path)
	}
	if disk.Gone(err) {
		return nil, errMoved
	}
	return opened, err
}
