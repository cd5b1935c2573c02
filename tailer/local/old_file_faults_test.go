package local

import (
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/disk"
)

// An ailing file system is the real one, but the first file that is opened of a
// name cannot be read for a while.
type ailing struct {
	disk.FS
	name   string
	opened atomic.Bool
	ill    atomic.Bool
}

func (a *ailing) Open(name string) (disk.File, error) {
	file, err := a.FS.Open(name)
	if err == nil && name == a.name && !a.opened.Swap(true) {
		return &ailingFile{file, a}, nil
	}
	return file, err
}

type ailingFile struct {
	disk.File
	a *ailing
}

func (f *ailingFile) ReadAt(p []byte, off int64) (int, error) {
	if f.a.ill.Load() {
		return 0, syscall.EIO
	}
	return f.File.ReadAt(p, off)
}

// rotateAiling follows a file that cannot be read any more when it is rotated,
// and another one.
func rotateAiling(t *testing.T, linger time.Duration) (a *ailing, r *recorder) {
	path := tempDir(t) + "/app.log"
	write(t, path, "one\n")
	a, r = &ailing{FS: disk.System{}, name: path}, record(t)
	cfg := quick()
	cfg.FS, cfg.Linger = a, linger
	f := New(cfg)
	t.Cleanup(f.Close)
	f.Follow(Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, "changed live")
	other := record(t)
	f.Follow(Target{Path: path + ".other", Sink: other})
	a.ill.Store(true)
	write(t, path, "two\n")
	must(t, syscall.Rename(path, path+".1"))
	write(t, path, "three\n")
	r.wantLast(`"three\n"`)
	write(t, path+".other", "untouched\n")
	other.wantLast(`"untouched\n"`)
	return a, r
}

func TestOldFileIsReadWhenItCanBeAgain(t *testing.T) {
	a, r := rotateAiling(t, time.Hour)
	a.ill.Store(false)
	r.wantLast(`"two\n"`)
	r.wantNoGap()
}

func TestOldFileThatStaysUnreadableIsAGap(t *testing.T) {
	_, r := rotateAiling(t, 50*time.Millisecond)
	waitFor(t, "a gap with its reason", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.gaps) == 1 && strings.Contains(r.gaps[0].Reason, "input/output error")
	})
}
