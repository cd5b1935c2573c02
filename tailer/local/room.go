package local

import (
	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
)

// room returns how many bytes at the end of a block, which lies at off, are room
// for what is still to be written: NULs behind which there is nothing. Solid is
// an offset before which NULs are known to be content, for something was seen
// behind them; it is another where that was found just now, and then the block
// must be read again. Standard is how the file is encoded if it does not say
// itself.
func (g *generation) room(block []byte, off int64, standard charset.Encoding, solid *int64) (n int, again bool) {
	end := off + int64(len(block))
	if end <= *solid || len(block) == 0 || block[len(block)-1] != 0 {
		return 0, false
	}
	encoding := g.cut.Encoding
	if off == g.first && !g.sniffed {
		encoding, _ = standard.Of(block)
	}
	if n = disk.Room(block, off, encoding.Unit()); n == 0 {
		return 0, false
	}
	if at, ok := g.text(end); ok {
		*solid = at
		return 0, true
	}
	return n, false
}

// text returns the offset of the first byte from off on that is not NUL, if
// there is one. That there is none before g.blank is known from the last search.
func (g *generation) text(off int64) (at int64, ok bool) {
	at = g.file.Data(off)
	var first [4 << 10]byte
	n, err := g.file.ReadAt(first[:], at)
	if err != nil || n == 0 {
		return 0, false
	}
	if i := notNUL(first[:n]); i >= 0 {
		return at + int64(i), true
	}
	at += int64(n)
	if info, err := g.file.Stat(); err == nil && g.blank > at && g.blank <= info.Size {
		at = g.blank
	}
	buf := alignBuffers.Get().(*[alignStep]byte)
	defer alignBuffers.Put(buf)
	for {
		n, err := g.file.ReadAt(buf[:], at)
		if err != nil || n == 0 {
			g.blank = at
			return 0, false
		}
		if i := notNUL(buf[:n]); i >= 0 {
			return at + int64(i), true
		}
		at += int64(n)
	}
}

// notNUL returns the index of the first byte that is not NUL, or -1.
func notNUL(data []byte) int {
	for i, c := range data {
		if c != 0 {
			return i
		}
	}
	return -1
}
