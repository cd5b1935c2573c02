package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

func TestRemovedInTheMiddle(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.3", "one\n")
	w.write("app.log.2", "two\ntwo\n")
	w.write("app.log.1", "three\n")
	w.write("app.log", "four\n")
	r := w.open("app.log", Options{})
	in := r.after(2)
	w.remove("app.log.2")
	r.want(`"one\n"`, "gap 8 app.log.2 was removed", `"three\n"`, `"four\n"`)
	if got := r.forward(in); !slices.Equal(got, []string{"gap 4 app.log.2 was removed", `"three\n"`, `"four\n"`}) {
		t.Errorf("within what was removed: got %s", got)
	}
	end := in
	end.Off += 4
	if got := r.forward(end); !slices.Equal(got, []string{`"three\n"`, `"four\n"`}) {
		t.Errorf("behind all of what was removed: got %s", got)
	}
	if got := r.backward(in); !slices.Equal(got, []string{`"one\n"`, "gap 4 app.log.2 was removed"}) {
		t.Errorf("backward within what was removed: got %s", got)
	}
	// Who has not seen it sees the hole in the numbers.
	w.open("app.log", Options{}).want(`"one\n"`, "gap -1 app.log.2 was removed", `"three\n"`, `"four\n"`)
}

// Of what was read there may be nothing left at all.
func TestAllRemoved(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\n")
	r := w.open("app.log", Options{})
	start, in, end := r.start(), r.after(1), r.end()
	w.remove("app.log")
	for _, p := range []line.Position{start, in, end} { // it may have grown since
		// What is held open yet may be read still.
		if got := r.forward(p); len(got) == 0 || got[len(got)-1] != "gap -1 app.log was removed" {
			t.Errorf("forward from %v: got %s", p, got)
		}
	}
	if got := r.backward(end); !slices.Equal(got, []string{"gap 8 app.log was removed"}) {
		t.Errorf("backward: got %s", got)
	}
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"Extent": func() error { _, err := r.Extent(ctx); return err },
		"Find":   func() error { _, err := r.Find(ctx, in, line.Onward, []line.Text{{Bytes: []byte("t")}}); return err },
		"Start":  func() error { _, err := r.Start(ctx); return err },
		"End":    func() error { _, err := r.End(ctx); return err },
		"Number": func() error { _, err := r.Number(ctx, in); return err },
		"Near":   func() error { _, err := r.Near(ctx, in); return err },
		"ReadAt": func() error { _, err := r.ReadAt(ctx, in, r.buf); return err },
		"Since":  func() error { _, err := r.Since(ctx, noon); return err },
	} {
		t.Logf("%s: %v", name, call()) // whatever it says, it must say something
	}
	w.write("app.log", "three\n")
	if got := r.forward(in); len(got) < 2 || !slices.Equal(got[len(got)-2:], []string{"gap -1 app.log was removed", `"three\n"`}) {
		t.Errorf("when there is another: got %s", got)
	}
}

func TestNumbersThatDoNotCount(t *testing.T) {
	w := newWorld(t)
	w.write("app.8080", "one\n")
	w.write("app.9090", "two\n")
	w.write("app", "three\n")
	r := w.open("app", Options{})
	if got := r.forward(r.start()); len(got) != 3 {
		t.Errorf("got %s", got)
	}
}

func TestOldestRemoved(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.2", "one\nmore\n")
	w.write("app.log.1", "two\n")
	w.write("app.log", "three\n")
	r := w.open("app.log", Options{})
	in := r.after(1)
	w.remove("app.log.2")
	if got := r.forward(r.start()); !slices.Equal(got, []string{`"two\n"`, `"three\n"`}) {
		t.Errorf("from the start: got %s", got)
	}
	if got := r.backward(r.end()); !slices.Equal(got, []string{"gap 9 app.log.2 was removed", `"two\n"`, `"three\n"`}) {
		t.Errorf("backward: got %s", got)
	}
	if got := r.forward(in); !slices.Equal(got, []string{"gap 5 app.log.2 was removed", `"two\n"`, `"three\n"`}) {
		t.Errorf("got %s", got)
	}
	next := w.open("app.log", Options{})
	next.want(`"two\n"`, `"three\n"`)
	if got := next.forward(in); !slices.Equal(got, []string{"gap -1 the cursor is of a file that is no longer there", `"two\n"`, `"three\n"`}) {
		t.Errorf("in the next run: got %s", got)
	}
}

