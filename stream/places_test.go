package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// A file that was cut has one name until it has a line, at each cut. What a
// viewer had before says which of them it is.
func TestPlaceBeforeTheFirstLineNamesWhatCameBefore(t *testing.T) {
	const file = line.Generation(7 << 32)
	l := newLog("a", line.Origin{}, 1<<20)
	l.Append(&line.Batch{Pos: line.Position{Gen: file | 1}, Data: []byte("one\n"), Ends: []uint32{4}})
	l.Notice(line.Notice{Event: line.Drained, Pos: line.Position{Gen: file | 1, Off: 4}})
	l.Notice(line.Notice{Event: line.Truncated, Pos: line.Position{Gen: file}})
	_, place := l.condition()
	want := wire.Place{{Gen: file | 1, Off: 4}, {Gen: file}}
	if !slices.Equal(place, want) {
		t.Errorf("%x, want %x", place, want)
	}
	if got := beforeCut(place); !slices.Equal(got, want[:1]) {
		t.Errorf("it goes on at %x, want %x", got, want[:1])
	}
}

// A generation that was read from the copy of a file may be in memory under the
// name of the file itself.
func TestUnknownNameIsNoReasonToSendWhatFollows(t *testing.T) {
	l := newLog("a", line.Origin{}, 1<<20)
	for gen := line.Generation(1); gen <= 2; gen++ {
		l.Append(&line.Batch{Pos: line.Position{Gen: gen}, Data: []byte("one\n"), Ends: []uint32{4}})
	}
	if _, _, _, ok := l.enter(wire.Place{{Gen: 1, Off: 4}, {Gen: 3, Off: 4}}); ok {
		t.Error("what follows is sent from memory, where it may be what the viewer has")
	}
	if _, off, _, ok := l.enter(wire.Place{{Gen: 2, Off: 4}, {Gen: 3, Off: 4}}); !ok || off != l.view().end {
		t.Errorf("behind all that is there: %d, %v", off, ok)
	}
}

// Late lines of a file are often the last that a viewer had. When that file is
// gone, the viewer goes on in the others, and does not begin them again.
func TestGoneFileLeavesTheOthersOfAPlace(t *testing.T) {
	h := &memoryHistory{}
	h.write(7, []byte("old\n"))
	h.write(9, []byte("new\n"))
	newer := line.Position{Gen: 9, Off: 4}
	l := newLog("a", line.Origin{History: h}, 1<<20)
	r := result{job: job{log: l, place: wire.Place{newer, {Gen: 8, Off: 4}}, max: 1 << 10}}
	var gone *line.GoneError
	if err := r.advance(context.Background(), make([]byte, 1<<10)); !errors.As(err, &gone) || gone.Gap.To != newer {
		t.Errorf("%v", err)
	}
	if !slices.Equal(r.left, wire.Place{newer}) {
		t.Errorf("it goes on at %x, want %x", r.left, newer)
	}
}

// What the log begins behind is known by where it ended. Late lines of it come
// from the files, and it may have its name back.
func TestPlaceBehindTheFileBeforeTheFirst(t *testing.T) {
	h := &memoryHistory{}
	h.write(8, []byte("one\ntwo\nlate\n"))
	old, empty := line.Position{Gen: 8, Off: 8}, line.Position{Gen: 9 << 32}
	l := newLog("a", line.Origin{History: h}, 1<<20)
	l.Notice(line.Notice{Event: line.Drained, Pos: old})
	l.Notice(line.Notice{Condition: line.Live, Pos: empty})
	if _, place := l.condition(); !slices.Equal(place, wire.Place{old, empty}) {
		t.Errorf("a viewer stands at %x, want %x and %x", place, old, empty)
	}
	if l.vouches(wire.Place{old, empty}) {
		t.Error("the log vouches for a file that it was not given")
	}
	if _, _, _, ok := l.enter(wire.Place{{Gen: 8, Off: 4}}); ok {
		t.Error("a viewer that lacks lines of the old file goes on in memory")
	}
	r := result{job: job{log: l, enc: single{}, place: wire.Place{{Gen: 8, Off: 4}}, max: 1 << 10}}
	if err := r.advance(context.Background(), make([]byte, 1<<10)); err != nil || r.place[0].Off != 13 {
		t.Errorf("%v, and it stands at %x: want the late line too", err, r.place)
	}
	if _, _, clean, ok := l.enter(r.place); !ok || !clean {
		t.Errorf("behind the late line: %v, %v", clean, ok)
	}
	l.Append(&line.Batch{Pos: line.Position{Gen: 8}, Data: []byte("one\n"), Ends: []uint32{4}})
	if _, off, _, ok := l.enter(wire.Place{{Gen: 8}}); !ok || off != l.view().start {
		t.Errorf("back under its name, a viewer goes on at %d, %v", off, ok)
	}
	if _, off, _, ok := l.enter(wire.Place{{Gen: 8, Off: 4}}); !ok || off != l.view().end {
		t.Errorf("back under its name, a viewer that has its lines goes on at %d, %v", off, ok)
	}
}

// A file that is empty now may have been another in between: where what it
// followed on is gone, nobody knows, and the viewer is told.
func TestGoneFileBeforeAnEmptyOneIsTold(t *testing.T) {
	h := &memoryHistory{}
	empty := line.Position{Gen: 9 << 32}
	h.write(empty.Gen, nil)
	l := newLog("a", line.Origin{History: h}, 1<<20)
	r := result{job: job{log: l, place: wire.Place{{Gen: 8, Off: 4}, empty}, max: 1 << 10}}
	var gone *line.GoneError
	if err := r.advance(context.Background(), make([]byte, 1<<10)); !errors.As(err, &gone) || gone.Gap.To != empty {
		t.Errorf("%v, want a gap up to %x", err, empty)
	}
	if !slices.Equal(r.left, wire.Place{empty}) {
		t.Errorf("it goes on at %x, want %x", r.left, empty)
	}
	again := result{job: job{log: l, place: r.left, max: 1 << 10}}
	if err := again.advance(context.Background(), make([]byte, 1<<10)); err != io.EOF {
		t.Errorf("told again: %v", err)
	}
}
