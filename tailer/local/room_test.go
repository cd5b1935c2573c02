package local

import (
	"os"
	"path/filepath"
	"testing"

	"tailbeam/tailer/charset"
)

// A preallocating writer makes room first and writes into it.
type preallocating struct {
	t    *testing.T
	file *os.File
	off  int64
}

func preallocate(t *testing.T, path string) *preallocating {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	must(t, err)
	t.Cleanup(func() { file.Close() })
	info, err := file.Stat()
	must(t, err)
	return &preallocating{t, file, info.Size()}
}

func (p *preallocating) room(bytes int64) {
	p.t.Helper()
	must(p.t, p.file.Truncate(p.off+bytes))
}

func (p *preallocating) write(text string) {
	p.t.Helper()
	n, err := p.file.WriteAt([]byte(text), p.off)
	must(p.t, err)
	p.off += int64(n)
}

func TestPreallocated(t *testing.T) {
	for name, room := range map[string]int64{"few bytes": 40, "a page": 4 << 10, "more than a block": 3*block + 1000} {
		t.Run(name, func(t *testing.T) {
			eachNotifier(t, func(t *testing.T, cfg Config) {
				path := filepath.Join(tempDir(t), "app.log")
				write(t, path, "one\n")
				r := record(t)
				w := preallocate(t, path)
				follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
				r.want(`"one\n"`, "changed live")
				w.room(room)
				w.write("two\n")
				r.want(`"two\n"`)
				w.write("thr")
				w.write("ee\nfour\n")
				r.want(`"three\n"`, `"four\n"`)
				w.room(0) // what is too much is given back
				write(t, path, "five\n")
				r.want(`"five\n"`)
				r.wantNoGap()
			})
		})
	}
}

// A file may be preallocated before anything is in it, and when it is found.
func TestPreallocatedAtTheStart(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		dir := tempDir(t)
		empty, begun := filepath.Join(dir, "empty.log"), filepath.Join(dir, "begun.log")
		write(t, begun, "old\n")
		one, two := preallocate(t, empty), preallocate(t, begun)
		one.room(3 * block)
		two.room(2 << 20)
		f := New(cfg)
		t.Cleanup(f.Close)
		first, second := record(t), record(t)
		f.Follow(Target{Path: empty, Sink: first})
		f.Follow(Target{Path: begun, Sink: second})
		first.want("changed live")
		second.want("changed live")
		one.write("one\n")
		two.write("two\n")
		first.want(`"one\n"`)
		second.want(`"two\n"`)
	})
}

// What follows on NULs shows that they are content.
func TestNULsWithinTheFile(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "one\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"one\n"`, "changed live")
		write(t, path, "two\n\x00\x00")
		r.want(`"two\n"`)
		write(t, path, "three\n")
		r.want(`"\x00\x00three\n"`)
		write(t, path, "four\x00")
		write(t, path, "\n")
		r.want(`"four\x00\n"`)
	})
}

// In UTF-16 each newline has a NUL, which may be the last byte.
func TestPreallocatedUTF16(t *testing.T) {
	cfg := quick()
	cfg.Encoding = charset.UTF16LE
	path := filepath.Join(tempDir(t), "app.log")
	w := preallocate(t, path)
	w.room(4 << 10)
	r := record(t)
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want("changed live")
	w.write("o\x00n\x00e\x00\n\x00")
	r.want(`"one\n"`)
	w.write("t\x00w\x00o\x00\n\x00")
	r.want(`"two\n"`)
	w.room(0)
	write(t, path, "e\x00n\x00d\x00\n\x00")
	r.want(`"end\n"`)
}
