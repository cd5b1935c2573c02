package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// restPause is how often it is looked whether there is something to give back.
	restPause = 10 * time.Second
	// restLittle is how much may be allocated meanwhile by a program that rests,
	// and restWorth how much must have been since memory was last given back.
	restLittle = 1 << 20
	restWorth  = 4 << 20
)

// giveBack gives memory back to the system that only the start needed, and
// from then on each time that a busy program has come to rest, until end is
// called. The runtime keeps up to as much again as is in use, which is a lot where ten
// thousand files lie idle, and collects no garbage while nothing is allocated.
func giveBack() (end func()) {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		new(pacer).begin()
	}
	debug.FreeOSMemory()
	ctx, cancel := context.WithCancel(context.Background())
	var keeper sync.WaitGroup
	keeper.Go(func() { rest(ctx) })
	return func() {
		cancel()
		keeper.Wait()
	}
}

func rest(ctx context.Context) {
	tick := time.NewTicker(restPause)
	defer tick.Stop()
	given := allocated()
	for before := given; ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := allocated()
		if now-before < restLittle && now-given > restWorth {
			debug.FreeOSMemory()
			given = now
		}
		before = now
	}
}

// A pacer sets, after each collection of garbage, when the next one begins, and
// how much memory that is free is kept. The runtime lets as much come together as
// is in use: most of that is text, which a collection does not look at, so that
// it can be had sooner for little. What may come together is what there is to
// look at, and some. It holds something, or else it might never be collected
// (runtime.SetFinalizer). An operator who sets GOGC or GOMEMLIMIT has his way.
type pacer struct{ _ [16]byte }

const pacerRoom = 4 << 20 // beside what there is to look at

// begin has p adjusted after this collection and each that follows: it is
// garbage to the runtime, which calls its finalizer.
func (p *pacer) begin() {
	runtime.SetFinalizer(p, func(p *pacer) {
		p.adjust()
		p.begin()
	})
}

func (p *pacer) adjust() {
	samples := make([]metrics.Sample, len(pacerMetrics))
	for i, name := range pacerMetrics {
		samples[i].Name = name
	}
	metrics.Read(samples)
	of := func(i int) uint64 { return samples[i].Value.Uint64() }
	live := max(of(0), 1)
	room := max(min(pacerRoom+of(1), live), live/10)
	debug.SetGCPercent(int(100 * room / live))
	// What is free and what are objects is bounded by what is in use and the room;
	// the rest is as it is.
	beside := of(2) - of(3) - of(4) - of(5)
	debug.SetMemoryLimit(int64(beside + live + room + (live+room)/16 + 2<<20))
}

var pacerMetrics = [...]string{
	"/gc/heap/live:bytes", "/gc/scan/heap:bytes", "/memory/classes/total:bytes",
	"/memory/classes/heap/released:bytes", "/memory/classes/heap/free:bytes", "/memory/classes/heap/objects:bytes",
}

// allocated returns how many bytes were allocated since the program began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
