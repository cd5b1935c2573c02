//go:build unix

package tailer

import (
	"context"
	"io"
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

// What came through a FIFO is the history of its name, behind what a file held
// before.
func TestFifoIsItsHistory(t *testing.T) {
	dir := tempDir(t)
	path := filepath.Join(dir, "fifo")
	r := newRegistry(t)
	cfg := idleSweep
	cfg.Spool = 1 << 20
	mustOpen(t, r, cfg, "f="+path)
	write(t, path, "from a file\n")
	r.wantText("f", "from a file\n")
	must(t, os.Rename(path, path+".1"))
	must(t, unix.Mkfifo(path, 0o644))
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer w.Close()
	_, err = w.WriteString("one\ntwo\n")
	must(t, err)
	r.wantText("f", "from a file\none\ntwo\n")
	h, ctx, buf := r.streams["f"].origin.History, context.Background(), make([]byte, 2<<20)
	p, err := h.Start(ctx)
	must(t, err)
	text := ""
	for {
		b, err := h.Forward(ctx, p, buf)
		if err == io.EOF {
			break
		}
		must(t, err)
		text += string(b.Data)
		p = b.End()
	}
	if end, err := h.End(ctx); err != nil || end != p || text != "from a file\none\ntwo\n" {
		t.Errorf("read %q up to %v, the end is %v, %v", text, p, end, err)
	}
	all, err := h.Extent(ctx)
	must(t, err)
	if len(all) != 2 || all[0].Bytes != 12 || all[0].Name != "fifo.1" || all[1].Bytes != 8 || all[1].Pos.Gen != p.Gen {
		t.Errorf("extent %+v", all)
	}
	for _, want := range []string{"one\ntwo\n", "from a file\n"} {
		b, err := h.Backward(ctx, p, buf)
		must(t, err)
		if string(b.Data) != want {
			t.Errorf("read back %q, want %q", b.Data, want)
		}
		p = b.Pos
	}
	if b, err := h.Backward(ctx, p, buf); err != io.EOF {
		t.Errorf("before the first line: %q, %v", b.Data, err)
	}
}
