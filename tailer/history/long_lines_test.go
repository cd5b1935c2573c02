package history

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// pieces is what a Splitter makes of a generation that ended.
func pieces(text []byte, maxLine int) (all []string) {
	s := split.Splitter{MaxLine: maxLine}
	for len(text) > 0 {
		n, ends, flags := s.Next(text, nil)
		if n == 0 {
			n, ends, flags = s.Rest(text, nil)
		}
		all = append(all, show(line.Batch{Data: text[:n], Ends: ends, Flags: flags})...)
		text = text[n:]
	}
	return all
}

func TestLongLinesAreCutAsLive(t *testing.T) {
	long := strings.Repeat("äbc€", 50)
	for name, text := range map[string]string{
		"one":       long + "\n",
		"among":     "x\n" + long + "\n\ny\r\n" + long + "\r\nz\n",
		"at limit":  strings.Repeat("a", 16) + "\n" + strings.Repeat("b", 16) + "\r\n" + strings.Repeat("c", 17) + "\n" + strings.Repeat("d", 16) + "\r",
		"no end":    "x\n" + long,
		"invalid":   strings.Repeat("\xff\xe2\x82", 30) + "\nx\n",
		"empty":     "\n\n\n",
		"after one": long + "\n" + long + "x\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.write("app.log.1", text)
			w.write("app.log", "last\n")
			want := append(pieces([]byte(text), 16), `"last\n"`)
			w.wantFromEach(want, 18, 19, 20, 50, 500)
		})
	}
}

// wantFromEach holds app.log, in pieces of 16 bytes, to what is wanted: from each
// position both ways, by a history that has not read the line yet, with buffers of
// some sizes.
func (w *world) wantFromEach(want []string, sizes ...int) {
	w.Helper()
	for _, size := range sizes {
		r := w.open("app.log", Options{MaxLine: 16})
		r.buf = make([]byte, size)
		r.want(want...)
		p := r.start()
		for i := range want {
			fresh := w.open("app.log", Options{MaxLine: 16})
			fresh.buf = make([]byte, size)
			if got := fresh.forward(p); !slices.Equal(got, want[i:]) {
				w.Fatalf("buffer %d, from entry %d forward:\n got %s\nwant %s", size, i, got, want[i:])
			}
			if got := fresh.backward(p); !slices.Equal(got, want[:i]) {
				w.Fatalf("buffer %d, from entry %d backward:\n got %s\nwant %s", size, i, got, want[:i])
			}
			p = r.after(i + 1)
		}
	}
}

func TestShortBuffer(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", strings.Repeat("x", 100)+"\n")
	r := w.open("app.log", Options{})
	p, end := r.start(), r.end()
	small := make([]byte, 100)
	if _, err := r.Forward(context.Background(), p, small); err != io.ErrShortBuffer {
		t.Errorf("forward: %v", err)
	}
	if _, err := r.Backward(context.Background(), end, small); err != io.ErrShortBuffer {
		t.Errorf("backward: %v", err)
	}
}

func TestGrowingLongLine(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "x\n"+strings.Repeat("a", 40))
	r := w.open("app.log", Options{MaxLine: 16})
	r.want(`"x\n"`, `"aaaaaaaaaaaaaaaa"...`, `..."aaaaaaaaaaaaaaaa"...`, `partial ..."aaaaaaaa"`)
	if p := r.end(); p.Off != 34 {
		t.Errorf("the end is at %d", p.Off)
	}
	w.append("app.log", "a\nb\n")
	r.want(`"x\n"`, `"aaaaaaaaaaaaaaaa"...`, `..."aaaaaaaaaaaaaaaa"...`, `..."aaaaaaaaa\n"`, `"b\n"`)
}

// Reading backward through a line without an end goes over it once or twice,
// not once for each piece.
func TestHugeLineBackward(t *testing.T) {
	const size, limit = 32 << 20, 64 << 10
	w := newWorld(t)
	w.write("app.log", "first\n"+strings.Repeat("0123456789abcdef", size/16)+"\nlast\n")
	f := new(faulty)
	r := w.open("app.log", Options{MaxLine: limit, FS: f})
	r.buf = make([]byte, limit+2)
	p := r.end()
	total, n := 0, 0
	for {
		b, err := r.Backward(context.Background(), p, r.buf)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		total += len(b.Data)
		n++
		p = b.Pos
	}
	if total != size+len("first\n")+len("\nlast\n") || n < size/limit {
		t.Errorf("%d bytes in %d batches", total, n)
	}
	if read := f.read.Load(); read > 12*size {
		t.Errorf("%d bytes read for %d", read, total)
	}
}

func TestManyMarksOfALongLine(t *testing.T) {
	var m memo
	const n, size = 10_000, 7
	for i := range n {
		m.piece(100, int64(100+i*size), int64(100+(i+1)*size))
	}
	if got := len(m.long[0].marks); got > maxMarks {
		t.Errorf("%d marks", got)
	}
	for i := 1; i <= n; i++ {
		off := int64(100 + i*size)
		start, piece, ok := m.within(off)
		if !ok || start != 100 || piece >= off || off-piece > 32*size || (piece-100)%size != 0 {
			t.Fatalf("within %d: %d, %d, %v", off, start, piece, ok)
		}
	}
	if _, _, ok := m.within(100); ok {
		t.Error("the beginning is within")
	}
	if _, _, ok := m.within(100 + n*size + 1); ok {
		t.Error("what is behind is within")
	}
}

// A position in a file of any size is read at once.
func TestSeekInAHugeFile(t *testing.T) {
	const size = 10 << 30
	w := newWorld(t)
	w.write("app.log", "first\n")
	f, err := os.OpenFile(w.path("app.log"), os.O_WRONLY, 0)
	w.must(err)
	w.must(f.Truncate(size))
	_, err = f.WriteAt([]byte("\nmiddle\nmore\n"), size/2)
	w.must(err)
	_, err = f.WriteAt([]byte("\nlast\n"), size-6)
	w.must(err)
	w.must(f.Close())
	w.age("app.log")
	counted := new(faulty)
	r := w.open("app.log", Options{FS: counted})
	end := r.end()
	if end.Off != size {
		t.Fatalf("the end is at %d", end.Off)
	}
	buf := make([]byte, 4096)
	b, err := r.Forward(context.Background(), line.Position{Gen: end.Gen, Off: size/2 + 1}, buf)
	if err != nil || b.Lines() != 2 || string(b.Entry(0)) != "middle\n" {
		t.Errorf("forward: %s, %v", show(b), err)
	}
	b, err = r.Backward(context.Background(), line.Position{Gen: end.Gen, Off: size/2 + 13}, buf)
	if err != nil || b.Lines() != 2 || string(b.Entry(1)) != "more\n" {
		t.Errorf("backward: %s, %v", show(b), err)
	}
	if b, err = r.Backward(context.Background(), end, buf); err != nil || string(b.Data) != "last\n" {
		t.Errorf("at the end: %s, %v", show(b), err)
	}
	if read := counted.read.Load(); read > 64<<10 {
		t.Errorf("%d bytes were read", read)
	}
}
