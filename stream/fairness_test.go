package stream

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/line"
)

// gatedHistory is a history of which each chunk is given out when the test says
// so.
type gatedHistory struct {
	*memoryHistory
	name  string
	gates *gates
}

// gates records who reads a chunk, and lets one after the other pass.
type gates struct {
	came   atomic.Int64
	mu     sync.Mutex
	passed []string
	open   chan struct{}
}

func (h gatedHistory) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	h.gates.came.Add(1)
	<-h.gates.open
	h.gates.mu.Lock()
	h.gates.passed = append(h.gates.passed, h.name)
	h.gates.mu.Unlock()
	return h.memoryHistory.Forward(ctx, p, buf)
}

// waiting returns how many replays want a reader that has not come to them.
func (w *world) waiting() int {
	w.server.readers.mu.Lock()
	defer w.server.readers.mu.Unlock()
	return len(w.server.readers.jobs)
}

func TestReplaysTakeTurnsAtTheReaders(t *testing.T) {
	w := newWorld(t, Config{Memory: minMemory, Readers: 1, MaxUnsent: replayChunk}, paths[0].listen)
	g := &gates{open: make(chan struct{})}
	names := []string{"a", "b", "c"}
	for _, name := range names {
		h := gatedHistory{new(memoryHistory), name, g}
		if _, err := w.hub.Open(name, line.Origin{Source: name, History: h}); err != nil {
			t.Fatal(err)
		}
		w.past[name] = h.memoryHistory
		size := 9 << 20
		if name == "a" {
			size = 40 << 20 // the one that could keep the reader for itself
		}
		w.fill(name, 0, size)
	}
	for _, name := range names {
		c := w.dial("n=all&stream=" + name)
		go func() { // it takes what comes
			buf := make([]byte, 64<<10)
			for {
				if _, err := c.Read(buf); err != nil {
					return
				}
			}
		}()
	}
	const rounds = 20
	for i := range int64(rounds * len(names)) {
		w.until("one is at the gate and the others wait", func() bool { return g.came.Load() == i+1 && w.waiting() == len(names)-1 })
		g.open <- struct{}{}
	}
	w.until("the last one is at the gate", func() bool { return g.came.Load() == int64(rounds*len(names))+1 })
	close(g.open)
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range (rounds - 1) * len(names) { // behind the first, which may be alone
		turn := slices.Clone(g.passed[1+i:][:len(names)])
		if slices.Sort(turn); !slices.Equal(turn, names) {
			t.Fatalf("%v were served in a row behind %d others", turn, i+1)
		}
	}
}
