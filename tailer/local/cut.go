package local

import (
	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// sniff finds out how g is encoded: by the mark at its beginning, or else as
// the operator says. Until the first line was given out, content holds what
// there is of it; later the file is asked, once.
func (s *Stream) sniff(g *generation, content []byte) {
	if g.sniffed {
		return
	}
	g.sniffed = g.off != g.first
	if g.sniffed && g.cut.Begun == split.AtStart {
		g.cut.Encoding, _ = encodingOf(g.file, g.first, s.f.cfg.Encoding)
	} else if !g.sniffed {
		g.cut.Encoding, g.cut.Mark = s.f.cfg.Encoding.Of(content)
	}
}

// encodingOf returns how a file is encoded that begins at first, and the length
// of its mark.
func encodingOf(f reader, first int64, standard charset.Encoding) (charset.Encoding, int) {
	var head [charset.MarkLen]byte
	n, err := f.ReadAt(head[:], first)
	if err != nil {
		return standard, 0
	}
	return standard.Of(head[:n])
}

// next makes a batch of the complete lines at the front of text and returns how
// many bytes they are. Text that is UTF-8 is not copied.
func (b *buffer) next(g *generation, text []byte) int {
	if g.cut.Encoding != charset.UTF8 {
		return g.cut.Next(text, &b.converted, &b.batch)
	}
	s := split.Splitter{MaxLine: g.cut.MaxLine, Begun: g.cut.Begun}
	n, ends, flags := s.Next(text, b.ends[:0])
	b.ends, g.cut.Begun = ends, s.Begun
	b.batch = line.Batch{Data: text[:n], Ends: ends, Flags: flags}
	return n
}

// rest is next for what is left at the end of a generation.
func (b *buffer) rest(g *generation, text []byte) int {
	return g.cut.Rest(text, &b.converted, &b.batch)
}
