package main

import (
	"context"
	"fmt"
	"time"
)

const (
	stallViewers   = 500 // that read, and as many that stop
	stallPerSecond = 10_000
	stallTime      = 30 * time.Second
	// What those that stopped lack is several GB. They come back when the
	// readers surely have everything, for the client that takes it has one CPU
	// for both halves, and the readers' last lines would wait for it.
	stallMargin = 15 * time.Second
	drainTime   = 120 * time.Second // for those that stopped to read everything
)

// stall measures what those that read feel of as many others that stop reading
// for stallTime, and what these cost in memory. Afterwards everybody must have
// every line once.
func stall(ctx context.Context, b *bench) ([]reading, error) {
	calm, err := b.besideOthers(ctx, reads)
	if err != nil {
		return nil, fmt.Errorf("with all reading: %w", err)
	}
	hard, err := b.besideOthers(ctx, stops)
	if err != nil {
		return nil, fmt.Errorf("with half stopped: %w", err)
	}
	return []reading{
		{"latency p99 of those that read, µs", hard.p99, none, "", "%.0f"},
		{"the same when all read, µs", calm.p99, none, "", "%.0f"},
		{"change, %", (hard.p99/calm.p99 - 1) * 100, none, "< 20", "%.0f"},
		{"memory that those that stopped cost (RssAnon), MiB", float64(hard.grown-calm.grown) / (1 << 20), none, "", "%.1f"},
		{"viewers demoted", hard.demoted, none, "", "%.0f"},
	}, nil
}

// manner is what the other half does.
type manner uint8

const (
	reads manner = iota
	stops
)

// besides is what was seen beside the others.
type besides struct {
	p99     float64
	grown   int64 // the most memory beyond that before the first line
	demoted float64
}

func (b *bench) besideOthers(ctx context.Context, do manner) (r besides, err error) {
	s, err := tailbeam{}.start(ctx, b, pace{})
	if err != nil {
		return r, err
	}
	defer s.process.stop()
	lines := stallPerSecond * int(stallTime/time.Second)
	half := load{viewers: stallViewers, measured: stallTime + drainTime, lastLine: lines}
	others := half
	if do == stops {
		others.lastLine = 0 // it ends by time
		others.measured = stallTime + stallMargin
		others.args = []string{"--slow", "1", "--slow-drain", fmt.Sprint(drainTime.Seconds())}
	}
	first, err := b.attack(ctx, s, half)
	if err != nil {
		return r, err
	}
	defer first.stop()
	second, err := b.attack(ctx, s, others)
	if err != nil {
		return r, err
	}
	defer second.stop()
	before, err := s.process.memory()
	if err != nil {
		return r, err
	}
	writer, err := b.writer(ctx, s, stallPerSecond, lines)
	if err != nil {
		return r, err
	}
	defer writer.stop()
	for end := time.Now().Add(stallTime + time.Second); time.Now().Before(end); {
		now, err := s.process.memory()
		if err != nil {
			return r, err
		}
		r.grown = max(r.grown, now.anon-before.anon)
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return r, err
		}
	}
	readers, err := half.finish(first)
	if err == nil {
		err = half.check(readers)
	}
	if err != nil {
		return r, fmt.Errorf("those that read: %w", err)
	}
	rest, err := others.finish(second)
	if err == nil {
		err = others.check(rest)
	}
	if want := int64(stallViewers) * int64(lines); err == nil && rest.Frames != want {
		err = &loss{fmt.Sprintf("%d lines instead of %d", rest.Frames, want)}
	}
	if err != nil {
		return r, fmt.Errorf("the others: %w", err)
	}
	r.p99 = readers.Latency.P99
	r.demoted, err = s.metric("tailbeam_demotions_total")
	return r, err
}
