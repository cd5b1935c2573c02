package past

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tailbeam/tailer/line"
)

// Page is a run of lines, as JSON shows it.
type Page struct {
	Stream string `json:"stream"`
	Lines  []Line `json:"lines"`
	// Gaps are where lines are missing, and Generations where another file
	// begins, both in front of the line at an index.
	Gaps        []Gap    `json:"gaps"`
	Generations []Border `json:"generations"`
	// Before is the cursor of the first line, After the one behind the last.
	Before string `json:"before"`
	After  string `json:"after"`
	// Start says that nothing lies before, End that nothing lies behind now.
	Start bool `json:"start"`
	End   bool `json:"end"`
}

// Line is one line, or a piece of a longer one.
type Line struct {
	Cursor string `json:"cursor"` // of its first byte
	Line   string `json:"line"`
	Time   string `json:"time,omitempty"` // RFC 3339
	Level  string `json:"level,omitempty"`
	Bytes  int64  `json:"bytes"` // in the file, with what ends the line
	// Continues: it goes on with the line before. Unfinished: the next goes on
	// with it. Partial: it has no end yet.
	Continues  bool `json:"continues,omitempty"`
	Unfinished bool `json:"unfinished,omitempty"`
	Partial    bool `json:"partial,omitempty"`
}

// Gap is where lines are missing: how many bytes, if that is known, and why.
type Gap struct {
	At     int    `json:"at"`
	Bytes  *int64 `json:"bytes"`
	Reason string `json:"reason"`
}

// Border is where another generation begins.
type Border struct {
	At int `json:"at"`
}

// Anchor is what a page lies next to.
type Anchor uint8

const (
	// Newest is the end of the stream, the line without an end included.
	Newest Anchor = iota
	// Before is a position at which the page ends.
	Before
	// After is a position at which the page begins.
	After
	// Share is a part of the whole in bytes, 0 to 1, from which on the page
	// goes; it is filled up with lines before that.
	Share
	// Since is a time; the page begins with the first line of it or later.
	Since
)

// Query says which lines are asked for.
type Query struct {
	Anchor   Anchor
	Position line.Position // with Before and After
	Share    float64
	Since    time.Time
	Limit    int // of lines
}

// maxPage is about how many bytes of text a page has at most.
const maxPage = 4 << 20

// page is a Page in the making.
type page struct {
	*Stream
	Page
	block
	gens        []line.Generation // of each line
	offs        []int64           // of each line
	levels      []line.Level      // that each line says itself
	first, last line.Position     // what it covers
	size, limit int
}

// Read returns the lines that are asked for. A page is shorter than Limit where
// lines are very long. Lines that are missing are told in the page and are no
// error.
func Read(ctx context.Context, s *Stream, q Query) (*Page, error) {
	p := &page{Stream: s, block: newBlock(), limit: q.Limit}
	defer p.block.free()
	p.Page = Page{Stream: s.Name, Lines: []Line{}, Gaps: []Gap{}, Generations: []Border{}}
	if err := p.fill(ctx, q); err != nil {
		return nil, err
	}
	p.carryOver(ctx)
	return &p.Page, p.finish(ctx)
}

// fill reads what is asked for.
func (p *page) fill(ctx context.Context, q Query) error {
	p.first = q.Position
	var err error
	switch q.Anchor {
	case Newest:
		if p.first, err = p.History.End(ctx); err != nil || p.first.IsZero() {
			return err
		}
		p.last = p.first
		if err := p.forward(ctx); err != nil { // a line without an end
			return err
		}
		return p.backward(ctx)
	case Before:
		p.last = p.first
		return p.backward(ctx)
	case Share:
		if p.first, err = near(ctx, p.History, q.Share); err != nil || p.first.IsZero() {
			return err
		}
	case Since:
		if p.first, err = p.History.Since(ctx, q.Since); err != nil || p.first.IsZero() {
			return err
		}
	}
	p.last = p.first
	if err := p.forward(ctx); err != nil || q.Anchor != Share || !p.End {
		return err
	}
	return p.backward(ctx)
}

// room reports whether there may be more lines.
func (p *page) room() bool { return len(p.Lines) < p.limit && p.size < maxPage }

