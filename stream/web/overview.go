package web

import (
	"context"
	"sync"
	"time"

	"tailbeam/stream/past"
)

// How long a histogram of all of history is good for: so many times as long as
// it took to make, within limits. What came since, the pages count themselves.
const (
	overviewTimes = 20
	overviewLeast = time.Second
	overviewMost  = 30 * time.Second
)

// Limits of overviews.
const (
	maxOverviews  = 2   // made at once
	keptOverviews = 256 // kept
)

// overviews are histograms of all of history, each made once for all who ask
// for the same.
type overviews struct {
	turn chan struct{} // of those who make one
	mu   sync.Mutex
	made map[string]*overview
}

// overview is one of them.
type overview struct {
	done  chan struct{} // closed when it is made, or was given up
	found *past.Histogram
	until time.Time // when it is too old
}

// get returns what is kept under a key, or makes it. Who comes while another
// makes it waits for that; where the other gives up, it is made here.
func (o *overviews) get(ctx context.Context, key string, make func() (*past.Histogram, error)) (*past.Histogram, error) {
	for {
		one, mine := o.enter(key)
		if mine {
			return o.make(ctx, key, one, make)
		}
		select {
		case <-one.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if one.found != nil {
			return one.found, nil
		}
	}
}

// enter returns what is kept under a key, or is being made, and reports whether
// the caller is to make it.
func (o *overviews) enter(key string) (one *overview, mine bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	for other, one := range o.made {
		if !one.until.IsZero() && now.After(one.until) {
			delete(o.made, other)
		}
	}
	if one := o.made[key]; one != nil {
		return one, false
	}
	one = &overview{done: make(chan struct{})}
	if len(o.made) < keptOverviews {
		o.made[key] = one
	}
	return one, true
}

func (o *overviews) make(ctx context.Context, key string, one *overview, make func() (*past.Histogram, error)) (h *past.Histogram, err error) {
	began := time.Now()
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		now := time.Now()
		one.found, one.until = h, now.Add(min(max(overviewTimes*now.Sub(began), overviewLeast), overviewMost))
		if h == nil && o.made[key] == one {
			delete(o.made, key)
		}
		close(one.done)
	}()
	select {
	case o.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-o.turn }()
	began = time.Now()
	return make()
}
