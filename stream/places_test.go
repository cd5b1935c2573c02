package stream

import (
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
