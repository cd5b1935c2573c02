package search

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"tailbeam/tailer/line"
)

// A hunt has it found out, where the files are, which lines can match, and leads
// past all others. It belongs to the goroutine that reads.
type hunt struct {
	in    line.Finder
	way   line.Way
	texts []line.Text
	found line.Found
	rest  int // so many blocks are read before it is tried again
	pause int // how many the next time
	buf   []byte
}

const (
	// near is how far apart lines may lie that are read together, in bytes.
	near = 16 << 10
	// glance is how many blocks are read first: they may hold all that is
	// wanted.
	glance = 2
	// mostPause bounds for how many blocks nothing is asked where asking is no
	// gain.
	mostPause = 256
)

// newHunt returns nil where lines have to be read to know whether they match.
func newHunt(of line.History, p *plan) *hunt {
	finder, ok := of.(line.Finder)
	if !ok || len(p.match) == 0 || len(p.match[0].literals) == 0 {
		return nil
	}
	h := &hunt{in: finder, rest: glance, pause: glance}
	if p.Order == NewestFirst {
		h.way = line.Backward
	}
	for _, l := range p.match[0].literals {
		if bytes.ContainsAny(l.text, "\x00\n") {
			return nil
		}
		h.texts = append(h.texts, line.Text{Bytes: l.text, Fold: l.fold})
		if l.loose {
			h.texts = append(h.texts, line.Text{Bytes: []byte("\u017F")}, line.Text{Bytes: []byte("\u212A")})
		}
	}
	return h
}

// next returns where to read on from a position, which may be the same, and how
// much is worth reading there, or 0 for any.
func (h *hunt) next(ctx context.Context, at line.Position) (to line.Position, size int) {
	if h.rest > 0 {
		h.rest--
		return at, 0
	}
	if !h.covers(at) {
		found, err := h.in.Find(ctx, at, h.way, h.texts)
		length := found.To.Off - found.From.Off
		if err != nil || length <= int64(len(found.Lines))*2*near {
			h.found = line.Found{}
			h.rest = h.pause
			h.pause = min(2*h.pause, mostPause)
			return at, 0
		}
		h.found, h.pause = found, glance
		at.Gen = found.From.Gen
	}
	if h.way == line.Onward {
		return h.onward(at)
	}
	return h.backward(ctx, at)
}

func (h *hunt) covers(at line.Position) bool {
	f := &h.found
	if at.Gen != f.From.Gen || f.From.IsZero() {
		return false
	}
	if h.way == line.Onward {
		return at.Off >= f.From.Off && at.Off < f.To.Off
	}
	return at.Off > f.From.Off && at.Off <= f.To.Off
}

func (h *hunt) onward(at line.Position) (line.Position, int) {
	lines := h.found.Lines
	i, _ := slices.BinarySearch(lines, at.Off)
	if i == len(lines) {
		return h.found.To, 0
	}
	if lines[i]-at.Off > near {
		at.Off = lines[i]
		return at, 0
	}
	end := lines[i]
	for i++; i < len(lines) && lines[i]-end <= near; i++ {
		end = lines[i]
	}
	return at, int(min(end-at.Off+near/2, block))
}

func (h *hunt) backward(ctx context.Context, at line.Position) (line.Position, int) {
	lines := h.found.Lines
	i, _ := slices.BinarySearch(lines, at.Off)
	if i == 0 {
		return h.found.From, 0
	}
	if at.Off-lines[i-1] > near {
		return h.behind(ctx, line.Position{Gen: at.Gen, Off: lines[i-1]}, at), 0
	}
	begin := lines[i-1]
	for i -= 2; i >= 0 && begin-lines[i] <= near; i-- {
		begin = lines[i]
	}
	return at, int(min(at.Off-begin+near/2, block))
}

// behind returns where the line ends that begins at p, or otherwise where to go
// on.
func (h *hunt) behind(ctx context.Context, p, otherwise line.Position) line.Position {
	if h.buf == nil {
		h.buf = make([]byte, near/2)
	}
	for len(h.buf) <= block {
		b, err := h.in.Forward(ctx, p, h.buf)
		if errors.Is(err, io.ErrShortBuffer) {
			h.buf = make([]byte, 4*len(h.buf))
			continue
		}
		if err != nil || b.Pos != p || b.Flags != 0 {
			break
		}
		p.Off += int64(b.RawEnds()[0])
		return p
	}
	return otherwise
}
