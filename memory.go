package main

import (
	"context"
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

// allocated returns how many bytes were allocated since the program began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
