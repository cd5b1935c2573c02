package tailer

import (
	"sync"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
)

// probed is how many bytes of a file tell whether it is text.
const probed = 4 << 10

// isBinary reports whether a file has a NUL near its beginning, in the encoding
// of a file without a byte order mark, and is not UTF-16 by its mark. A file that
// cannot be read is not called binary.
func isBinary(files disk.FS, path string, unmarked charset.Encoding) bool {
	if info, err := files.Stat(path); err != nil || info.Kind != disk.Regular {
		return false // a pipe may not be opened without reading it
	}
	file, err := files.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Kind != disk.Regular {
		return false
	}
	head := heads.Get().(*[probed]byte)
	defer heads.Put(head)
	n, err := file.ReadAt(head[:], 0)
	if err != nil || n == 0 {
		return false
	}
	encoding, mark := unmarked.Of(head[:n])
	utf16 := mark > 0 && encoding.Unit() == 2
	return !utf16 && encoding.HasNUL(head[mark:n])
}

// heads are lent, for many files are looked at one after the other.
var heads = sync.Pool{New: func() any { return new([probed]byte) }}

// warnBinary tells the operator that a file that was named is not text.
func (t *Tailer) warnBinary(path string) {
	if isBinary(disk.System{}, path, t.cfg.Encoding) {
		t.cfg.Logger.Warn("file holds NUL bytes near its beginning and may not be text", "path", path)
	}
}
