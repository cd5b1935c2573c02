package disk

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"

	"tailbeam/tailer/line"
)

// Head is the fingerprint of how a file begins: of its first line, or of the
// first KiB of that. It does not change while the file grows, and a copy or a
// compressed copy has the same. The zero value says that the first line is not
// complete yet.
type Head uint32

// headSize is how many bytes of a file a Head looks at.
const headSize = 1 << 10

// HeadOf returns the fingerprint of a file that begins with data, or 0 where
// data is too short to tell.
func HeadOf(data []byte) Head {
	data = data[:min(len(data), headSize)]
	if end := bytes.IndexByte(data, '\n'); end >= 0 {
		data = data[:end+1]
	} else if len(data) < headSize || data[len(data)-1] == 0 {
		return 0 // what is NUL may still be written
	}
	h := fnv.New64a()
	h.Write(data)
	return Head(fold(h.Sum64()))
}

// HeadAt reads the fingerprint of the file whose first byte is at off.
func HeadAt(f File, off int64) (Head, error) {
	var data [headSize]byte
	n := 0
	for n < len(data) {
		m, err := f.ReadAt(data[n:], off+int64(n))
		if err != nil {
			return 0, err
		}
		if m == 0 {
			break
		}
		n += m
	}
	return HeadOf(data[:n]), nil
}

// Generation returns the identity of a file in the life of a stream: its upper
// half tells what the file system knows, its lower half how the file begins,
// so that it is found again by either. Twin counts earlier generations of this
// very file that began in the same way, which only happens where a file is
// truncated and begins with the same line each time.
func Generation(id ID, head Head, twin int) line.Generation {
	var b [32]byte
	binary.LittleEndian.PutUint64(b[0:], id.Dev)
	binary.LittleEndian.PutUint64(b[8:], id.Ino)
	binary.LittleEndian.PutUint64(b[16:], uint64(id.Birth))
	binary.LittleEndian.PutUint64(b[24:], uint64(twin))
	h := fnv.New64a()
	h.Write(b[:])
	return line.Generation(uint64(fold(h.Sum64()))<<32 | uint64(head))
}

// fold makes 32 bits of 64, and never zero.
func fold(sum uint64) uint32 {
	return max(uint32(sum^sum>>32), 1)
}
