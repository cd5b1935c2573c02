package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	idleFiles       = 10_000
	idleDirectories = 50
	filesWindow     = 10 * time.Second
)

// lying is what a server costs that follows files to which nobody writes.
type lying struct {
	memory     memory
	cpu        float64 // of one core
	goroutines float64
}

// manyFiles follows files to which nobody writes, and one file alone for the
// floor.
func manyFiles(ctx context.Context, b *bench) ([]reading, error) {
	dir := filepath.Join(b.dir, "files")
	defer os.RemoveAll(dir)
	for i := range idleFiles {
		name := filepath.Join(dir, strconv.Itoa(i%idleDirectories), strconv.Itoa(i)+".log")
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, fmt.Errorf("make a directory: %w", err)
		}
		if err := os.WriteFile(name, []byte(strings.Repeat("a line that was there\n", 40)), 0o644); err != nil {
			return nil, fmt.Errorf("make a file: %w", err)
		}
	}
	many, err := lie(ctx, b, tailbeam{more: []string{filepath.Join(dir, "**", "*.log")}})
	if err != nil {
		return nil, err
	}
	one, err := lie(ctx, b, tailbeam{})
	if err != nil {
		return nil, err
	}
	const mib = 1 << 20
	return []reading{
		{"memory more than with one file (VmRSS), MiB", float64(many.memory.rss-one.memory.rss) / mib, none, "≤ 32", "%.1f"},
		{"CPU of a core, % (floor: one file)", many.cpu * 100, one.cpu * 100, "≤ 2", "%.2f"},
		{"goroutines (floor: one file)", many.goroutines, one.goroutines, "", "%.0f"},
	}, nil
}

func lie(ctx context.Context, b *bench, of tailbeam) (lying, error) {
	var r lying
	s, err := of.start(ctx, b, pace{})
	if err != nil {
		return r, err
	}
	defer s.process.stop()
	if r.memory, err = released(ctx, floor{}, s.process); err != nil { // as it is, without being asked
		return r, err
	}
	before, err := s.process.cpu()
	if err != nil {
		return r, err
	}
	began := time.Now()
	if err := pause(ctx, filesWindow); err != nil {
		return r, err
	}
	after, err := s.process.cpu()
	if err != nil {
		return r, err
	}
	r.cpu = float64(after-before) / float64(time.Since(began))
	r.goroutines, err = s.goroutines(ctx)
	return r, err
}

// goroutines asks the server's metrics.
func (s *server) goroutines(ctx context.Context) (float64, error) {
	host, _, _ := strings.Cut(strings.TrimPrefix(s.url, "ws://"), "/")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+"/metrics", nil)
	if err != nil {
		return 0, fmt.Errorf("ask for the metrics: %w", err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask for the metrics: %w", err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if n, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			return strconv.ParseFloat(n, 64)
		}
	}
	return 0, fmt.Errorf("no go_goroutines in the metrics, status %s", answer.Status)
}
