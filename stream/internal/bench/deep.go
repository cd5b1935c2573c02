package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// deepLines is how many lines the file holds that is read from its beginning:
// more than two viewers are sent within the time that is measured.
const deepLines = 14_000_000

// deep measures what live viewers feel of two others that read a file of 2 GB
// from its beginning, and how these share.
func deep(ctx context.Context, b *bench) ([]reading, error) {
	file, err := b.oldFile(ctx)
	if err != nil {
		return nil, err
	}
	calm, _, err := b.besideReplays(ctx, file, 0)
	if err != nil {
		return nil, fmt.Errorf("without them: %w", err)
	}
	hard, sent, err := b.besideReplays(ctx, file, 2)
	if err != nil {
		return nil, fmt.Errorf("with them: %w", err)
	}
	return []reading{
		{"latency of the live ones p50, µs", hard.Latency.P50, none, "", "%.0f"},
		{"the same alone, µs", calm.Latency.P50, none, "", "%.0f"},
		{"latency of the live ones p99, µs", hard.Latency.P99, none, "", "%.0f"},
		{"the same alone, µs", calm.Latency.P99, none, "", "%.0f"},
		{"later, µs", hard.Latency.P99 - calm.Latency.P99, none, "≤ 5,000", "%.0f"},
		{"replayed, MB/s", (sent[0] + sent[1]) / 1e6 / calm.Seconds, none, "", "%.0f"},
		{"the one that got less, to the other", min(sent[0], sent[1]) / max(sent[0], sent[1]), none, "≥ 0.8", "%.2f"},
	}, nil
}

// oldFile returns the file of 2 GB, which is written once.
func (b *bench) oldFile(ctx context.Context) (string, error) {
	file := filepath.Join(b.dir, "old.log")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	p, err := b.tools.startOn(ctx, clientCPU, nil, b.tools.logwriter, "-f", file, "-L", strconv.Itoa(lineBytes+1),
		"-R", "0", "-k", "1000", "-n", strconv.Itoa(deepLines))
	if err != nil {
		return "", err
	}
	return file, p.wait(2 * time.Minute)
}

// besideReplays returns what live viewers saw beside viewers that read a file
// from its beginning, and how many bytes each of these was sent.
func (b *bench) besideReplays(ctx context.Context, file string, replays int) (live result, sent []float64, err error) {
	s, err := tailbeam{profile: b.profileName("deep"), more: []string{"old=" + file}}.start(ctx, b, pace{})
	if err != nil {
		return live, nil, err
	}
	defer s.process.stop()
	few := load{viewers: calmViewers, warmup: time.Second, measured: 5 * time.Second}
	first, err := b.attack(ctx, s, few)
	if err != nil {
		return live, nil, err
	}
	defer first.stop()
	old := *s
	old.url = strings.Replace(s.url, "/ws/bench?n=0", "/ws/old?n=all", 1)
	one := load{viewers: 1, measured: 5 * time.Second, args: []string{"--discard", "1"}}
	var others []*process
	for range replays {
		p, err := b.attack(ctx, &old, one)
		if err != nil {
			return live, nil, err
		}
		defer p.stop()
		others = append(others, p)
	}
	writer, err := b.writer(ctx, s, calmPerSecond, 10*calmPerSecond)
	if err != nil {
		return live, nil, err
	}
	defer writer.stop()
	for _, p := range others {
		r, err := one.finish(p)
		if err == nil {
			err = one.check(r)
		}
		if err != nil {
			return live, nil, fmt.Errorf("a replay: %w", err)
		}
		sent = append(sent, r.Discarded)
	}
	if live, err = few.finish(first); err == nil {
		err = few.check(live)
	}
	return live, sent, err
}
