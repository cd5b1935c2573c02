package tailer

import (
	"bytes"

	"tailbeam/tailer/disk"
)

// probed is how many bytes of a file tell whether it is text.
const probed = 4 << 10

// isBinary reports whether a file has a NUL near its beginning and is not
// UTF-16 by its mark. A file that cannot be read is not called binary.
func isBinary(files disk.FS, path string) bool {
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
	var head [probed]byte
	n, err := file.ReadAt(head[:], 0)
	if err != nil || n == 0 {
		return false
	}
	utf16 := bytes.HasPrefix(head[:n], []byte{0xFF, 0xFE}) || bytes.HasPrefix(head[:n], []byte{0xFE, 0xFF})
	return !utf16 && bytes.IndexByte(head[:n], 0) >= 0
}

// warnBinary tells the operator that a file that was named is not text.
func (t *Tailer) warnBinary(path string) {
	if isBinary(disk.System{}, path) {
		t.cfg.Logger.Warn("file holds NUL bytes near its beginning and may not be text", "path", path)
	}
}
