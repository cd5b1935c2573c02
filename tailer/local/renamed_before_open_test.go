package local

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/disk"
)

// A rotating file system renames a file when it is about to be opened.
type rotating struct {
	disk.FS
	aside atomic.Pointer[string] // the name that the next file gets that is opened
}

func (r *rotating) Open(name string) (disk.File, error) {
	if aside := r.aside.Swap(nil); aside != nil {
		if err := os.Rename(name, *aside); err != nil {
			return nil, err
		}
	}
	return r.FS.Open(name)
}

func TestRenamedBetweenTheLookAndTheOpening(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "one\n")
		r, f := record(t), &rotating{FS: disk.System{}}
		cfg.FS = f
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.wantLast("changed live")
		aside := path + ".1"
		f.aside.Store(&aside)
		must(t, os.WriteFile(path+".new", []byte("two\n"), 0o644))
		must(t, os.Rename(path, path+".2"))
		must(t, os.Rename(path+".new", path)) // whoever opens it finds nothing
		waitFor(t, "the file to be renamed", func() bool { return f.aside.Load() == nil })
		write(t, path, "three\n")
		r.wantLast(`"two\n"`)
		r.wantLast(`"three\n"`)
		r.wantNoGap()
	})
}