func TestTruncatedWithoutACopy(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.1", "zero\n")
	w.write("app.log", "one\ntwo\n")
	r := w.open("app.log", Options{})
	in := r.after(2)
	end := r.end()
	w.write("app.log", "three\n")
	const reason = "the file was cut, and what it held was not copied"
	r.want(`"zero\n"`, "gap -1 "+reason, `"three\n"`)
	if got := r.forward(in); !slices.Equal(got, []string{"gap -1 " + reason, `"three\n"`}) {
		t.Errorf("got %s", got)
	}
	// What the follower knows makes it exact.
	old := w.known("app.log", "one\ntwo\n", 0, Complete)
	f := &follower{all: []Generation{old, w.known("app.log", "three\n", 0, Growing)}}
	r = w.open("app.log", Options{Known: f})
	if got := r.forward(in); !slices.Equal(got, []string{"gap 4 " + reason, `"three\n"`}) {
		t.Errorf("got %s", got)
	}
	if got := r.forward(end); !slices.Equal(got, []string{`"three\n"`}) {
		t.Errorf("got %s", got)
	}
}

func TestDamagedInTheMiddle(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "line %d %x\n", i, i*i*7919)
	}
	whole := compressed(t, "x.gz", []byte(text.String()))
	corrupt := slices.Clone(whole)
	for i := range 100 {
		corrupt[len(corrupt)*3/4+i] = 0xff
	}
	for name, data := range map[string][]byte{"cut off": whole[:len(whole)/2], "damaged": corrupt} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.write("app.log.2", "one\n")
			w.write("app.log.1.gz", string(data))
			w.write("app.log", "two\n")
			r := w.open("app.log", Options{})
			got := r.forward(r.start())
			n := len(got)
			if n < 5000 || got[1] != `"line 0 0\n"` || got[n-1] != `"two\n"` || !strings.HasPrefix(got[n-2], "gap -1 app.log.1.gz: the compressed file is "+name) {
				t.Fatalf("%d entries, %s ... %s", n, got[:2], got[n-3:])
			}
			for i, s := range got[1:5000] {
				if s != fmt.Sprintf("%q", fmt.Sprintf("line %d %x\n", i, i*i*7919)) {
					t.Fatalf("line %d is %s", i, s)
				}
			}
			if back := r.backward(r.end()); !slices.Equal(back, got) {
				t.Errorf("backward: %d entries, %s ... %s", len(back), back[:2], back[len(back)-3:])
			}
			// A cursor in what was lost.
			p := r.after(2)
			p.Off = int64(text.Len()) - 10
			if got := r.forward(p); len(got) != 2 || !strings.HasPrefix(got[0], "gap") || got[1] != `"two\n"` {
				t.Errorf("within what was lost: got %s", got)
			}
		})
	}
}

// The torn end of a line is no line: it is in the gap.
func TestTornLineIsInTheGap(t *testing.T) {
	for _, whole := range []string{"", "two\n"} {
		packed := compressed(t, "x.gz", []byte(whole+scramble(3000)))
		w := newWorld(t)
		w.write("app.log.2", "one\n")
		w.write("app.log.1.gz", string(packed[:len(packed)/2]))
		w.write("app.log", "three\n")
		want := []string{`"one\n"`, `"two\n"`, "gap -1 app.log.1.gz: the compressed file is cut off", `"three\n"`}
		if whole == "" {
			want = slices.Delete(want, 1, 2)
		}
		r := w.open("app.log", Options{})
		for _, got := range [][]string{r.forward(r.start()), r.backward(r.end())} {
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				t.Errorf("%.300s, want %s", got, want)
			}
		}
	}
}

func TestNotCompressedAtAll(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.3.gz", "one\n")
	w.write("app.log.2.gz", "")
	w.write("app.log.1", string(compressed(t, "x.gz", []byte("two\n"))))
	w.write("app.log", "three\n")
	r := w.open("app.log", Options{})
	r.want(`"one\n"`, `"two\n"`, `"three\n"`)
}

