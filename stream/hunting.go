package stream

import (
	"context"

	"tailbeam/stream/hunt"
	"tailbeam/tailer/line"
)

// hunting leads a replay of a filtered feed past lines that the filter does not
// choose, where another host holds the files and can tell which lines those are.
// One goroutine at a time uses it.
type hunting struct {
	*hunt.Hunt // nil where all lines have to be read
	// midway is a position in the middle of a line that was read up to there:
	// what follows may be chosen although no line begins there.
	midway line.Position
}

func newHunting(s *sieve, log *Log, way line.Way) *hunting {
	if log.origin.Host == "" {
		return &hunting{}
	}
	return &hunting{Hunt: hunt.New(log.origin.History, way, s.texts())}
}

// texts returns texts of which each line holds one that the filter chooses, or
// none where lines have to be read to know.
func (s *sieve) texts() []line.Text {
	s.once.Do(s.prepare)
	for _, p := range s.grep {
		if len(p.literals) > 0 {
			return hunt.Texts(p.literals)
		}
	}
	return nil
}

// next returns where to read on from a position, and how much of so many bytes is
// worth reading.
func (h *hunting) next(ctx context.Context, at line.Position, size int) (line.Position, int) {
	if h == nil || h.Hunt == nil || at == h.midway {
		return at, size
	}
	to, worth := h.Next(ctx, at)
	if to.Gen != at.Gen {
		return at, size // reading tells of another name
	}
	if worth > 0 {
		size = min(size, worth)
	}
	return to, size
}

// read notes what was read on the way to newer lines.
func (h *hunting) read(b *line.Batch) {
	if h == nil {
		return
	}
	if h.midway = (line.Position{}); b.Flags&line.Unfinished != 0 {
		h.midway = b.End()
	}
}

// skip goes on behind lines that the filter does not choose, of those that the
// live side has read as well. It reports whether there are any, and otherwise how
// much to read.
func (r *result) skip(ctx context.Context, i, size int) (bool, int) {
	if r.hunting == nil || r.hunting.Hunt == nil {
		return false, size
	}
	p := r.place[i]
	to, size := r.hunting.next(ctx, p, size)
	_, gens := r.log.snapshot()
	if k := gens.find(p.Gen); k >= 0 {
		to.Off = min(to.Off, gens[k].end)
	}
	if to.Off <= p.Off {
		return false, size
	}
	r.place[i] = to
	return true, size
}
