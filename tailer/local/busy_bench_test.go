//go:build linux

package local

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// A punctual sink takes from each line when it was written, and notes how long
// it took to come.
type punctual struct{ took []time.Duration }

func (p *punctual) Append(b *line.Batch) {
	now := time.Now().UnixNano()
	for text := range bytes.Lines(b.Data) {
		if at, err := strconv.ParseInt(string(text[:19]), 10, 64); err == nil {
			p.took = append(p.took, time.Duration(now-at))
		}
	}
}
func (p *punctual) Notice(line.Notice) {}
func (p *punctual) Gap(line.Gap)       {}

// BenchmarkBusy follows a file to which another process writes line by line,
// at rates that leave time in between and at rates that do not. It reports the
// part of a core that this takes over a second and how long lines take from
// the write to the sink.
func BenchmarkBusy(b *testing.B) {
	notifiers := []struct {
		name string
		open func() (notify.Notifier, error)
	}{
		{"open", func() (notify.Notifier, error) { return notify.Open(), nil }},
		{"shared", func() (notify.Notifier, error) { return notify.Shared(), nil }},
		{"inotify", func() (notify.Notifier, error) { return notify.NewInotify() }},
	}
	for _, rate := range []int{100, 1000, 10_000} {
		for _, n := range notifiers {
			b.Run(fmt.Sprintf("lines=%d/notifier=%s", rate, n.name), func(b *testing.B) {
				n, err := n.open()
				if err != nil {
					b.Fatal(err)
				}
				defer n.Close()
				busy(b, n, rate)
			})
		}
	}
}

func busy(b *testing.B, n notify.Notifier, rate int) {
	path := filepath.Join(b.TempDir(), "app.log")
	f := New(Config{Notifier: n})
	defer f.Close()
	s := &punctual{}
	stream := f.Follow(Target{Path: path, Sink: s})
	w := exec.Command(os.Args[0])
	w.Env = append(os.Environ(), fmt.Sprintf("TAILBEAM_TEST_PACED=%d %s", rate, path))
	w.Stderr = os.Stderr
	if err := w.Start(); err != nil {
		b.Fatal(err)
	}
	var cpu, wall time.Duration
	for b.Loop() {
		used, began := processor(), time.Now()
		time.Sleep(time.Second) // what happens meanwhile is what is measured
		cpu, wall = cpu+processor()-used, wall+time.Since(began)
	}
	w.Process.Kill()
	w.Wait()
	stream.Close()
	slices.Sort(s.took)
	if len(s.took) < rate/2 {
		b.Fatalf("%d lines came", len(s.took))
	}
	b.ReportMetric(100*cpu.Seconds()/wall.Seconds(), "%core")
	b.ReportMetric(float64(s.took[len(s.took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(s.took[len(s.took)*99/100].Microseconds()), "p99-µs")
}
