package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// flood sends lines to ten viewers as fast as they are taken. The writer's
// pace is found by trial in the first round: a little below that at which a
// viewer falls behind what the server holds in memory.
type flood struct {
	perSecond int // 0 before the first round
}

const (
	floodViewers = 10
	floodPass    = 64 << 10        // bytes in a pass of the floor
	floodMost    = 5 * time.Second // measured: the file grows by up to 1 GB/s
)

func newFlood() benchCase {
	c := &flood{}
	return benchCase{name: "flood", what: fmt.Sprintf("%d viewers, full speed", floodViewers), run: c.run}
}

func (c *flood) run(ctx context.Context, b *bench) ([]reading, error) {
	measured := min(floodMost, time.Duration(b.seconds)*time.Second)
	if c.perSecond == 0 {
		if err := c.findPace(ctx, b); err != nil {
			return nil, fmt.Errorf("find the pace: %w", err)
		}
	}
	beam, written, err := c.measure(ctx, b, tailbeam{profile: b.profileName("flood")}, c.perSecond, measured)
	if err != nil {
		return nil, fmt.Errorf("tailbeam at %s lines/s: %w", thousands(c.perSecond), err)
	}
	base, _, err := c.measure(ctx, b, floor{}, c.perSecond, measured)
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	return []reading{
		{"deliveries/s, millions", beam.FramesPerSecond / 1e6, base.FramesPerSecond / 1e6, "ratio ≥ 0.6", "%.2f"},
		{"lines written/s, millions", written / 1e6, none, "", "%.2f"},
		{"viewers demoted", beam.demoted, none, "0", "%.0f"},
		{"CPU per million deliveries, s", beam.Server.CPUPerMillion, base.Server.CPUPerMillion, "", "%.4f"},
		{"lines per write", beam.perWrite, base.perWrite, "", "%.0f"},
		{"latency p99, µs", beam.Latency.P99, base.Latency.P99, "", "%.0f"},
	}, nil
}

// errKept stands for no error where the paces that were tried are listed.
var errKept = errors.New("all kept up")

// findPace raises the writer's pace until twice in a row a viewer is demoted or
// the writer cannot keep it, and takes nine tenths of the last good one. It
// tries sixteen times at most.
func (c *flood) findPace(ctx context.Context, b *bench) error {
	good, failed := 0, 0
	var last error
	for perSecond, tries := 200_000, 0; tries < 16 && failed < 2; tries++ {
		r, written, err := c.measure(ctx, b, tailbeam{}, perSecond, time.Second)
		if err == nil && r.demoted > 0 {
			err = fmt.Errorf("%.0f viewers fell behind memory", r.demoted)
		}
		fmt.Fprintf(b.log, "flood: %s lines/s asked, %s written, %v\n", thousands(perSecond), thousands(int(written)), errOr(err, errKept))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || written < 0.97*float64(perSecond) {
			failed++
			last = errOr(err, fmt.Errorf("the writer does not reach %s lines/s", thousands(perSecond)))
			continue
		}
		good, failed = perSecond, 0
		perSecond = perSecond * 13 / 10
	}
	if good == 0 {
		return last
	}
	c.perSecond = good * 9 / 10
	return nil
}

// measure returns the viewers' result and how many lines the writer wrote in a
// second.
func (c *flood) measure(ctx context.Context, b *bench, of subject, perSecond int, measured time.Duration) (result, float64, error) {
	s, err := of.start(ctx, b, pace{perSecond: perSecond, flood: floodPass})
	if err != nil {
		return result{}, 0, err
	}
	defer s.process.stop()
	const warm = time.Second
	lines := int((warm + measured).Seconds() * float64(perSecond))
	l := load{viewers: floodViewers, warmup: warm, measured: measured}
	if _, ok := of.(tailbeam); ok {
		l.lastLine = lines
		l.measured += 30 * time.Second
	}
	viewers, err := b.attack(ctx, s, l)
	if err != nil {
		return result{}, 0, err
	}
	defer viewers.stop()
	writer, err := b.writer(ctx, s, perSecond, lines)
	if err != nil {
		return result{}, 0, err
	}
	defer writer.stop()
	if err := b.profiled(of, s); err != nil {
		return result{}, 0, err
	}
	r, err := l.finish(viewers)
	if err != nil {
		return r, 0, err
	}
	if err := b.profiled(of, s); err != nil {
		return r, 0, err
	}
	if err := of.count(s, &r); err != nil {
		return r, 0, err
	}
	writer.stop()
	var wrote struct {
		LinesPerSecond float64 `json:"lines_per_s"`
	}
	if err := json.Unmarshal(writer.stdout.Bytes(), &wrote); err != nil {
		return r, 0, fmt.Errorf("read the figures of logwriter: %w", err)
	}
	return r, wrote.LinesPerSecond, l.check(r)
}
