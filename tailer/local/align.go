package local

import "bytes"

// begin has g read from preload bytes before its end, but from the beginning
// of a line.
func (g *generation) begin(preload, size int64, maxLine int) {
	at := max(0, size-preload)
	if at == 0 {
		return
	}
	start := lineAt(g.file, at, size, int64(maxLine))
	g.off = start
	g.read.Store(start)
	n := min(start, markSize)
	if m, err := g.file.ReadAt(g.mark.bytes[:n], start-n); err == nil && int64(m) == n {
		g.mark.n = m
	}
}

// lineAt returns the beginning of the first line at or behind at, or of the
// last line where no other begins there, or at where that is very long.
func lineAt(f reader, at, size, maxLine int64) int64 {
	if p := newline(f, at-1, size, bytes.IndexByte); p >= 0 {
		return p + 1
	}
	for to := at; to > max(0, at-maxLine); {
		from := max(0, to-alignStep)
		if p := newline(f, from, to, bytes.LastIndexByte); p >= 0 {
			return p + 1
		}
		to = from
	}
	if at <= maxLine {
		return 0
	}
	return at
}

const alignStep = 16 << 10

// newline returns where find finds a newline between two offsets, in the first
// piece of alignStep that has one, or -1.
func newline(f reader, from, to int64, find func([]byte, byte) int) int64 {
	var piece [alignStep]byte
	for from < to {
		n, err := f.ReadAt(piece[:min(alignStep, to-from)], from)
		if err != nil || n == 0 {
			return -1
		}
		if i := find(piece[:n], '\n'); i >= 0 {
			return from + int64(i)
		}
		from += int64(n)
	}
	return -1
}
