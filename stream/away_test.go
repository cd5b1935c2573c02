package stream

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/line"
)

// awayHistory is a history whose files cannot be reached for a while.
type awayHistory struct {
	*memoryHistory
	away, asked atomic.Int64
}

func (h *awayHistory) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	h.asked.Add(1)
	if h.away.Load() > 0 {
		return line.Batch{}, fmt.Errorf("the host is away: %w", line.ErrAway)
	}
	return h.memoryHistory.Forward(ctx, p, buf)
}

// A viewer whose lines lie on a host that is away waits for it, and is told of no
// gap.
func TestReplayWaitsForFilesThatAreAway(t *testing.T) {
	w := newWorld(t, Config{Memory: minMemory}, paths[0].listen)
	h := &awayHistory{memoryHistory: new(memoryHistory)}
	h.away.Store(1)
	if _, err := w.hub.Open("a", line.Origin{Source: "a", History: h}); err != nil {
		t.Fatal(err)
	}
	w.past["a"] = h.memoryHistory
	next := w.fill("a", 0, 9<<20)
	v := w.dial("stream=a&n=all")
	w.until("it was asked for lines twice", func() bool { return h.asked.Load() >= 2 })
	h.away.Store(0)
	v.expect(filling(0, next)...)
}
