package local

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/disk"
)

// A scarce file system has a number of descriptors.
type scarce struct {
	disk.FS
	most, open atomic.Int64
}

func (s *scarce) Open(name string) (disk.File, error)      { return s.give(s.FS.Open, name) }
func (s *scarce) OpenPlain(name string) (disk.File, error) { return s.give(s.FS.OpenPlain, name) }

func (s *scarce) give(open func(string) (disk.File, error), name string) (disk.File, error) {
	if n := s.open.Add(1); n > s.most.Load() {
		s.open.Add(-1)
		return nil, syscall.EMFILE
	}
	file, err := open(name)
	if err != nil {
		s.open.Add(-1)
		return nil, err
	}
	return &scarceFile{file, s}, nil
}

type scarceFile struct {
	disk.File
	s *scarce
}

func (f *scarceFile) Close() error {
	f.s.open.Add(-1)
	return f.File.Close()
}

// crowd follows n files with one line each and waits until most are open.
func crowd(t *testing.T, cfg Config, n, most int) (paths []string, sinks []*recorder) {
	dir := tempDir(t)
	f := New(cfg)
	t.Cleanup(f.Close)
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%d.log", i))
		write(t, path, "first\n")
		r := record(t)
		f.Follow(Target{Path: path, Sink: r, Preload: Whole})
		paths, sinks = append(paths, path), append(sinks, r)
	}
	for _, r := range sinks {
		r.wantLast(`"first\n"`)
	}
	waitFor(t, "idle files to be closed", func() bool { return f.fs.open.Load() <= int64(most) })
	return paths, sinks
}

func TestIdleFilesAreClosedBeyondTheLimit(t *testing.T) {
	cfg := quick()
	cfg.Poll = 5 * time.Millisecond // each file is waited for
	cfg.MaxOpen = 10
	paths, sinks := crowd(t, cfg, 50, 10)
	for round := range 3 {
		for i, path := range paths {
			write(t, path, fmt.Sprintf("%d begin, ", round))
			write(t, path, "end\n")
			sinks[i].wantLast(fmt.Sprintf("%q", fmt.Sprintf("%d begin, end\n", round)))
		}
	}
	for i, path := range paths {
		must(t, os.Rename(path, path+".1"))
		write(t, path+".1", "late\n")
		write(t, path, "new\n")
		sinks[i].wantLast(`"new\n"`)
		if got := sinks[i].lines(); got != 6 {
			t.Errorf("%d lines of %s, want 6", got, path)
		}
	}
	for i, r := range sinks {
		if len(r.gaps) > 0 {
			t.Errorf("gaps in %s: %v", paths[i], r.gaps)
		}
	}
}

func TestDescriptorsRunOut(t *testing.T) {
	cfg := quick()
	cfg.Poll = 5 * time.Millisecond
	fs := &scarce{FS: disk.System{}}
	fs.most.Store(20)
	cfg.FS = fs
	paths, sinks := crowd(t, cfg, 60, 20)
	for i, path := range paths {
		write(t, path, "second\n")
		sinks[i].wantLast(`"second\n"`)
		must(t, os.Rename(path, path+".1"))
		write(t, path, "third\n")
		sinks[i].wantLast(`"third\n"`)
		if got := sinks[i].lines(); got != 3 || len(sinks[i].gaps) > 0 {
			t.Errorf("%d lines of %s, want 3; gaps %v", got, path, sinks[i].gaps)
		}
	}
}

func TestFileRemovedWhileClosedIsAGap(t *testing.T) {
	cfg := quick()
	cfg.MaxOpen = 1
	paths, sinks := crowd(t, cfg, 20, 1)
	for i, path := range paths {
		must(t, os.Remove(path))
		write(t, path, "new\n")
		sinks[i].wantLast(`"new\n"`)
	}
	gaps := 0
	for _, r := range sinks {
		gaps += len(r.gaps)
	}
	if gaps < len(paths)-2 {
		t.Errorf("%d gaps for %d files that were removed unseen", gaps, len(paths))
	}
}
