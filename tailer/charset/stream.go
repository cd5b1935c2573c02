package charset

import (
	"strings"

	"tailbeam/tailer/line"
)

// A Stream is a Cutter for what comes from its very beginning, as a pipe does: a
// byte order mark there tells its encoding.
type Stream struct {
	Cutter // with the encoding of a stream without a mark
	sniffed
}

// sniffed says whether the mark was looked for.
type sniffed bool

// Next is Cutter.Next. It asks for more where what there is may be the
// beginning of a mark.
func (s *Stream) Next(raw []byte, buf *Buffer, b *line.Batch) int {
	if !s.sniffed {
		for _, mark := range marks {
			if len(raw) < len(mark) && strings.HasPrefix(mark, string(raw)) {
				return 0
			}
		}
		s.sniff(raw)
	}
	return s.Cutter.Next(raw, buf, b)
}

// Rest is Cutter.Rest.
func (s *Stream) Rest(raw []byte, buf *Buffer, b *line.Batch) int {
	if !s.sniffed {
		s.sniff(raw)
	}
	return s.Cutter.Rest(raw, buf, b)
}

func (s *Stream) sniff(raw []byte) {
	s.Encoding, s.Mark = s.Encoding.Of(raw)
	s.sniffed = true
}
