package stream

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// rotations writes to several generations of one stream, late lines among them.
type rotations struct {
	w    *world
	log  *Log
	past *memoryHistory
	offs map[line.Generation]int64
	made map[line.Generation][]string
}

func newRotations(w *world, name string) *rotations {
	w.openFile(name)
	log, _ := w.hub.Log(name)
	return &rotations{w: w, log: log, past: w.past[name], offs: map[line.Generation]int64{}, made: map[line.Generation][]string{}}
}

// write appends lines of one generation.
func (r *rotations) write(gen line.Generation, lines ...string) {
	b := &line.Batch{Pos: line.Position{Gen: gen, Off: r.offs[gen]}}
	for _, l := range lines {
		b.Data = append(append(b.Data, l...), '\n')
		b.Ends = append(b.Ends, uint32(len(b.Data)))
	}
	if len(r.offs) > 0 && r.offs[gen] == 0 {
		r.log.Notice(line.Notice{Event: line.Rotated, Condition: line.Live, Pos: b.Pos})
	}
	r.offs[gen] += int64(len(b.Data))
	r.made[gen] = append(r.made[gen], lines...)
	r.past.write(gen, b.Data)
	r.log.Append(b)
}

// end tells that nothing more comes of a generation.
func (r *rotations) end(gen line.Generation) {
	r.log.Notice(line.Notice{Event: line.Drained, Condition: line.Live, Pos: line.Position{Gen: gen, Off: r.offs[gen]}})
}

// lines returns all that was written, as the files have it.
func (r *rotations) lines() (all []string) {
	for gen := line.Generation(1); len(r.made[gen]) > 0; gen++ {
		all = append(all, r.made[gen]...)
	}
	return all
}

// text returns lines as a response has them.
func text(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// check asks for each number of lines, and from each cursor.
func (r *rotations) check(name string) {
	t := r.w.t
	t.Helper()
	want := r.lines()
	for n := range len(want) + 2 {
		last := want[max(len(want)-n, 0):]
		if got := r.w.tail(fmt.Sprintf("stream=%s&n=%d&follow=0", name, n)).rest(); got != text(last) {
			t.Errorf("n=%d: %q, want %q", n, got, last)
		}
	}
	for n := range len(want) {
		last := want[max(len(want)-n, 0):]
		if got := r.w.tail(fmt.Sprintf("stream=%s&n=%d&follow=0&grep=.", name, n)).rest(); got != text(last) {
			t.Errorf("filtered, n=%d: %q, want %q", n, got, last)
		}
	}
	var cursors []string
	for _, record := range strings.Split(strings.TrimSpace(r.w.tail("stream="+name+"&n=all&follow=0&format=records").rest()), "\n") {
		var got struct{ Cursor, Line string }
		if err := json.Unmarshal([]byte(record), &got); err != nil {
			t.Fatal(err)
		}
		if got.Line != want[len(cursors)] {
			t.Fatalf("line %d is %q, want %q", len(cursors), got.Line, want[len(cursors)])
		}
		cursors = append(cursors, got.Cursor)
	}
	if len(cursors) != len(want) {
		t.Errorf("%d lines, want %d", len(cursors), len(want))
	}
	for i, cursor := range cursors {
		if got := r.w.tail("stream=" + name + "&follow=0&from=" + cursor).rest(); got != text(want[i+1:]) {
			t.Errorf("behind line %d: %q, want %q", i, got, want[i+1:])
		}
	}
}

// Late lines of an old file lie in memory behind lines of the new one. Who looks
// back gets them in their place.
func TestHistoryIsGenerationAfterGeneration(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		r := newRotations(w, "a")
		r.write(1, "one", "two")
		live := w.dial("stream=a&n=0")
		r.write(2, "healed")
		r.check("a")
		r.write(1, "no newline")
		r.check("a")
		r.end(1)
		r.check("a")
		newest := w.dial("stream=a&n=1")
		r.write(2, "more")
		live.expect("healed", "no newline", "more")
		newest.expect("healed", "more")
		r.check("a")
		r.past.write(2, []byte("half"))
		if got := w.tail("stream=a&n=1&follow=0").rest(); got != "more\nhalf" {
			t.Errorf("%q", got)
		}
	})
}

