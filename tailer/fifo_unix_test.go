//go:build unix

package tailer

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFifoIsReadLikeAPipe(t *testing.T) {
	path := filepath.Join(tempDir(t), "fifo")
	must(t, unix.Mkfifo(path, 0o644))
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, "f="+path)
	pipe := func(text string) {
		t.Helper()
		w, err := os.OpenFile(path, os.O_WRONLY, 0)
		must(t, err)
		_, err = w.WriteString(text)
		must(t, err)
		must(t, w.Close())
	}
	pipe("one\ntwo")
	r.wantText("f", "one\ntwo")
	pipe("three\n")
	r.wantText("f", "one\ntwothree\n")
	must(t, os.Remove(path))
	write(t, path, "a file now\n")
	r.wantText("f", "one\ntwothree\na file now\n")
	must(t, os.Remove(path))
	must(t, unix.Mkfifo(path, 0o644))
	pipe("and a pipe again\n")
	r.wantText("f", "one\ntwothree\na file now\nand a pipe again\n")
}
