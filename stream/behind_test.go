package stream

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// gatedMarks are marks that are found while the gate is open. There is none at
// first.
type gatedMarks struct {
	testMarks
	gate atomic.Pointer[chan struct{}]
}

func (m *gatedMarks) Level(text []byte) line.Level {
	if gate := m.gate.Load(); gate != nil {
		<-*gate
	}
	return m.testMarks.Level(text)
}

// TestAFilterThatFallsBehindMemoryIsBrokenOff lets the maker of a filtered feed
// stand still until memory has dropped what it has not looked at: its viewers,
// compressed or not, read that from the file.
func TestAFilterThatFallsBehindMemoryIsBrokenOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Memory: minMemory}, func(ln net.Listener) net.Listener { return ln })
	marks := new(gatedMarks)
	w.past["a"] = new(memoryHistory)
	if _, err := w.hub.Open("a", line.Origin{Source: "a", History: w.past["a"], Marks: marks}); err != nil {
		t.Fatal(err)
	}
	plain, packed := w.dial("stream=a&level=warn"), w.dialPacked("stream=a&level=warn")
	both := []*client{plain, packed}
	w.append("a", "warn first")
	for _, c := range both {
		c.expect("warn first")
	}
	gate := make(chan struct{})
	marks.gate.Store(&gate)
	var want []string
	for i := range 3 * minMemory >> 20 {
		var lines []string
		for j := range 100 {
			text := fmt.Sprintf("info %d %d %s", i, j, strings.Repeat("x", 10<<10))
			if j%10 == 0 {
				text = "warn" + text[4:]
				want = append(want, text)
			}
			lines = append(lines, text)
		}
		w.append("a", lines...)
	}
	close(gate)
	for _, c := range both {
		c.expect(want...)
	}
	w.hub.mu.RLock()
	for _, f := range w.hub.feeds {
		f.mu.Lock()
		p, lost := f.packed, f.lost
		f.mu.Unlock()
		p.mu.Lock()
		if lost == nil || p.lost == nil {
			t.Errorf("the feed was not broken off (%v), or its packed form was not (%v)", lost, p.lost)
		}
		p.mu.Unlock()
	}
	w.hub.mu.RUnlock()
	w.append("a", "info more", "warn last")
	for _, c := range both {
		c.expect("warn last")
	}
}

func TestFiltersLookBackOnlySoFar(t *testing.T) {
	onEachPath(t, Config{LookBack: 2 << 20}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.append("a", "rare 1")
		for range 30 {
			w.append("a", strings.Repeat(strings.Repeat("x", 99)+"\n", 1000)+"end")
		}
		w.append("a", "rare 2")
		page := w.dial("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","n":5,"grep":"rare"`)
		var lines, reasons []string
		for live := false; !live; {
			m := page.message()
			lines = append(lines, m.lines...)
			if m.Notice != nil {
				reasons = append(reasons, m.Notice.Reason)
				live = m.Notice.Reason == ""
			}
		}
		if strings.Join(lines, "|") != "rare 2" {
			t.Errorf("lines %q", lines)
		}
		if len(reasons) != 2 || !strings.Contains(reasons[0], "in the last 2 MiB only") {
			t.Errorf("notices %q", reasons)
		}
		page.subscribe(`"id":2,"stream":"a","n":1,"grep":"rare"`)
		if lines, _ := page.lines(1); lines[0] != "rare 2" {
			t.Errorf("lines %q", lines)
		}
	})
}

func TestCompressedFeedsAreLimited(t *testing.T) {
	onEachPath(t, Config{MaxCompressed: 1}, func(t *testing.T, w *world) {
		w.open("a")
		w.open("b")
		a, b := w.dialPacked("stream=a"), w.dialPacked("stream=b")
		lines := numbered(0, 1000)
		w.append("a", lines...)
		a.expect(lines...)
		w.append("b", lines...)
		b.expect(lines...)
		if a.inflated == 0 || b.inflated > 0 {
			t.Fatalf("%d messages of the first and %d of the second feed were compressed", a.inflated, b.inflated)
		}
		a.send(ws.OpText, "quit")
		a.expectClose(wire.CloseEnd)
		for tries := 0; b.inflated == 0; tries++ { // from a key point on
			if tries == 1000 {
				t.Fatal("nothing is compressed though nobody else wants it")
			}
			w.append("b", lines...)
			b.expect(lines...)
		}
	})
}
