package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// more is what memory may be where it was some: what a runtime holds goes up and
// down, with no need to be given back to the byte.
func more(some int) int { return some + some/8 + 4<<20 }

func mebibytes(n int) float64 { return float64(n) / (1 << 20) }

// resources are what a server holds.
type resources struct{ anon, goroutines, descriptors int }

// rest waits until nobody is connected and returns what the server holds then,
// at the least of a time in which it has given back what it does not need. It is
// not asked anything meanwhile, or it would not be at rest.
func (s *soak) rest(p *program) (r resources) {
	until(s.t, "all viewers are gone", func() bool {
		return s.metric(p, "tailbeam_viewers") == 0 && s.metric(p, "tailbeam_replays") == 0
	})
	r.goroutines = s.metric(p, "go_goroutines")
	r.anon = p.anon(s)
	for range 4 * restPause / time.Second {
		time.Sleep(time.Second) // it is looked at once a second
		r.anon = min(r.anon, p.anon(s))
	}
	descriptors, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	r.descriptors = len(descriptors)
	return r
}

// anon returns the memory of the program that no file stands behind, in bytes
// (proc(5), RssAnon).
func (p *program) anon(s *soak) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	for text := range strings.Lines(string(status)) {
		if fields := strings.Fields(text); fields[0] == "RssAnon:" {
			kib, _ := strconv.Atoi(fields[1])
			return kib << 10
		}
	}
	s.t.Error("the memory of the server cannot be told: ", err)
	return 0
}

// gauge looks at the memory of a server once a second until end is called.
type gauge struct {
	stop    chan struct{}
	done    sync.WaitGroup
	samples curve
}

// watch begins to look at the memory of p.
func (s *soak) watch(p *program) *gauge {
	w := &gauge{stop: make(chan struct{})}
	w.done.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				w.samples = append(w.samples, p.anon(s))
			case <-w.stop:
				return
			}
		}
	})
	return w
}

func (w *gauge) end() curve {
	close(w.stop)
	w.done.Wait()
	return w.samples
}

// curve is memory as time goes by.
type curve []int

// halves returns the medians of both halves.
func (c curve) halves() (early, late int) {
	return c[:len(c)/2].median(), c[len(c)/2:].median()
}

// String returns the median of each tenth.
func (c curve) String() string {
	var parts []string
	for i := range 10 {
		if part := c[i*len(c)/10 : (i+1)*len(c)/10]; len(part) > 0 {
			parts = append(parts, fmt.Sprintf("%.1f", mebibytes(part.median())))
		}
	}
	return strings.Join(parts, " ")
}

func (c curve) median() int {
	if len(c) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(c))
	return sorted[len(sorted)/2]
}

// metric returns one of the server's metrics that has no labels.
func (s *soak) metric(p *program, name string) int {
	for text := range strings.Lines(p.get("/metrics")) {
		if value, ok := strings.CutPrefix(text, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return int(n)
		}
	}
	s.t.Fatalf("no metric is called %s", name)
	return 0
}
