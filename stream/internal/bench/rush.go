package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The viewers that are there before everybody comes, and their lines.
const (
	calmViewers   = 100
	calmPerSecond = 100
)

// quiet is the name of a stream of which nothing comes.
const quiet = "quiet"

// rush lets the crowd come all at once while a few viewers are live, and looks at
// how long their lines take meanwhile. The crowd watches another stream, of which
// nothing comes, so that it is the handshakes that are looked at and not the
// sending to a crowd; floor has one stream only.
func rush(ctx context.Context, b *bench) ([]reading, error) {
	file := filepath.Join(b.dir, quiet+".log")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		return nil, fmt.Errorf("make a file: %w", err)
	}
	beam, late, err := rushOn(ctx, b, tailbeam{profile: b.profileName("rush"), more: []string{quiet + "=" + file}})
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
	elsewhere := *s
	if _, ok := of.(tailbeam); ok {
		elsewhere.url = "ws://" + s.addr + "/ws/" + quiet + "?n=0"
	}
	second, err := b.attack(ctx, &elsewhere, many)
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
