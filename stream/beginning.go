package stream

import (
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// beginning is where a viewer wants to begin in a log.
type beginning struct {
	resume bool
	place  wire.Place // to resume from
	n      int        // or how many of the newest lines, or All
}

// beginnings returns where a viewer begins in each log: at its cursor, or at
// the n newest lines.
func beginnings(logs []*Log, n int, from string) ([]beginning, error) {
	begin := make([]beginning, len(logs))
	for i := range begin {
		begin[i].n = n
	}
	if from == "" {
		return begin, nil
	}
	places, err := wire.ParseCursors(from, len(logs))
	if err != nil {
		return nil, err
	}
	for i := range begin {
		begin[i] = beginning{resume: true, place: places[i]}
	}
	return begin, nil
}

// inMemory returns the offset of the beginning, if everything from there on is
// in memory and nothing there is before it.
func (b *beginning) inMemory(log *Log) (view, uint64, bool) {
	if b.resume {
		v, off, clean, ok := log.enter(b.place)
		return v, off, ok && clean
	}
	v := log.view()
	off, enough := v.back(b.n)
	return v, off, enough || log.origin.History == nil
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
			return v.endPlace.Last()
		}
		if gens.find(s.pos.Gen) >= known && !holds(place, s.pos) {
			return s.pos
		}
	}
}
