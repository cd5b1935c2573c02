//go:build linux

package local

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// nobody is a sink for what does not matter.
type nobody struct{}

func (nobody) Append(*line.Batch) {}
func (nobody) Notice(line.Notice) {}
func (nobody) Gap(line.Gap)       {}

// BenchmarkIdle follows files in 50 directories to which nobody writes. It
// reports the part of a core that this takes over a second, the memory and the
// goroutines.
func BenchmarkIdle(b *testing.B) {
	for _, files := range []int{200, 10_000} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			dir := b.TempDir()
			before, routines := inUse(), runtime.NumGoroutine()
			n := notify.Open()
			defer n.Close()
			f := New(Config{Notifier: n})
			defer f.Close()
			for i := range files {
				path := filepath.Join(dir, fmt.Sprint(i%50), fmt.Sprintf("%d.log", i))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(path, []byte("a line that was there\n"), 0o644); err != nil {
					b.Fatal(err)
				}
				f.Follow(Target{Path: path, Sink: nobody{}})
			}
			var cpu, wall time.Duration
			for b.Loop() {
				used, began := processor(), time.Now()
				time.Sleep(time.Second) // to be idle is what is measured
				cpu, wall = cpu+processor()-used, wall+time.Since(began)
			}
			b.ReportMetric(100*cpu.Seconds()/wall.Seconds(), "%core")
			b.ReportMetric(float64(inUse()-before)/(1<<20), "MiB")
			b.ReportMetric(float64(runtime.NumGoroutine()-routines), "goroutines")
			b.ReportMetric(float64(f.fs.open.Load()), "open")
		})
	}
}

// processor returns the time that this process spent on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// inUse returns how much memory the heap and the stacks take.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
