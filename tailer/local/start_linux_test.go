package local

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/notify"
)

// A counting file system counts how often a directory is listed to its end.
type counting struct {
	disk.FS
	listed atomic.Int64
}

func (c *counting) Names(dir string, limit int) ([]string, error) {
	if limit != 1 {
		c.listed.Add(1)
	}
	return c.FS.Names(dir, limit)
}

func TestStartListsNoDirectoryForEachOfItsFiles(t *testing.T) {
	dir := tempDir(t)
	var paths []string
	for i := range 30 {
		paths = append(paths, fmt.Sprintf("%s/%d.log", dir, i))
		write(t, paths[i], "was there\n")
	}
	old := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(dir, old, old))
	c := &counting{FS: disk.System{}}
	n := notify.Open()
	t.Cleanup(n.Close)
	cfg := quick()
	cfg.FS, cfg.Notifier = c, n
	f := New(cfg)
	t.Cleanup(f.Close)
	for _, path := range paths {
		r := record(t)
		f.Follow(Target{Path: path, Sink: r, Preload: Whole})
		r.wantLast(`"was there\n"`)
	}
	if n := c.listed.Load(); n > 0 {
		t.Errorf("the directory was listed %d times", n)
	}
}