// forward adds lines behind the last.
func (p *page) forward(ctx context.Context) error {
	for p.room() {
		b, err := p.read(ctx, p.last, p.History.Forward)
		if gap, gone := goneAt(err); gone {
			p.miss(len(p.Lines), gap)
			if p.End = gap.To.IsZero() || gap.To == p.last; p.End {
				return nil
			}
			p.last = gap.To
			continue
		}
		if errors.Is(err, io.EOF) {
			p.End = true
			return nil
		}
		if err != nil {
			return err
		}
		raw := b.RawEnds()
		for i := 0; i < b.Lines() && p.room(); i++ {
			p.append(&b, i)
			p.last = line.Position{Gen: b.Pos.Gen, Off: b.Pos.Off + int64(raw[i])}
		}
		if b.Flags&line.Partial != 0 {
			p.last, p.End = b.Pos, true
			return nil
		}
	}
	return nil
}

// backward adds lines before the first.
func (p *page) backward(ctx context.Context) error {
	behind := len(p.Lines) // these are in order already
	gaps := len(p.Gaps)
	for p.room() {
		b, err := p.read(ctx, p.first, p.History.Backward)
		if gap, gone := goneAt(err); gone {
			p.miss(len(p.Lines)-behind, gap)
			if p.Start = gap.From.IsZero() || gap.From == p.first; p.Start {
				break
			}
			p.first = gap.From
			continue
		}
		if errors.Is(err, io.EOF) {
			p.Start = true
			break
		}
		if err != nil {
			return err
		}
		raw := b.RawEnds()
		for i := b.Lines() - 1; i >= 0 && p.room(); i-- {
			p.append(&b, i)
			p.first = b.Pos
			if i > 0 {
				p.first.Off += int64(raw[i-1])
			}
		}
	}
	// What was added lies in front, in the opposite order.
	added := len(p.Lines) - behind
	for i := range p.Gaps {
		if i < gaps {
			p.Gaps[i].At += added
		} else {
			p.Gaps[i].At = added - p.Gaps[i].At
		}
	}
	slices.SortStableFunc(p.Gaps, func(a, b Gap) int { return a.At - b.At })
	turn(p.Lines, behind)
	turn(p.gens, behind)
	turn(p.offs, behind)
	turn(p.levels, behind)
	return nil
}

// turn brings what lies behind the first n of a list to its front, in the
// opposite order.
func turn[T any](list []T, n int) {
	slices.Reverse(list[:n])
	slices.Reverse(list)
}

// miss notes a gap in front of the line with an index.
func (p *page) miss(at int, gap line.Gap) {
	g := Gap{At: at, Reason: gap.Reason}
	if gap.Bytes != line.UnknownBytes {
		g.Bytes = &gap.Bytes
	}
	p.Gaps = append(p.Gaps, g)
}

// append adds entry i of a batch at the end of the list.
func (p *page) append(b *line.Batch, i int) {
	raw, entry := b.RawEnds(), b.Entry(i)
	pos, end := b.Pos, int64(raw[i])
	if i > 0 {
		pos.Off += int64(raw[i-1])
		end -= int64(raw[i-1])
	}
	l := Line{
		Cursor:     p.cursor(pos),
		Line:       string(text(entry, pos.Off)),
		Bytes:      end,
		Continues:  i == 0 && b.Flags&line.Continues != 0,
		Unfinished: i == b.Lines()-1 && b.Flags&line.Unfinished != 0,
		Partial:    i == b.Lines()-1 && b.Flags&line.Partial != 0,
	}
	level := line.None
	if p.Marks != nil && !l.Continues {
		if t, ok := p.Marks.Time(entry); ok {
			l.Time = t.Format(time.RFC3339Nano)
		}
		level = p.Marks.Level(entry)
	}
	p.Lines, p.levels = append(p.Lines, l), append(p.levels, level)
	p.gens, p.offs = append(p.gens, pos.Gen), append(p.offs, pos.Off)
	p.size += len(l.Line)
}

// finish says where the page lies in the whole.
func (p *page) finish(ctx context.Context) error {
	for i, gen := range p.gens {
		if i > 0 && gen != p.gens[i-1] || i == 0 && p.offs[0] == 0 && !p.Start {
			p.Generations = append(p.Generations, Border{i})
		}
	}
	p.Before, p.After = p.cursor(p.first), p.cursor(p.last)
	if !p.Start {
		start, err := p.History.Start(ctx)
		if err != nil {
			return err
		}
		p.Start = start == p.first || p.first.IsZero()
	}
	if !p.End {
		end, err := p.History.End(ctx)
		if err != nil {
			return err
		}
		p.End = end == p.last || p.last.IsZero()
	}
	if p.Start && len(p.Generations) > 0 && p.Generations[0].At == 0 {
		p.Generations = p.Generations[1:] // the first of all follows on none
	}
	return nil
}
