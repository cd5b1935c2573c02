package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// goals are what is asked of a broadcast: of the ratio of CPU per delivery, and
// of the latency.
type goals struct{ cpu, p50, p99 string }

var (
	// Where lines gather, it is for 20 ms at the most.
	depthGoals   = goals{cpu: "ratio ≤ 1.15", p50: "≤ floor + 20,150", p99: "≤ 1.5 × floor + 21,000"}
	latencyGoals = goals{p50: "≤ 400", p99: "≤ 2,000"}
)

// broadcast sends lines at a fixed rate to viewers that keep up.
type broadcast struct {
	name               string
	viewers, perSecond int
	goals              goals
	gather             time.Duration // of the floor, set from tailbeam's depth
	ratio              float64       // floor's depth over what gather asked for, from the last round
}

func newBroadcast(name string, viewers, perSecond int, g goals) benchCase {
	c := &broadcast{name: name, viewers: viewers, perSecond: perSecond, goals: g, ratio: 1}
	what := fmt.Sprintf("%s viewers × %s lines/s", thousands(viewers), thousands(perSecond))
	return benchCase{name: name, what: what, run: c.run}
}

func (c *broadcast) run(ctx context.Context, b *bench) ([]reading, error) {
	beam, err := c.measure(ctx, b, tailbeam{profile: b.profileName(c.name)})
	if err != nil {
		return nil, fmt.Errorf("tailbeam: %w", err)
	}
	c.gather = c.gathering(beam.perWrite)
	base, err := c.measure(ctx, b, floor{})
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	if c.gather > 0 {
		c.ratio *= base.perWrite / beam.perWrite
	}
	return []reading{
		{"CPU per million deliveries, s", beam.Server.CPUPerMillion, base.Server.CPUPerMillion, c.goals.cpu, "%.3f"},
		{"lines per write", beam.perWrite, base.perWrite, "", "%.1f"},
		{"CPU per write, µs", beam.cpuPerWrite(), base.cpuPerWrite(), "", "%.1f"},
		{"latency p50, µs", beam.Latency.P50, base.Latency.P50, c.goals.p50, "%.0f"},
		{"latency p99, µs", beam.Latency.P99, base.Latency.P99, c.goals.p99, "%.0f"},
	}, nil
}

// gathering is the interval that makes the floor put as many lines into a
// write as tailbeam did; the last round corrects it.
func (c *broadcast) gathering(depth float64) time.Duration {
	if depth < 1.2 {
		return 0 // each line on its own, sent when it is due
	}
	return time.Duration(depth / c.ratio / float64(c.perSecond) * float64(time.Second))
}

func (c *broadcast) measure(ctx context.Context, b *bench, of subject) (result, error) {
	s, err := of.start(ctx, b, pace{perSecond: c.perSecond, gather: c.gather})
	if err != nil {
		return result{}, err
	}
	defer s.process.stop()
	measured := time.Duration(b.seconds) * time.Second
	lines := c.perSecond * int((warmup+measured)/time.Second)
	l := load{viewers: c.viewers, warmup: warmup, measured: measured}
	if _, ok := of.(tailbeam); ok {
		l.lastLine = lines
		l.measured += 30 * time.Second // it ends with the last line, or is late
	}
	viewers, err := b.attack(ctx, s, l)
	if err != nil {
		return result{}, err
	}
	writer, err := b.writer(ctx, s, c.perSecond, lines)
	if err != nil {
		viewers.stop()
		return result{}, err
	}
	defer writer.stop()
	if err := b.profiled(of, s); err != nil {
		return result{}, err
	}
	r, err := l.finish(viewers)
	if err != nil {
		return r, err
	}
	if err := b.profiled(of, s); err != nil {
		return r, err
	}
	if err := of.count(s, &r); err != nil {
		return r, err
	}
	return r, l.check(r)
}

// profileName is the file for the profile of a case, or empty.
func (b *bench) profileName(name string) string {
	if b.profile == "" {
		return ""
	}
	abs, err := filepath.Abs(filepath.Join(b.profile, name+".pprof"))
	if err != nil {
		return ""
	}
	return abs
}

// profiled begins or ends the profile of a tailbeam that is to be profiled.
func (b *bench) profiled(of subject, s *server) error {
	if t, ok := of.(tailbeam); !ok || t.profile == "" {
		return nil
	}
	return s.process.toggleProfile()
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