// The line without an end is the one of the newest file, whatever came last.
func TestUnterminatedLineIsOfTheNewestFile(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	r := newRotations(w, "a")
	r.write(1, "one")
	r.write(2, "two")
	r.write(1, "late")
	r.past.write(2, []byte("half"))
	for query, want := range map[string]string{"n=0": "half", "n=1": "two\nhalf", "n=all": "one\nlate\ntwo\nhalf"} {
		if got := w.tail("stream=a&follow=0&" + query).rest(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// Whatever is late, also of more generations than a cursor names.
func TestHistoryOfManyLateLines(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	for round := range 10 {
		name := fmt.Sprint("s", round)
		r := newRotations(w, name)
		newest := line.Generation(1)
		for i := range 12 {
			gen := newest
			if i > 0 && newest < 3 && rand.IntN(3) == 0 {
				newest++
				gen = newest
			} else if rand.IntN(2) == 0 {
				gen -= line.Generation(rand.IntN(int(newest)))
			}
			r.write(gen, fmt.Sprintf("%d of %d", i, gen))
		}
		r.check(name)
	}
	r := newRotations(w, "many")
	for gen := line.Generation(1); gen <= 8; gen++ {
		r.write(gen, fmt.Sprint("first of ", gen))
	}
	for gen := line.Generation(1); gen <= 8; gen++ {
		r.write(gen, fmt.Sprint("late of ", gen))
	}
	if got := w.tail("stream=many&follow=0&n=all").rest(); got != text(r.lines()) {
		t.Errorf("%q, want %q", got, r.lines())
	}
	if !slices.Contains(r.lines(), "late of 8") {
		t.Error("nothing was late")
	}
}

func TestAPlaceIsInTheOrderOfTheFiles(t *testing.T) {
	gens := generations{{gen: 1}, {gen: 2}, {gen: 3}}
	at := func(gen line.Generation, off int64) line.Position { return line.Position{Gen: gen, Off: off} }
	for _, test := range []struct {
		place wire.Place
		now   line.Position
		want  wire.Place
	}{
		{wire.Place{at(1, 5), at(2, 5)}, at(1, 9), wire.Place{at(1, 9), at(2, 5)}},
		{wire.Place{at(1, 5), at(2, 5)}, at(1, 3), wire.Place{at(1, 5), at(2, 5)}},
		{wire.Place{at(2, 5)}, at(1, 9), wire.Place{at(1, 9), at(2, 5)}},
		{wire.Place{at(1, 5), at(3, 5)}, at(2, 9), wire.Place{at(1, 5), at(2, 9), at(3, 5)}},
		{wire.Place{at(7, 5), at(3, 5)}, at(2, 9), wire.Place{at(7, 5), at(2, 9), at(3, 5)}}, // an older run knew 7
		{wire.Place{at(2, 5)}, at(3, 9), wire.Place{at(2, 5), at(3, 9)}},
		{nil, at(3, 9), wire.Place{at(3, 9)}},
	} {
		if got := gens.put(test.place, test.now); !slices.Equal(got, test.want) {
			t.Errorf("%v and %v make %v, want %v", test.place, test.now, got, test.want)
		}
	}
}

// TestAPlaceOutOfOrderGoesOn comes back with a cursor that names the older of two
// complete files last: what follows on the newer one is to come.
func TestAPlaceOutOfOrderGoesOn(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.hub.config.Memory = 64 << 10
		r := newRotations(w, "a")
		for gen := line.Generation(1); gen <= 3; gen++ {
			for n := range 200 {
				r.write(gen, fmt.Sprintf("g%d %d %s", gen, n, strings.Repeat("x", 1000)))
			}
		}
		var place wire.Place
		for _, gen := range []line.Generation{2, 1} {
			place = append(place, line.Position{Gen: gen, Off: r.offs[gen]})
		}
		w.dial("stream=a&from=" + string(wire.AppendCursor(nil, wire.SealOf("a"), place))).expect(r.made[3]...)
	})
}