func TestTamperedPosition(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\n")
	r := w.open("app.log", Options{})
	p := r.start()
	for off, reason := range map[int64]string{2: "no line begins", 1 << 40: "shorter"} {
		p.Off = off
		got := r.forward(p)
		if len(got) != 3 || !strings.HasPrefix(got[0], "gap -1 ") || !strings.Contains(got[0], reason) {
			t.Errorf("at %d: got %s", off, got)
		}
		var gone *line.GoneError
		if _, err := r.Backward(context.Background(), p, r.buf); !errors.As(err, &gone) || gone.Gap.From != p {
			t.Errorf("before %d: %v", off, err)
		}
	}
	if got := r.forward(line.Position{Gen: 12345, Off: 4}); len(got) != 3 || !strings.Contains(got[0], "no longer there") {
		t.Errorf("of another file: got %s", got)
	}
}

// faulty is a file system in which some files cannot be read.
type faulty struct {
	disk.System
	broken atomic.Pointer[string]
	read   atomic.Int64 // bytes
}

func (f *faulty) breaks(name string) bool {
	b := f.broken.Load()
	return b != nil && strings.HasSuffix(name, *b)
}

func (f *faulty) Open(name string) (disk.File, error) { return f.open(name, f.System.Open) }
func (f *faulty) OpenPlain(name string) (disk.File, error) {
	return f.open(name, f.System.OpenPlain)
}

func (f *faulty) open(name string, open func(string) (disk.File, error)) (disk.File, error) {
	if f.breaks(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	file, err := open(name)
	return counting{file, f}, err
}

type counting struct {
	disk.File
	fs *faulty
}

func (c counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(p, off)
	c.fs.read.Add(int64(n))
	return n, err
}

func TestUnreadable(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.2", "one\n")
	w.write("app.log.1", "two\n")
	w.write("app.log", "three\n")
	f := new(faulty)
	bad := "app.log.1"
	f.broken.Store(&bad)
	r := w.open("app.log", Options{FS: f})
	r.want(`"one\n"`, "gap -1 app.log.1: permission denied: let the user who runs tailbeam read it", `"three\n"`)
	f.broken.Store(nil)
	r.want(`"one\n"`, `"two\n"`, `"three\n"`)

	bad = "app.log"
	f.broken.Store(&bad)
	r = w.open("app.log", Options{FS: f})
	if got := r.forward(r.start()); !slices.Equal(got, []string{`"one\n"`, `"two\n"`}) {
		t.Errorf("got %s", got)
	}
	f.broken.Store(nil)
	r.want(`"one\n"`, `"two\n"`, `"three\n"`)
}

func TestManyFilesManyStates(t *testing.T) {
	w := newWorld(t)
	r := w.open("app.log", Options{})
	p := line.Position{}
	next := 0
	read := func() {
		t.Helper()
		got := r.forward(p)
		p = r.end()
		for _, s := range got {
			if want := fmt.Sprintf("%q", fmt.Sprintf("line %d\n", next)); s != want {
				t.Fatalf("got %s, want %s", s, want)
			}
			next++
		}
	}
	n := 0
	for round := range 12 {
		for range 10 {
			w.append("app.log", fmt.Sprintf("line %d\n", n))
			n++
		}
		read()
		w.append("app.log", fmt.Sprintf("line %d\n", n))
		n++
		for i := 20; i > 0; i-- {
			for _, ending := range []string{"", ".gz"} {
				from := fmt.Sprintf("app.log.%d%s", i, ending)
				if _, err := os.Stat(w.path(from)); err == nil {
					w.rename(from, fmt.Sprintf("app.log.%d%s", i+1, ending))
				}
			}
		}
		if round%2 == 0 {
			w.rename("app.log", "app.log.1")
		} else {
			text, err := os.ReadFile(w.path("app.log"))
			w.must(err)
			w.write("app.log.1", string(text))
			w.write("app.log", "")
		}
		if round > 1 {
			w.compress("app.log.2", "app.log.2.gz")
		}
	}
	read()
	if next != n {
		t.Errorf("read %d of %d lines", next, n)
	}
	if got := w.open("app.log", Options{}).forward(r.start()); len(got) != n {
		t.Errorf("another history reads %d of %d lines", len(got), n)
	}
}
