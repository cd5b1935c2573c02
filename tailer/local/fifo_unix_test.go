//go:build unix

package local

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFileReplacedByPipe(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "a file\n")
		r, pipes := record(t), make(chan struct{}, 10)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole, Pipe: func() { pipes <- struct{}{} }})
		r.want(`"a file\n"`, "changed live")
		must(t, os.Remove(path))
		must(t, unix.Mkfifo(path, 0o644))
		<-pipes
		must(t, os.Remove(path))
		write(t, path, "a file again\n")
		r.wantLast(`"a file again\n"`)
		write(t, path, "more\n")
		r.wantLast(`"more\n"`)
		r.wantNoGap()
	})
}
