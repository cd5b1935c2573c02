package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	idleWindow = 32 * time.Second // longer than the 30 s between two pings
	idleLap    = 100 * time.Millisecond
)

// resting is what a server costs when nothing happens.
type resting struct {
	base, full memory  // without viewers; with all of them
	connected  memory  // with all of them, before it gave memory back
	cpu        float64 // of one core, over the window, pings included
	calm       float64 // of one core, in the middle one of its laps
}

// idle connects the crowd to a log that does not grow.
func idle(ctx context.Context, b *bench) ([]reading, error) {
	beam, err := rest(ctx, b, tailbeam{})
	if err != nil {
		return nil, fmt.Errorf("tailbeam: %w", err)
	}
	base, err := rest(ctx, b, floor{})
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	perViewer := func(with, without memory) float64 { return float64(with.anon-without.anon) / crowd }
	mib := func(n int64) float64 { return float64(n) / (1 << 20) }
	return []reading{
		{"memory per viewer, B", perViewer(beam.full, beam.base), perViewer(base.full, base.base), "≤ 256", "%.0f"},
		{"the same as connected, B", perViewer(beam.connected, beam.base), perViewer(base.connected, base.base), "", "%.0f"},
		{"memory without viewers (RssAnon), MiB", mib(beam.base.anon), mib(base.base.anon), "≤ 15", "%.1f"},
		{"the same with the binary's pages (VmRSS), MiB", mib(beam.base.rss), mib(base.base.rss), "", "%.1f"},
		{"CPU of a core with pings, %", beam.cpu * 100, base.cpu * 100, "≤ 1", "%.2f"},
		{"CPU of a core between pings, %", beam.calm * 100, base.calm * 100, "≤ 0.1", "%.2f"},
	}, nil
}

func rest(ctx context.Context, b *bench, of subject) (resting, error) {
	var r resting
	s, err := of.start(ctx, b, pace{})
	if err != nil {
		return r, err
	}
	defer s.process.stop()
	if r.base, err = released(ctx, of, s.process); err != nil {
		return r, err
	}
	l := load{viewers: crowd, measured: 2 * time.Minute}
	viewers, err := b.attack(ctx, s, l)
	if err != nil {
		return r, err
	}
	defer viewers.stop()
	if err := pause(ctx, time.Second); err != nil {
		return r, err
	}
	if r.connected, err = s.process.memory(); err != nil {
		return r, err
	}
	if r.full, err = released(ctx, of, s.process); err != nil {
		return r, err
	}
	if r.cpu, r.calm, err = watchCPU(ctx, s.process); err != nil {
		return r, err
	}
	viewers.stop() // on SIGTERM wsload prints its figures as at its end
	result, err := l.finish(viewers)
	if err != nil {
		return r, err
	}
	return r, l.check(result)
}

// released makes tailbeam give memory back and returns what it holds when that
// has not changed for a second.
func released(ctx context.Context, of subject, p *process) (memory, error) {
	if _, ok := of.(tailbeam); ok {
		if err := p.release(); err != nil {
			return memory{}, err
		}
	}
	var last memory
	for calm, tries := 0, 0; calm < 10 && tries < 300; tries++ {
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return last, err
		}
		m, err := p.memory()
		if err != nil {
			return last, err
		}
		calm++
		if m != last {
			calm = 0
		}
		last = m
	}
	return last, nil
}

// watchCPU returns the share of a core that a program uses over idleWindow,
// and in the middle one of its laps: pings come in bursts, so that most laps
// have none.
func watchCPU(ctx context.Context, p *process) (mean, middle float64, err error) {
	before, err := p.cpu()
	if err != nil {
		return 0, 0, err
	}
	var shares []float64
	began, lap, first := time.Now(), time.Now(), before
	for time.Since(began) < idleWindow {
		if err := pause(ctx, idleLap); err != nil {
			return 0, 0, err
		}
		now, err := p.cpu()
		if err != nil {
			return 0, 0, err
		}
		shares = append(shares, float64(now-before)/float64(time.Since(lap)))
		before, lap = now, time.Now()
	}
	slices.Sort(shares)
	return float64(before-first) / float64(time.Since(began)), shares[len(shares)/2], nil
}
