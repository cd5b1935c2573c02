package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// beginning is where a viewer wants to begin in a log. It is fixed before the
// viewer is told that it is connected: nothing that is appended afterwards goes
// unseen.
type beginning struct {
	kind  beginningKind
	place wire.Place
	off   uint64 // with atOffset: in the log, where place is
	n     int    // how many lines, or All
	since time.Time
	// Behind the n lines: the offset in the log, and the place.
	end      uint64
	endPlace wire.Place
	// gens is what the log knew, where late lines lie behind those of newer files.
	gens generations
}

type beginningKind uint8

const (
	before   beginningKind = iota // n lines before place
	atOffset                      // in memory
	atPlace                       // of a cursor
	atTime                        // of the first line of that time or later
)

// beginnings returns where a viewer begins in each log: at its cursor, or at
// the n newest lines.
func beginnings(logs []*Log, n int, from string) ([]beginning, error) {
	begin := make([]beginning, len(logs))
	if from == "" {
		for i, log := range logs {
			begin[i] = newest(log, n)
		}
		return begin, nil
	}
	places, err := wire.ParseCursors(from, seals(logs))
	if err != nil {
		return nil, err
	}
	for i := range begin {
		begin[i] = beginning{kind: atPlace, place: places[i]}
	}
	return begin, nil
}

// seals returns what tells the cursors of each log.
func seals(logs []*Log) []wire.Seal {
	all := make([]wire.Seal, len(logs))
	for i, log := range logs {
		all[i] = log.seal
	}
	return all
}

// since begins each log with the first line of a time or later.
func since(logs []*Log, t time.Time) []beginning {
	begin := make([]beginning, len(logs))
	for i, log := range logs {
		v := log.view()
		begin[i] = beginning{kind: atTime, since: t, endPlace: v.stop.place()}
	}
	return begin
}

// errNoHistory says that lines cannot be found by their time.
var errNoHistory = errors.New("since: this stream has no file to look for times in: ask for a number of lines with n instead")

// findTimes turns beginnings by time into places. It reads files.
func findTimes(ctx context.Context, logs []*Log, begin []beginning) error {
	for i, log := range logs {
		if begin[i].kind != atTime {
			continue
		}
		if log.origin.History == nil {
			return errNoHistory
		}
		p, err := log.origin.History.Since(ctx, begin[i].since)
		if err != nil {
			return fmt.Errorf("since: %w", err)
		}
		begin[i] = beginning{kind: atPlace, place: placeOf(p)}
	}
	return nil
}

// newest begins with the n newest lines of a log.
func newest(log *Log, n int) beginning {
	v, gens := log.snapshot()
	off, enough := v.back(n)
	b := beginning{kind: before, n: n, end: v.end}
	b.endPlace = gens.sorted(v.stop.place())
	b.place = b.endPlace
	if n > 0 && log.origin.History != nil && !v.inOrder(gens, nil, v.start) {
		b.gens = gens
		if place, off, enough := v.backInOrder(gens, n); enough {
			b.kind, b.off, b.place = atOffset, off, place
		}
		return b
	}
	if enough || log.origin.History == nil {
		b.kind, b.off, b.place = atOffset, off, v.place(off)
	}
	return b
}

// sought returns where a viewer begins of which a filter chooses the lines:
// they are counted when that has chosen them.
func (b beginning) sought() beginning {
	if b.kind == atOffset && b.n != 0 {
		b.kind, b.place = before, b.endPlace
	}
	return b
}

// inMemory returns the offset of the beginning, if everything from there on is
// in memory in the order of the files and nothing there is before it.
func (b *beginning) inMemory(log *Log) (v view, off uint64, ok bool) {
	switch b.kind {
	case before, atTime:
		return v, 0, false
	case atPlace:
		if !log.vouches(b.place) {
			return v, 0, false
		}
	case atOffset:
		v, gens := log.snapshot()
		if b.off >= v.start {
			return v, b.off, v.cleanFrom(b.off, b.place) && v.inOrder(gens, b.place, b.off)
		}
	}
	v, off, clean, ok := log.enter(b.place)
	_, gens := log.snapshot()
	return v, off, ok && clean && v.inOrder(gens, b.place, off)
}

// oldestBehind returns the position of the first line in memory that a viewer
// at a place does not have, or the zero position.
func (l *Log) oldestBehind(place wire.Place) line.Position {
	v, gens := l.snapshot()
	known := -1
	for _, p := range place {
		known = max(known, gens.find(p.Gen))
	}
	for walk := v.from(v.start); ; {
		s, ok := walk.advance()
		if !ok {
			return v.stop.pos
		}
		if gens.find(s.pos.Gen) >= known && !holds(place, s.pos) {
			return s.pos
		}
	}
}

// findBeginning returns the place that is some lines before another, and what is
// missing in front of it where there are fewer.
func findBeginning(ctx context.Context, log *Log, begin *beginning, buf []byte) (wire.Place, *line.Gap, error) {
	h, n := log.origin.History, begin.n
	if n == All {
		p, err := h.Start(ctx)
		return placeOf(p), inFront(ctx, h, p, buf), err
	}
	p := begin.place.Last()
	if p.IsZero() {
		var err error
		if p, err = h.End(ctx); err != nil || p.IsZero() {
			return nil, nil, err
		}
	}
	for n > 0 {
		b, err := h.Backward(ctx, p, buf)
		if err != nil {
			if !overGap(err, &p) {
				break
			}
			continue
		}
		p = b.Pos
		for i := b.Lines() - 1; i >= 0 && n > 0; i-- {
			p.Off = b.Pos.Off
			if i > 0 {
				p.Off += int64(b.RawEnds()[i-1])
			}
			if i > 0 || b.Flags&line.Continues == 0 {
				n--
			}
		}
	}
	if n > 0 {
		return placeOf(p), inFront(ctx, h, p, buf), nil
	}
	return begin.at(p), nil, nil
}

// inFront returns what is known to be missing in front of the oldest line, which
// is at p, or nil.
func inFront(ctx context.Context, h line.History, p line.Position, buf []byte) *line.Gap {
	if p.IsZero() {
		return nil
	}
	_, err := h.Backward(ctx, p, buf)
	var gone *line.GoneError
	if errors.As(err, &gone) && gone.Gap.To == p && gone.Gap.From.IsZero() {
		return &gone.Gap
	}
	return nil
}

// overGap moves p to before what is missing there, and reports whether anything
// can be had before that: who reads on from there is told of the gap.
func overGap(err error, p *line.Position) bool {
	var gone *line.GoneError
	if !errors.As(err, &gone) || gone.Gap.To != *p || gone.Gap.From.IsZero() || gone.Gap.From == *p {
		return false
	}
	*p = gone.Gap.From
	return true
}

func placeOf(p line.Position) wire.Place {
	if p.IsZero() {
		return nil
	}
	return wire.Place{p}
}
