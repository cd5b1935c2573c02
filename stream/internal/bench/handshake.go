package main

import (
	"context"
	"fmt"
	"time"
)

// crowd is as many viewers as one process can hold here with 20,000
// descriptors.
const crowd = 19000

// handshakes connects the crowd as fast as 512 unanswered requests allow.
func handshakes(ctx context.Context, b *bench) ([]reading, error) {
	beam, err := connectAll(ctx, b, tailbeam{profile: b.profileName("handshake")})
	if err != nil {
		return nil, fmt.Errorf("tailbeam: %w", err)
	}
	base, err := connectAll(ctx, b, floor{})
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	return []reading{
		{"CPU per handshake, µs", beam.Server.CPUPerViewer, base.Server.CPUPerViewer, "≤ 12", "%.1f"},
		{"handshakes/s", beam.Handshake.PerSecond, base.Handshake.PerSecond, "≥ 50,000", "%.0f"},
		{"handshake p99, µs", beam.Handshake.P99, base.Handshake.P99, "", "%.0f"},
	}, nil
}

func connectAll(ctx context.Context, b *bench, of subject) (result, error) {
	s, err := of.start(ctx, b, pace{})
	if err != nil {
		return result{}, err
	}
	defer s.process.stop()
	if err := b.profiled(of, s); err != nil {
		return result{}, err
	}
	l := load{viewers: crowd, measured: time.Second, args: []string{"--inflight", "512"}}
	viewers, err := b.attack(ctx, s, l)
	if err != nil {
		return result{}, err
	}
	r, err := l.finish(viewers)
	if err != nil {
		return r, err
	}
	if err := b.profiled(of, s); err != nil {
		return r, err
	}
	return r, l.check(r)
}

// storm connects viewers to a server that is broadcasting to others, and
// looks at both.
func storm(ctx context.Context, b *bench) ([]reading, error) {
	beam, beamLate, err := connectDuringBroadcast(ctx, b, tailbeam{profile: b.profileName("storm")})
	if err != nil {
		return nil, fmt.Errorf("tailbeam: %w", err)
	}
	base, baseLate, err := connectDuringBroadcast(ctx, b, floor{})
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	return []reading{
		{"handshakes/s", beam.Handshake.PerSecond, base.Handshake.PerSecond, "≥ 30,000", "%.0f"},
		{"latency of the others p99, µs", beamLate.Latency.P99, baseLate.Latency.P99, "", "%.0f"},
	}, nil
}

func connectDuringBroadcast(ctx context.Context, b *bench, of subject) (newcomers, others result, err error) {
	const perSecond = 10
	s, err := of.start(ctx, b, pace{perSecond: perSecond})
	if err != nil {
		return newcomers, others, err
	}
	defer s.process.stop()
	long := load{viewers: 10000, measured: 6 * time.Second}
	first, err := b.attack(ctx, s, long)
	if err != nil {
		return newcomers, others, err
	}
	defer first.stop()
	writer, err := b.writer(ctx, s, perSecond, perSecond*10)
	if err != nil {
		return newcomers, others, err
	}
	defer writer.stop()
	if err := pause(ctx, time.Second); err != nil {
		return newcomers, others, err
	}
	short := load{viewers: crowd - long.viewers, measured: time.Second, args: []string{"--inflight", "512"}}
	second, err := b.attack(ctx, s, short)
	if err != nil {
		return newcomers, others, err
	}
	if newcomers, err = short.finish(second); err != nil {
		return newcomers, others, err
	}
	if others, err = long.finish(first); err != nil {
		return newcomers, others, err
	}
	if err = short.check(newcomers); err == nil {
		err = long.check(others)
	}
	return newcomers, others, err
}

// pause returns after d, or with an error when ctx is done before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
