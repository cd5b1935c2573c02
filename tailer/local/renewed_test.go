package local

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/disk"
)

// An overlay is a file system on which every file, open or not, is another one, by
// its time of birth, when it was written to for the first time.
type overlay struct {
	disk.System
	written atomic.Bool
}

func (o *overlay) seen(info disk.Info, err error) (disk.Info, error) {
	if o.written.Load() {
		info.ID.Birth++
	}
	return info, err
}

func (o *overlay) Stat(name string) (disk.Info, error)  { return o.seen(o.System.Stat(name)) }
func (o *overlay) Lstat(name string) (disk.Info, error) { return o.seen(o.System.Lstat(name)) }

func (o *overlay) Open(name string) (disk.File, error) {
	file, err := o.System.Open(name)
	return overlaid{file, o}, err
}

func (o *overlay) OpenPlain(name string) (disk.File, error) {
	file, err := o.System.OpenPlain(name)
	return overlaid{file, o}, err
}

type overlaid struct {
	disk.File
	fs *overlay
}

func (o overlaid) Stat() (disk.Info, error) { return o.fs.seen(o.File.Stat()) }

func TestAFileThatIsCopiedUpGoesOn(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\ntwo\n")
	cfg, fs := quick(), new(overlay)
	cfg.FS = fs
	r := record(t)
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, `"two\n"`, "changed live")
	at := s.Generations()
	fs.written.Store(true)
	write(t, path, "three\n")
	r.want(`"three\n"`)
	waitFor(t, "the file to be known as what it is now", func() bool {
		now := s.Generations()
		return len(now) == 1 && now[0].ID.Birth == at[0].ID.Birth+1 && now[0].Ident == at[0].Ident
	})
	must(t, os.Rename(path, path+".1"))
	write(t, path+".1", "late\n")
	write(t, path, "four\n")
	r.want(`"late\n"`, "rotated live", `"four\n"`)
	r.wantNoGap()
}
