package local

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/notify"
	"tailbeam/tailer/sibling"
)

// A slow clock makes every file of a file system look as if it was made and
// written within one tick, at a time in nanoseconds since 1970.
type slowClock struct {
	disk.FS
	tick int64
}

type slowFile struct {
	disk.File
	clock slowClock
}

func (s slowClock) slowed(info disk.Info, err error) (disk.Info, error) {
	if err == nil {
		info.ID.Birth, info.Modified = s.tick, s.tick
	}
	return info, err
}

func (f slowFile) Stat() (disk.Info, error)               { return f.clock.slowed(f.File.Stat()) }
func (s slowClock) Stat(name string) (disk.Info, error)   { return s.slowed(s.FS.Stat(name)) }
func (s slowClock) Lstat(name string) (disk.Info, error)  { return s.slowed(s.FS.Lstat(name)) }
func (s slowClock) Open(name string) (disk.File, error)   { return s.opened(s.FS.Open(name)) }
func (s slowClock) OpenPlain(n string) (disk.File, error) { return s.opened(s.FS.OpenPlain(n)) }
func (s slowClock) opened(f disk.File, err error) (disk.File, error) {
	if err != nil {
		return nil, err
	}
	return slowFile{f, s}, nil
}

func TestNamesTellTheOrder(t *testing.T) {
	for _, c := range []struct {
		what   string
		births []int64  // of names, or all the same
		names  []string // oldest first
	}{
		{"numbers in one tick", nil, []string{"app.log.11.gz", "app.log.10", "app.log.9", "app.log.2", "app.log.1"}},
		{"numbers and births", []int64{1, 1, 2, 3}, []string{"app.log.4", "app.log.3", "app.log.2", "app.log.1"}},
		{"numbers that grow", []int64{1, 2, 2, 3}, []string{"app.log.7", "app.log.8", "app.log.9", "app.log.10"}},
		{"a number whose time was set", []int64{1, 9, 2, 3}, []string{"app.log.4.gz", "app.log.3.gz", "app.log.2", "app.log.1"}},
		{"days", nil, []string{"app.log-20261119", "app.log-20261120.gz", "app.log-20261121"}},
		{"days with counters", nil, []string{"app.2026-11-20.9.log", "app.2026-11-20.10.log", "app.2026-11-21.1.log"}},
		{"seconds", nil, []string{"app.log-1763697480", "app.log-1763697481", "app.log-1763697490"}},
		{"two ways, one after the other", []int64{1, 2, 3, 4}, []string{"app.log.2", "app.log.1", "app.log-20261120", "app.log-20261121"}},
	} {
		var want []candidate
		for i, name := range c.names {
			age, is := sibling.AgeOf("app.log", name)
			if !is {
				t.Fatalf("%s is no sibling", name)
			}
			born := int64(1)
			if c.births != nil {
				born = c.births[i]
			}
			want = append(want, candidate{path: name, age: age, info: disk.Info{ID: disk.ID{Ino: rand.Uint64(), Birth: born}, Modified: born}})
		}
		shuffled := slices.Clone(want)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := oldestFirst(shuffled); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", c.what, got, want)
		}
	}
}

func TestGenerationsOfOneTickAreReadInOrder(t *testing.T) {
	cfg, p := unswept()
	cfg.FS = slowClock{disk.System{}, 1}
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "0\n")
	r := record(t)
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"0\n"`, "changed live")
	s.settled = s.settled.AddDate(-100, 0, 0) // the clock of the files is slow
	const turns = 20
	var want []string
	for turn := 1; turn <= turns; turn++ {
		for n := turn - 1; n > 0; n-- {
			must(t, os.Rename(fmt.Sprintf("%s.%d", path, n), fmt.Sprintf("%s.%d", path, n+1)))
		}
		must(t, os.Rename(path, path+".1"))
		write(t, path, fmt.Sprintf("%d\n", turn))
		want = append(want, "rotated live", fmt.Sprintf(`"%d\n"`, turn))
	}
	for range turns {
		p.tell(path, notify.Lost, notify.Made)
	}
	r.want(want...)
	if len(r.gaps) > 0 {
		t.Errorf("gaps: %v", r.gaps)
	}
}
