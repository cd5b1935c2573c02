package local

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/notify"
)

// A faulty file system is the real one with faults that a test switches on.
type faulty struct {
	disk.FS
	stat, open, read atomic.Pointer[syscall.Errno]
	short            atomic.Int64 // reads return at most this many bytes, if not 0
}

func (f *faulty) Stat(name string) (disk.Info, error) {
	if err := f.stat.Load(); err != nil {
		return disk.Info{}, &fs.PathError{Op: "stat", Path: name, Err: *err}
	}
	return f.FS.Stat(name)
}

func (f *faulty) Open(name string) (disk.File, error) {
	if err := f.open.Load(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: *err}
	}
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return &faultyFile{file, f}, nil
}

type faultyFile struct {
	disk.File
	f *faulty
}

func (f *faultyFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.f.read.Load(); err != nil {
		return 0, *err
	}
	if short := f.f.short.Load(); short > 0 {
		p = p[:min(int64(len(p)), short)]
	}
	return f.File.ReadAt(p, off)
}

// withFaults follows a file of two lines and waits for them.
func withFaults(t *testing.T) (path string, r *recorder, f *faulty) {
	path = tempDir(t) + "/app.log"
	write(t, path, "one\ntwo\n")
	r, f = record(t), &faulty{FS: disk.System{}}
	cfg := quick()
	cfg.FS = f
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, `"two\n"`, "changed live")
	return path, r, f
}

func on(p *atomic.Pointer[syscall.Errno], err syscall.Errno) { p.Store(&err) }

func TestReadError(t *testing.T) {
	path, r, f := withFaults(t)
	on(&f.read, syscall.EIO)
	write(t, path, "three\n")
	r.want("changed failed: input/output error")
	f.read.Store(nil)
	r.want(`"three\n"`, "changed live")
}

func TestPermissionLostAndRegained(t *testing.T) {
	path, r, f := withFaults(t)
	on(&f.stat, syscall.EACCES)
	r.want("changed failed: permission denied: let the user who runs tailbeam read it")
	write(t, path, "three\n")
	f.stat.Store(nil)
	r.wantLast(`"three\n"`)
	r.until(func(got []string) bool { return len(got) == 0 || got[len(got)-1] == "changed live" }, "live")
}

func TestNoDescriptorForTheNextFile(t *testing.T) {
	for _, err := range []syscall.Errno{syscall.EMFILE, syscall.EACCES, syscall.EIO} {
		t.Run(err.Error(), func(t *testing.T) {
			path, r, f := withFaults(t)
			on(&f.open, err)
			must(t, syscall.Rename(path, path+".1"))
			write(t, path, "new\n")
			write(t, path+".1", "late\n")
			r.wantLast("changed failed: " + disk.Reason(err))
			write(t, path, "newer\n")
			f.open.Store(nil)
			r.wantLast("rotated live")
			r.want(`"new\n"`, `"newer\n"`)
		})
	}
}

func TestShortReads(t *testing.T) {
	path, r, f := withFaults(t)
	f.short.Store(markSize + 3)
	write(t, path, "a line that is longer than what one read returns\nand one more\n")
	r.want(`"a line that is longer than what one read returns\n"`, `"and one more\n"`)
	f.short.Store(2) // not even the mark
	write(t, path, "three\n")
	r.want("changed failed: " + errShort.Error())
	f.short.Store(0)
	r.want(`"three\n"`, "changed live")
}

// A refusing notifier has no watches left.
type refusing struct{ puppet }

func (r *refusing) Watch(string, notify.Waker) (notify.Watch, error) { return nil, syscall.ENOSPC }

func TestNoWatchesLeft(t *testing.T) {
	cfg := quick()
	var log bytes.Buffer // read when all is closed
	cfg.Notifier, cfg.Sweep, cfg.Logger = &refusing{}, time.Hour, slog.New(slog.NewTextHandler(&log, nil))
	f := New(cfg)
	dir := tempDir(t)
	first, second := record(t), record(t)
	f.Follow(Target{Path: dir + "/a.log", Sink: first})
	f.Follow(Target{Path: dir + "/b.log", Sink: second})
	write(t, dir+"/a.log", "a 1\n")
	write(t, dir+"/b.log", "b 1\n")
	first.wantLast(`"a 1\n"`)
	second.wantLast(`"b 1\n"`)
	must(t, os.Rename(dir+"/a.log", dir+"/a.log.1"))
	write(t, dir+"/a.log.1", "a late\n")
	write(t, dir+"/a.log", "a 2\n")
	first.wantLast(`"a 2\n"`)
	write(t, dir+"/b.log", "b 2\n")
	second.wantLast(`"b 2\n"`)
	f.Close()
	if n := strings.Count(log.String(), "no notification"); n != 1 {
		t.Errorf("the lack of watches is told %d times:\n%s", n, log.String())
	}
}
