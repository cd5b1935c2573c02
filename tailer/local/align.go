package local

import (
	"sync"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
)

// begin has g read from preload bytes before its end, but from the beginning
// of a line.
func (g *generation) begin(preload, size int64) {
	if end, err := disk.End(g.file, size, g.cut.Encoding.Unit()); err == nil {
		size = end
	}
	at := max(0, size-preload)
	at -= at % int64(g.cut.Encoding.Unit())
	if at <= g.first {
		return
	}
	start := max(g.first, lineAt(g.file, g.cut.Encoding, at, size, int64(g.cut.MaxLine)))
	g.off = start
	g.read.Store(start)
	g.mark.take(g.file, start)
}

// lineAt returns the beginning of the first line at or behind at, or of the
// last line where no other begins there, or at where that is very long. At lies
// where a unit of the encoding begins.
func lineAt(f reader, e charset.Encoding, at, size, maxLine int64) int64 {
	if p := behind(f, at-int64(e.Unit()), size, e.AfterNewline); p >= 0 {
		return p
	}
	for to := at; to > max(0, at-maxLine); {
		from := max(0, to-alignStep)
		if p := behind(f, from, to, e.AfterLastNewline); p >= 0 {
			return p
		}
		to = from
	}
	if at <= maxLine {
		return 0
	}
	return at
}

const alignStep = 16 << 10

// alignBuffers are lent, for many files may be found at once.
var alignBuffers = sync.Pool{New: func() any { return new([alignStep]byte) }}

// behind returns the offset behind a newline that find finds between two
// offsets, in the first piece of alignStep that has one, or -1.
func behind(f reader, from, to int64, find func([]byte) int) int64 {
	piece := alignBuffers.Get().(*[alignStep]byte)
	defer alignBuffers.Put(piece)
	for from < to {
		n, err := f.ReadAt(piece[:min(alignStep, to-from)], from)
		if err != nil || n == 0 {
			return -1
		}
		if i := find(piece[:n]); i >= 0 {
			return from + int64(i)
		}
		from += int64(n)
	}
	return -1
}
