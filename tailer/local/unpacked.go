package local

import (
	"errors"
	"io"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
)

// unpacked is a compressed file as what it unpacks to. It is meant to be read
// from its beginning to its end; a look further back than kept begins anew.
type unpacked struct {
	disk.File
	packing unpack.Packing
	r       *unpack.Reader
	at      int64  // of the next byte of r
	last    []byte // the bytes before at, at most kept
}

// kept is how many bytes are kept to look back.
const kept = 4 << 10

// unpackFile returns what a file unpacks to, or the file where it is not
// compressed. The file is closed with it.
func unpackFile(file disk.File) (disk.File, error) {
	var head [4]byte
	n, err := file.ReadAt(head[:], 0)
	if err != nil {
		return nil, err
	}
	packing := unpack.Of(head[:n])
	if packing == unpack.Plain {
		return file, nil
	}
	return &unpacked{File: file, packing: packing, r: unpack.NewReader(file, packing)}, nil
}

// ReadAt implements disk.File. What is wrong is told by the call that finds
// nothing new.
func (u *unpacked) ReadAt(p []byte, off int64) (int, error) {
	if off < u.at-int64(len(u.last)) {
		u.r.Close()
		u.r, u.at, u.last = unpack.NewReader(u.File, u.packing), 0, u.last[:0]
	}
	var skipped [kept]byte
	for u.at < off {
		n, err := u.read(skipped[:min(kept, off-u.at)])
		if n == 0 || err != nil {
			return 0, err
		}
	}
	n, began := copy(p, u.last[int64(len(u.last))-(u.at-off):]), u.at
	for n < len(p) {
		m, err := u.read(p[n:])
		n += m
		if m == 0 || err != nil {
			if u.at > began {
				err = nil
			}
			return n, err
		}
	}
	return n, nil
}

// read reads on and keeps the last bytes. At the end it returns 0.
func (u *unpacked) read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.at += int64(n)
	if n >= kept {
		u.last = append(u.last[:0], p[n-kept:n]...)
	} else {
		u.last = append(u.last, p[:n]...)
		u.last = u.last[:copy(u.last, u.last[max(0, len(u.last)-kept):])]
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// length returns how many bytes there are, which takes reading all of them.
func (u *unpacked) length() (n int64, ok bool) {
	var skipped [kept]byte
	for {
		n, err := u.ReadAt(skipped[:], u.at)
		if err != nil {
			return 0, false
		}
		if n == 0 {
			return u.at, true
		}
	}
}

// Data implements disk.File: there are no holes.
func (u *unpacked) Data(off int64) int64 { return off }

// Close implements disk.File.
func (u *unpacked) Close() error {
	u.r.Close()
	return u.File.Close()
}
