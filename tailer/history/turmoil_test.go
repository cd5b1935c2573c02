package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
)

// numbered reads what a line says that it is.
func numbered(t testing.TB, text []byte) int {
	n, err := strconv.Atoi(string(bytes.TrimSpace(bytes.TrimLeft(text, "line "))))
	if err != nil {
		t.Errorf("not a line of the test: %.60q", text)
		return -1
	}
	return n
}

// TestTurmoil rotates, copies, cuts and compresses a log all the time, while
// many read it in both directions. Nothing is removed: each must see every line
// once, in order.
func TestTurmoil(t *testing.T) {
	w := newWorld(t)
	store := NewStore(StoreOptions{Files: 4, Unpacked: unpack.Options{Size: 4 * unpack.Block, Dir: t.TempDir(), Decoders: 2}})
	defer store.Close()
	w.write("app.log", "line 0\n")
	h := Open(w.path("app.log"), Options{Store: store})
	var written atomic.Int64
	written.Store(1)
	const rotations = 60
	ctx, done := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		defer done()
		random := rand.New(rand.NewPCG(1, 2))
		for range rotations {
			for range random.IntN(30) + 1 {
				n := written.Load()
				f, err := os.OpenFile(w.path("app.log"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
				if err == nil {
					_, err = fmt.Fprintf(f, "line %d\n", n)
					f.Close()
				}
				if err != nil {
					t.Error(err)
				}
				written.Add(1)
			}
			w.rotate(random)
		}
	})
	for i := range 4 {
		all.Go(func() { forwardInTurmoil(t, ctx, h, &written, uint64(i)) })
	}
	for range 2 {
		all.Go(func() { backwardInTurmoil(t, ctx, h) })
	}
	all.Wait()
	store.mu.Lock()
	defer store.mu.Unlock()
	if n := len(store.files); n > 4 {
		t.Errorf("%d files are open", n)
	}
}

// rotate does what logrotate does, one step after the other.
func (w *world) rotate(random *rand.Rand) {
	check := func(err error) {
		if err != nil {
			w.Error(err)
		}
	}
	for i := 99; i > 0; i-- {
		for _, ending := range []string{".gz", ""} {
			from := w.path(fmt.Sprintf("app.log.%d%s", i, ending))
			if _, err := os.Stat(from); err == nil {
				check(os.Rename(from, w.path(fmt.Sprintf("app.log.%d%s", i+1, ending))))
			}
		}
	}
	if random.IntN(2) == 0 {
		check(os.Rename(w.path("app.log"), w.path("app.log.1")))
		f, err := os.Create(w.path("app.log"))
		check(err)
		check(f.Close())
	} else {
		text, err := os.ReadFile(w.path("app.log"))
		check(err)
		check(os.WriteFile(w.path("app.log.1"), text, 0o600))
		check(os.Truncate(w.path("app.log"), 0))
	}
	plain := w.path("app.log.2")
	if text, err := os.ReadFile(plain); err == nil {
		info, err := os.Stat(plain)
		check(err)
		packed := compressed(w.TB, "x.gz", text)
		f, err := os.Create(plain + ".gz")
		check(err)
		for len(packed) > 0 {
			n, err := f.Write(packed[:min(len(packed), 20)])
			check(err)
			packed = packed[n:]
		}
		check(f.Close())
		check(os.Chtimes(plain+".gz", info.ModTime(), info.ModTime()))
		check(os.Remove(plain))
	}
}

// forwardInTurmoil follows a history from its start.
func forwardInTurmoil(t *testing.T, ctx context.Context, h *History, written *atomic.Int64, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 5))
	buf := make([]byte, 1<<20+100)
	p, err := h.Start(context.Background())
	if err != nil {
		t.Error(err)
		return
	}
	next := 0
	for {
		over := ctx.Err() != nil
		b, err := h.Forward(context.Background(), p, buf[:random.IntN(500)+20])
		switch {
		case err == io.EOF && over:
			if n := int(written.Load()); next != n {
				t.Errorf("read %d of %d lines", next, n)
			}
			return
		case err == io.EOF:
			continue
		case err != nil:
			t.Errorf("after line %d at %x: %v", next, p, err)
			return
		}
		for i := range b.Lines() {
			if n := numbered(t, b.Entry(i)); n != next {
				t.Errorf("got line %d, want %d at %x", n, next, b.Pos)
				return
			}
			next++
		}
		p = b.End()
	}
}

// backwardInTurmoil reads all there is from the end, again and again.
func backwardInTurmoil(t *testing.T, ctx context.Context, h *History) {
	buf := make([]byte, 300)
	for ctx.Err() == nil {
		p, err := h.End(context.Background())
		if err != nil {
			t.Error(err)
			return
		}
		next := -1
		for {
			b, err := h.Backward(context.Background(), p, buf)
			if err == io.EOF {
				break
			}
			var gone *line.GoneError
			if errors.As(err, &gone) {
				t.Errorf("before line %d: %x %s", next, gone.Gap.From, gone.Gap.Reason)
				return
			}
			if err != nil {
				t.Errorf("before line %d: %v", next, err)
				return
			}
			for i := b.Lines() - 1; i >= 0; i-- {
				n := numbered(t, b.Entry(i))
				if next >= 0 && n != next-1 {
					t.Errorf("got line %d before %d", n, next)
					return
				}
				next = n
			}
			p = b.Pos
		}
		if next > 0 {
			t.Errorf("the first line is %d", next)
			return
		}
	}
}

// Files are closed, and blocks given back, when nobody has used them for a
// while.
func TestIdleFilesAreClosed(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\n")
	store := NewStore(StoreOptions{Rest: time.Millisecond})
	defer store.Close()
	r := w.open("app.log", Options{Store: store})
	r.want(`"one\n"`)
	for deadline := time.Now().Add(30 * time.Second); ; {
		store.mu.Lock()
		open := len(store.files)
		store.mu.Unlock()
		if open == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d files stay open", open)
		}
	}
	r.want(`"one\n"`)
}
