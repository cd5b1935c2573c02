package local

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, data, 0o644))
}

// A gate is a sink that lets a number of lines through and then waits to be
// opened.
type gate struct {
	*recorder
	closed chan struct{} // closed when the sink waits
	open   chan struct{} // closed to let it go on
	after  int
}

func gated(t *testing.T, after int) *gate {
	return &gate{recorder: record(t), closed: make(chan struct{}), open: make(chan struct{}), after: after}
}

func (g *gate) Append(b *line.Batch) {
	g.recorder.Append(b)
	if g.after -= b.Lines(); g.after == 0 {
		close(g.closed)
		<-g.open
	}
}

func TestCopytruncateWhileTheSinkWaits(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "one\n")
		r := gated(t, 1)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		<-r.closed
		write(t, path, "two\nthree\n")
		copyFile(t, path, path+".1")
		must(t, os.Truncate(path, 0))
		write(t, path, "four\n")
		must(t, os.Rename(path+".1", path+".2"))
		copyFile(t, path, path+".1")
		must(t, os.Truncate(path, 0))
		write(t, path, "five, longer than what was there before\n")
		close(r.open)
		r.want(`"one\n"`, "changed live", `"two\n"`, `"three\n"`, "truncated live", `"four\n"`,
			"truncated live: what was written between the end of its copy and the truncation is gone, if anything was",
			`"five, longer than what was there before\n"`)
	})
}

func TestTruncateAndRegrow(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "111111\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"111111\n"`, "changed live")
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
		must(t, err)
		_, err = io.WriteString(f, "111112\n222222\n333333\n")
		must(t, err)
		must(t, f.Close())
		r.wantLast("truncated live")
		r.want(`"111112\n"`, `"222222\n"`, `"333333\n"`)
	})
}

func TestWriterThatKeepsItsOffset(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		f, err := os.Create(path)
		must(t, err)
		defer f.Close()
		_, err = io.WriteString(f, strings.Repeat("x", 1_000_000)+"\n")
		must(t, err)
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r})
		r.want("changed live")
		must(t, os.Truncate(path, 0))
		r.wantLast("truncated live")
		_, err = io.WriteString(f, "behind a hole\n")
		must(t, err)
		r.want(`"behind a hole\n"`)
	})
}

func TestCopyOfALogIsNoGenerationOfItsOwn(t *testing.T) {
	// A copy is made beside the file, which is replaced by another soon after:
	// what is in the copy was delivered already.
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, strings.Repeat("delivered\n", 10))
	r := record(t)
	cfg := quick()
	cfg.Sweep, cfg.Poll = time.Hour, time.Hour
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	for range 10 {
		r.want(`"delivered\n"`)
	}
	r.want("changed live")
	copyFile(t, path, path+".1")
	must(t, os.Remove(path))
	write(t, path, "new\n")
	s.f.wake(s, looking)
	r.want("rotated live", `"new\n"`)
}

func TestHoleTellsHowMuchWasLost(t *testing.T) {
	for _, c := range []struct{ name, lost, event string }{
		{"nothing", "", "truncated live"},
		{"a line", "lost\n", "gap 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(tempDir(t), "app.log")
			f, err := os.Create(path) // without O_APPEND: it keeps its offset
			must(t, err)
			defer f.Close()
			_, err = io.WriteString(f, "one\n")
			must(t, err)
			r := gated(t, 1)
			s := follow(t, unwoken(), Target{Path: path, Sink: r, Preload: Whole})
			<-r.closed
			_, err = io.WriteString(f, c.lost)
			must(t, err)
			must(t, os.Truncate(path, 0))
			_, err = io.WriteString(f, "behind\n")
			must(t, err)
			s.f.wake(s, reading)
			close(r.open)
			r.wantLast(c.event)
			r.wantLast(`"behind\n"`)
			if c.lost == "" {
				r.wantNoGap()
			}
		})
	}
}
