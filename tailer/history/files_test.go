package history

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
)

// A world is a directory with a log in it.
type world struct {
	testing.TB
	dir string
	now time.Time // of the next change; rises
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &world{TB: t, dir: dir, now: time.Now().Add(-1000 * time.Hour).Truncate(time.Second)}
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// age stamps a file, an hour later than the one before, and has the directory
// look as if nothing had happened in it for long.
func (w *world) age(name string) {
	w.Helper()
	w.now = w.now.Add(time.Hour)
	w.must(os.Chtimes(w.path(name), w.now, w.now))
	w.must(os.Chtimes(w.dir, w.now, w.now))
}

// write makes a file, append appends to it.
func (w *world) write(name, text string) {
	w.Helper()
	w.must(os.WriteFile(w.path(name), []byte(text), 0o600))
	w.age(name)
}

func (w *world) append(name, text string) {
	w.Helper()
	f, err := os.OpenFile(w.path(name), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	w.must(err)
	defer f.Close()
	_, err = f.WriteString(text)
	w.must(err)
	w.age(name)
}

// copy makes a copy of the newest file, or of its beginning: later than that was
// made, as far as the clock of the file system tells, which ticks every few
// milliseconds.
func (w *world) copy(name, text string) {
	w.Helper()
	newest, err := (disk.System{}).Stat(w.path("app.log"))
	w.must(err)
	for deadline := time.Now().Add(time.Minute); ; {
		w.write(name, text)
		info, err := (disk.System{}).Stat(w.path(name))
		w.must(err)
		if info.ID.Birth == 0 || info.ID.Birth > newest.ID.Birth {
			return
		}
		if time.Now().After(deadline) {
			w.Fatal("the clock of the file system stands still")
		}
		w.must(os.Remove(w.path(name)))
	}
}

func (w *world) rename(from, to string) {
	w.Helper()
	w.must(os.Rename(w.path(from), w.path(to)))
	w.must(os.Chtimes(w.dir, w.now.Add(time.Second), w.now.Add(time.Second)))
}

func (w *world) remove(name string) {
	w.Helper()
	w.must(os.Remove(w.path(name)))
	w.must(os.Chtimes(w.dir, w.now.Add(2*time.Second), w.now.Add(2*time.Second)))
}

// pack compresses a file into another, which is written when the first was, and
// leaves the first.
func (w *world) pack(from, to string) {
	w.Helper()
	text, err := os.ReadFile(w.path(from))
	w.must(err)
	info, err := os.Stat(w.path(from))
	w.must(err)
	w.must(os.WriteFile(w.path(to), compressed(w, to, text), 0o600))
	w.must(os.Chtimes(w.path(to), info.ModTime(), info.ModTime()))
	w.must(os.Chtimes(w.dir, w.now.Add(3*time.Second), w.now.Add(3*time.Second)))
}

// compress is pack without leaving the first.
func (w *world) compress(from, to string) {
	w.Helper()
	w.pack(from, to)
	w.must(os.Remove(w.path(from)))
	w.must(os.Chtimes(w.dir, w.now.Add(4*time.Second), w.now.Add(4*time.Second)))
}

// compressed compresses parts as the ending of a name says, each for itself.
func compressed(t testing.TB, name string, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, part := range parts {
		var z io.WriteCloser = gzip.NewWriter(&b)
		if filepath.Ext(name) == ".zst" {
			var err error
			if z, err = zstd.NewWriter(&b); err != nil {
				t.Fatal(err)
			}
		}
		z.Write(part)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// open opens the history of a name.
func (w *world) open(name string, opt Options) *reading {
	w.Helper()
	if opt.Store == nil {
		opt.Store = NewStore(StoreOptions{Unpacked: unpack.Options{Dir: w.TempDir()}})
		w.Cleanup(opt.Store.Close)
	}
	return &reading{w, Open(w.path(name), opt), make([]byte, 64<<10)}
}

// known makes what a follower knows of a file.
func (w *world) known(name, text string, twin int, s State) Generation {
	w.Helper()
	info, err := disk.System{}.Stat(w.path(name))
	w.must(err)
	g := Generation{ID: info.ID, Head: disk.HeadOf([]byte(text)), Length: int64(len(text)), State: s}
	g.Mark = []byte(text[max(0, len(text)-32):])
	g.Ident = disk.Generation(g.ID, g.Head, twin)
	return g
}

// follower is what is known.
type follower struct{ all []Generation }

func (f *follower) Generations() []Generation { return slices.Clone(f.all) }

// A reading is a history with shorthands for tests.
type reading struct {
	*world
	*History
	buf []byte
}

// show writes a batch as its entries in quotes, with dots where a line goes on.
func show(b line.Batch) (all []string) {
	for i := range b.Lines() {
		s := fmt.Sprintf("%q", b.Entry(i))
		if i == 0 && b.Flags&line.Continues != 0 {
			s = "..." + s
		}
		if i == b.Lines()-1 && b.Flags&line.Unfinished != 0 {
			s += "..."
		}
		if b.Flags&line.Partial != 0 {
			s = "partial " + s
		}
		all = append(all, s)
	}
	return all
}

// forward reads from p to the end, past gaps.
func (r *reading) forward(p line.Position) (all []string) {
	r.Helper()
	for range 1_000_000 {
		b, err := r.Forward(context.Background(), p, r.buf)
		var gone *line.GoneError
		switch {
		case err == io.EOF:
			return all
		case errors.As(err, &gone):
			all = append(all, fmt.Sprintf("gap %d %s", gone.Gap.Bytes, gone.Gap.Reason))
			if gone.Gap.From != p {
				r.Fatalf("gap from %v at %v", gone.Gap.From, p)
			}
			if gone.Gap.To.IsZero() {
				return all
			}
			p = gone.Gap.To
			continue
		case err != nil:
			r.Fatalf("at %v after %q: %v", p, all, err)
		}
		if b.Pos != p && b.Pos.Gen == p.Gen {
			r.Fatalf("asked for %v, got %v", p, b.Pos)
		}
		all = append(all, show(b)...)
		if b.Flags&line.Partial != 0 {
			return all
		}
		p = b.End()
	}
	r.Fatal("no end")
	return nil
}

// backward reads from p to the beginning, past gaps.
func (r *reading) backward(p line.Position) (all []string) {
	r.Helper()
	for range 1_000_000 {
		b, err := r.Backward(context.Background(), p, r.buf)
		var gone *line.GoneError
		switch {
		case err == io.EOF:
			slices.Reverse(all)
			return all
		case errors.As(err, &gone) && gone.Gap.To == p:
			all = append(all, fmt.Sprintf("gap %d %s", gone.Gap.Bytes, gone.Gap.Reason))
			p = gone.Gap.From
			continue
		case err != nil:
			r.Fatalf("before %v: %v", p, err)
		}
		if b.End() != p && b.Pos.Gen == p.Gen {
			r.Fatalf("asked for what ends at %v, got what ends at %v", p, b.End())
		}
		entries := show(b)
		slices.Reverse(entries)
		all = append(all, entries...)
		p = b.Pos
	}
	r.Fatal("no beginning")
	return nil
}

func (r *reading) start() line.Position {
	r.Helper()
	p, err := r.Start(context.Background())
	r.must(err)
	return p
}

func (r *reading) end() line.Position {
	r.Helper()
	p, err := r.End(context.Background())
	r.must(err)
	return p
}

// want checks that both directions give these entries. A partial one at the
// end is only seen forward.
func (r *reading) want(want ...string) {
	r.Helper()
	if got := r.forward(r.start()); !slices.Equal(got, want) {
		r.Errorf("forward\n got %s\nwant %s", got, want)
	}
	if n := len(want); n > 0 && len(want[n-1]) > 7 && want[n-1][:7] == "partial" {
		want = want[:n-1]
	}
	if got := r.backward(r.end()); !slices.Equal(got, want) {
		r.Errorf("backward\n got %s\nwant %s", got, want)
	}
}

// after returns the position behind the first n entries.
func (r *reading) after(n int) line.Position {
	r.Helper()
	p := r.start()
	for n > 0 {
		b, err := r.Forward(context.Background(), p, r.buf)
		r.must(err)
		if b.Lines() > n {
			return line.Position{Gen: b.Pos.Gen, Off: b.Pos.Off + int64(b.RawEnds()[n-1])}
		}
		n -= b.Lines()
		p = b.End()
	}
	return p
}
