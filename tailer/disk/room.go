package disk

import "bytes"

// Room returns how many bytes at the end of data, which lies at off in its file,
// are NUL, in whole units of a character: room that was made for what is still
// to be written, as posix_fallocate(3) and ftruncate(2) make it, or that a crash
// has left. It is no content until something follows.
func Room(data []byte, off int64, unit int) int {
	n := len(data)
	if n == 0 || data[n-1] != 0 {
		return 0
	}
	end := int64(len(bytes.TrimRight(data, "\x00"))) + off
	if more := end % int64(unit); more > 0 {
		end += int64(unit) - more
	}
	return max(0, n-int(end-off))
}

const (
	// piece is how much is read at once in search of content.
	piece = 64 << 10
	// mostRoom is how far before the end of a file content is looked for: to
	// read a file backwards takes its time, and longer room is not made.
	mostRoom = 64 << 20
)

// End returns the offset behind the content of a file of some size: where its
// room begins, if it has any.
func End(f File, size int64, unit int) (int64, error) {
	if size == 0 {
		return 0, nil
	}
	var last [1]byte
	if n, err := f.ReadAt(last[:], size-1); err != nil || n == 0 || last[0] != 0 {
		return size, err
	}
	data := make([]byte, piece)
	for to := size; to > max(0, size-mostRoom); {
		from := max(0, to-piece)
		from += (to - from) % int64(unit)
		n, err := f.ReadAt(data[:to-from], from)
		if err != nil || int64(n) < to-from {
			return size, err
		}
		if room := Room(data[:n], from, unit); room < n {
			return to - int64(room), nil
		}
		to = from
	}
	if size <= mostRoom {
		return 0, nil
	}
	return size, nil
}
