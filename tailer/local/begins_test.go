package local

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/disk"
)

// A stream begins with the file that has the name, also where nobody can tell
// what happened before and its predecessors look new: they are history.
func TestFreshSiblingsAreNotMissedAtTheStart(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path+".2", "1\n")
		write(t, path+".1", "2\n")
		write(t, path, "3\n4\n")
		old := time.Now().Add(-time.Hour)
		must(t, os.Chtimes(filepath.Dir(path), old, old))
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: 2})
		r.want(`"4\n"`, "changed live")
		write(t, path, "5\n")
		r.want(`"5\n"`)
	})
}

// A turning file system has something done when a file was opened first.
type turning struct {
	disk.FS
	once sync.Once
	turn func()
}

func (f *turning) Open(path string) (disk.File, error) {
	file, err := f.FS.Open(path)
	f.once.Do(f.turn)
	return file, err
}

// What follows on another file begins with its first line, however little is
// read of the one that was there at the start.
func TestRotatedDuringTheFirstLook(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "1\n")
		cfg.FS = &turning{FS: disk.System{}, turn: func() {
			must(t, os.Rename(path, path+".1"))
			write(t, path, "2\n3\n")
		}}
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: 2})
		for i := range 3 {
			r.wantLast(fmt.Sprintf(`"%d\n"`, i+1))
		}
		r.wantNoGap()
	})
}
