package stream

import (
	"fmt"
	"math"
	"testing"

	"tailbeam/tailer/line"
)

func TestAllStreamsTogetherAreBounded(t *testing.T) {
	const total = 24 << 20
	onEachPath(t, Config{TotalMemory: total}, func(t *testing.T, w *world) {
		w.openFile("small")
		w.fill("small", 0, 2<<20)
		for i := range 8 {
			name := fmt.Sprint("s", i)
			w.openFile(name)
			w.fill(name, 0, 7<<20)
			if held := w.hub.Held(); held > total {
				t.Fatalf("%d bytes are held with %d streams", held, i)
			}
		}
		if held := w.hub.Held(); held < total/2 {
			t.Errorf("only %d bytes are held", held)
		}
		small, _ := w.hub.Log("small")
		if v := small.view(); v.start != 0 {
			t.Error("a stream that says little lost lines")
		}
		c := w.dial("stream=s0&n=all") // what memory lost is in the file
		c.expect(filling(0, 3)...)
		w.hub.Remove("s7", "test")
		if held := w.hub.Held(); held > total-total/16 {
			t.Errorf("%d bytes are held without one stream", held)
		}
	})
}

func TestTheLevelOfABudgetIsFair(t *testing.T) {
	for _, test := range []struct {
		held  []int64
		goal  int64
		level int64
	}{
		{[]int64{10, 10, 10}, 30, math.MaxInt64},
		{[]int64{10, 10, 10}, 15, 5},
		{[]int64{1, 10, 40}, 31, 20},
		{[]int64{1, 10, 40}, 13, 6},
		{[]int64{1, 10, 40}, -5, 0},
	} {
		b := newBudget(0)
		for _, held := range test.held {
			b.join(&ring{held: held})
		}
		if level := b.levelLocked(test.goal); level != test.level {
			t.Errorf("%v is cut to %d for %d, want %d", test.held, level, test.goal, test.level)
		}
	}
}

func TestAFeedThatNobodyWantsHoldsNothing(t *testing.T) {
	hub := NewHub(Config{})
	if _, err := hub.Open("a", line.Origin{}); err != nil {
		t.Fatal(err)
	}
	log, _ := hub.Log("a")
	f, _ := hub.feed("p", prefixed{}, []*Log{log}, Filter{})
	before := hub.Held()
	log.Append(&line.Batch{Pos: line.Position{Gen: 1}, Data: []byte("one\n"), Ends: []uint32{4}})
	both := hub.Held()
	hub.release(f)
	if after := hub.Held(); before != 0 || both != 2*minSegment || after != minSegment {
		t.Errorf("%d, %d and %d bytes are held", before, both, after)
	}
	log.Append(&line.Batch{Pos: line.Position{Gen: 1, Off: 4}, Data: []byte("two\n"), Ends: []uint32{4}})
	if after := hub.Held(); after != minSegment {
		t.Errorf("%d bytes are held behind the next line", after)
	}
}
