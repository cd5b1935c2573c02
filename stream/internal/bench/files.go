package main

import (
	"bufio"
	"context"
	"errors"
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
	spoken     memory  // after one line in each file
	cpu        float64 // of one core
	goroutines float64
}

// manyFiles follows files to which nobody writes, and one file alone for the
// floor.
func manyFiles(ctx context.Context, b *bench) ([]reading, error) {
	dir := filepath.Join(b.dir, "files")
	defer os.RemoveAll(dir)
	for i := range idleFiles {
		name := idleFile(dir, i)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, fmt.Errorf("make a directory: %w", err)
		}
		if err := os.WriteFile(name, []byte(strings.Repeat("a line that was there\n", 40)), 0o644); err != nil {
			return nil, fmt.Errorf("make a file: %w", err)
		}
	}
	many, err := lie(ctx, b, tailbeam{more: []string{filepath.Join(dir, "**", "*.log")}}, dir)
	if err != nil {
		return nil, err
	}
	one, err := lie(ctx, b, tailbeam{}, "")
	if err != nil {
		return nil, err
	}
	const mib = 1 << 20
	return []reading{
		{"memory more than with one file (VmRSS), MiB", float64(many.memory.rss-one.memory.rss) / mib, none, "≤ 32", "%.1f"},
		{"the same after a line of 100 B in each, MiB", float64(many.spoken.rss-one.memory.rss) / mib, none, "", "%.1f"},
		{"CPU of a core, % (floor: one file)", many.cpu * 100, one.cpu * 100, "≤ 2", "%.2f"},
		{"goroutines (floor: one file)", many.goroutines, one.goroutines, "", "%.0f"},
	}, nil
}

// lie measures a server that follows the files in dir, or none where that is
// empty.
func lie(ctx context.Context, b *bench, of tailbeam, dir string) (lying, error) {
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
	if r.goroutines, err = s.goroutines(ctx); err != nil || dir == "" {
		return r, err
	}
	if err := speak(ctx, s, dir); err != nil {
		return r, err
	}
	r.spoken, err = released(ctx, floor{}, s.process)
	return r, err
}

// speak writes one line to each file and returns when the server has them all.
func speak(ctx context.Context, s *server, dir string) error {
	before, err := s.metric("tailbeam_lines_total")
	if err != nil {
		return err
	}
	text := []byte(strings.Repeat("x", 99) + "\n")
	for i := range idleFiles {
		f, err := os.OpenFile(idleFile(dir, i), os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return fmt.Errorf("open a file: %w", err)
		}
		_, err = f.Write(text)
		f.Close()
		if err != nil {
			return fmt.Errorf("write to a file: %w", err)
		}
	}
	for range 600 {
		now, err := s.metric("tailbeam_lines_total")
		if err != nil || now >= before+idleFiles {
			return err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the server has not read a line of each file after a minute")
}

func idleFile(dir string, i int) string {
	return filepath.Join(dir, strconv.Itoa(i%idleDirectories), strconv.Itoa(i)+".log")
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
