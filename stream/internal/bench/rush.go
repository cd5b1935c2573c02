package main

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// The viewers that are there before everybody comes, and their lines.
const (
	calmViewers   = 100
	calmPerSecond = 100
)

// rush lets the crowd come all at once while a few viewers are live, and looks at
// how long their lines take meanwhile.
func rush(ctx context.Context, b *bench) ([]reading, error) {
	beam, late, err := rushOn(ctx, b, tailbeam{profile: b.profileName("rush")})
	if err != nil {
		return nil, fmt.Errorf("tailbeam: %w", err)
	}
	base, baseLate, err := rushOn(ctx, b, floor{})
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	return []reading{
		{"latency of the live ones p99, µs", late.Latency.P99, baseLate.Latency.P99, "", "%.0f"},
		{"the longest, µs", late.Latency.Max, baseLate.Latency.Max, "≤ 50,000", "%.0f"},
		{"handshakes/s", beam.Handshake.PerSecond, base.Handshake.PerSecond, "", "%.0f"},
	}, nil
}

func rushOn(ctx context.Context, b *bench, of subject) (newcomers, live result, err error) {
	s, err := of.start(ctx, b, pace{perSecond: calmPerSecond})
	if err != nil {
		return newcomers, live, err
	}
	defer s.process.stop()
	few := load{viewers: calmViewers, warmup: time.Second, measured: 5 * time.Second}
	first, err := b.attack(ctx, s, few)
	if err != nil {
		return newcomers, live, err
	}
	defer first.stop()
	writer, err := b.writer(ctx, s, calmPerSecond, 10*calmPerSecond)
	if err != nil {
		return newcomers, live, err
	}
	defer writer.stop()
	if err := pause(ctx, 2*time.Second); err != nil {
		return newcomers, live, err
	}
	many := load{viewers: crowd - few.viewers, measured: time.Second}
	many.args = []string{"--inflight", strconv.Itoa(many.viewers)}
	second, err := b.attack(ctx, s, many)
	if err != nil {
		return newcomers, live, err
	}
	defer second.stop()
	if newcomers, err = many.finish(second); err != nil {
		return newcomers, live, err
	}
	if live, err = few.finish(first); err != nil {
		return newcomers, live, err
	}
	if err = many.check(newcomers); err == nil {
		err = few.check(live)
	}
	return newcomers, live, err
}
