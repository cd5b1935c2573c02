// Package hunt leads whoever goes over a log for lines that hold a text past those
// that do not, where the machine that holds the files can tell which those are
// (line.Finder). What is not read there need not come here.
package hunt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"tailbeam/stream/literal"
	"tailbeam/tailer/line"
)

// A Hunt has it found out, where the files are, which lines can match, and leads
// past all others. It belongs to the goroutine that reads.
type Hunt struct {
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
	// most bounds what is read together, in bytes.
	most = 256 << 10
	// glance is how many blocks are read first: they may hold all that is
	// wanted.
	glance = 2
	// mostPause bounds for how many blocks nothing is asked where asking is no
	// gain.
	mostPause = 256
)

// New returns a Hunt for lines of which each holds one of some texts, or nil where
// lines have to be read to know whether they do.
func New(of line.History, way line.Way, texts []line.Text) *Hunt {
	finder, ok := of.(line.Finder)
	if !ok || len(texts) == 0 {
		return nil
	}
	for _, t := range texts {
		if len(t.Bytes) == 0 || bytes.ContainsAny(t.Bytes, "\x00\n") {
			return nil
		}
	}
	return &Hunt{in: finder, way: way, texts: texts, rest: glance, pause: glance}
}

// Texts returns what to hunt for where a line has to hold one of these literals,
// or what may be one.
func Texts(literals []literal.Literal) (texts []line.Text) {
	for _, l := range literals {
		texts = append(texts, line.Text{Bytes: l.Text, Fold: l.Fold})
		if l.Loose {
			texts = append(texts, line.Text{Bytes: []byte("\u017F")}, line.Text{Bytes: []byte("\u212A")})
		}
	}
	return texts
}

// Next returns where to read on from a position, which may be the same, and how
// much is worth reading there, or 0 for any. No line on the way holds one of the
// texts. The position may be in the middle of a line only where that was not gone
// over from its beginning.
func (h *Hunt) Next(ctx context.Context, at line.Position) (to line.Position, size int) {
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

func (h *Hunt) covers(at line.Position) bool {
	f := &h.found
	if at.Gen != f.From.Gen || f.From.IsZero() {
		return false
	}
	if h.way == line.Onward {
		return at.Off >= f.From.Off && at.Off < f.To.Off
	}
	return at.Off > f.From.Off && at.Off <= f.To.Off
}

func (h *Hunt) onward(at line.Position) (line.Position, int) {
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
	return at, int(min(end-at.Off+near/2, most))
}

func (h *Hunt) backward(ctx context.Context, at line.Position) (line.Position, int) {
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
	return at, int(min(at.Off-begin+near/2, most))
}

// behind returns where the line ends that begins at p, or otherwise where to go
// on.
func (h *Hunt) behind(ctx context.Context, p, otherwise line.Position) line.Position {
	if h.buf == nil {
		h.buf = make([]byte, near/2)
	}
	for len(h.buf) <= most {
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
