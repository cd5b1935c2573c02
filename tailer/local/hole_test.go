package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/disk"
)

// The NULs that a file begins with are no part of how it begins, whoever finds
// them and when: else the next run of the server would know the file under
// another name.
func TestFileThatBeginsWithAHole(t *testing.T) {
	const hole = 10_000
	text := strings.Repeat("a line behind a hole\n", 100)
	holed := func(t *testing.T, path string) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		must(t, err)
		_, err = f.WriteAt([]byte(text), hole)
		must(t, err)
		must(t, f.Close())
	}
	for _, c := range []struct {
		name    string
		preload int64
		make    func(t *testing.T, path string, follow func())
	}{
		{"found, and read from its last lines", 100, func(t *testing.T, path string, follow func()) {
			holed(t, path)
			follow()
		}},
		{"found while it was empty", 100, func(t *testing.T, path string, follow func()) {
			write(t, path, "")
			follow()
			holed(t, path)
		}},
		{"put under the name of another", Whole, func(t *testing.T, path string, follow func()) {
			write(t, path, "a line behind a hole\n")
			follow()
			holed(t, path+".new")
			must(t, os.Rename(path, path+".1"))
			must(t, os.Rename(path+".new", path))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachNotifier(t, func(t *testing.T, cfg Config) {
				path := filepath.Join(tempDir(t), "app.log")
				r := record(t)
				c.make(t, path, func() {
					follow(t, cfg, Target{Path: path, Sink: r, Preload: c.preload})
					r.wantLast("changed live")
				})
				write(t, path, "the last line\n")
				r.wantLast(`"the last line\n"`)
				info, err := disk.System{}.Stat(path)
				must(t, err)
				want := disk.Generation(info.ID, disk.HeadOf([]byte(text)), 0)
				end := hole + int64(len(text)+len("the last line\n"))
				r.mu.Lock()
				defer r.mu.Unlock()
				if r.next[want] != end {
					t.Errorf("got %v, want an end of %x at %d", r.next, want, end)
				}
			})
		})
	}
}
