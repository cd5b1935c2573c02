package history

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"tailbeam/tailer/line"
)

func TestOneStream(t *testing.T) {
	for name, names := range map[string][]string{
		"numbers":           {"app.log.3", "app.log.2", "app.log.1"},
		"many numbers":      {"app.log.11", "app.log.10", "app.log.9"},
		"dates":             {"app.log-20261119", "app.log-20261120", "app.log-20261121"},
		"dates inside":      {"app-2026-11-19.log", "app-2026-11-20.log", "app-2026-11-21.log"},
		"dates and numbers": {"app.2026-11-20.9.log", "app.2026-11-20.10.log", "app.2026-11-21.0.log"},
		"seconds":           {"app.log-1763697480", "app.log-1763697481", "app.log-1763697490"},
		"compressed":        {"app.log.3.gz", "app.log.2.zst", "app.log.1"},
		"old":               {"app.log-20261119", "app.log-20261120.gz", "app.log.old"},
		"mixed":             {"app.log.2.gz", "app.log.1.gz", "app.log-20261120"},
		"upwards":           {"app.log.1", "app.log.2", "app.log.3"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for i, n := range names {
				text := strings.Repeat(n+" x\n", 2)
				w.write("tmp", text)
				if strings.HasSuffix(n, "gz") || strings.HasSuffix(n, "zst") {
					w.compress("tmp", n)
				} else {
					w.rename("tmp", n)
				}
				names[i] = `"` + n + ` x\n"`
			}
			w.write("app.log", "now\n")
			w.write("app.log.bak", "none of it\n")
			w.write("other.log.1", "none of it\n")
			var want []string
			for _, n := range names {
				want = append(want, n, n)
			}
			w.open("app.log", Options{}).want(append(want, `"now\n"`)...)
		})
	}
}

func TestPositionStaysGood(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\nthree\n")
	r := w.open("app.log", Options{})
	at := r.after(1)
	check := func(when string, want ...string) {
		t.Helper()
		for name, r := range map[string]*reading{"same run": r, "next run": w.open("app.log", Options{})} {
			if got := r.forward(at); !slices.Equal(got, want) {
				t.Errorf("%s, %s: got %s, want %s", when, name, got, want)
			}
			if got := r.backward(at); !slices.Equal(got, []string{`"one\n"`}) {
				t.Errorf("%s, %s, backward: got %s", when, name, got)
			}
		}
	}
	check("at first", `"two\n"`, `"three\n"`)
	w.rename("app.log", "app.log.1")
	check("without a successor", `"two\n"`, `"three\n"`)
	w.write("app.log", "four\n")
	check("renamed", `"two\n"`, `"three\n"`, `"four\n"`)
	w.compress("app.log.1", "app.log.1.gz")
	check("compressed", `"two\n"`, `"three\n"`, `"four\n"`)
	w.rename("app.log.1.gz", "app.log.2.gz")
	w.rename("app.log", "app.log.1")
	w.write("app.log", "five\n")
	check("rotated again", `"two\n"`, `"three\n"`, `"four\n"`, `"five\n"`)
	w.write("tmp", "one\ntwo\nthree\n")
	w.compress("tmp", "app.log.2.zst")
	w.remove("app.log.2.gz")
	check("compressed otherwise", `"two\n"`, `"three\n"`, `"four\n"`, `"five\n"`)
}

// A generation keeps the name by which it was given out first, so that what
// was read before and after it was compressed fits together.
func TestNameOfAGeneration(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\n")
	r := w.open("app.log", Options{})
	at := r.start()
	w.rename("app.log", "app.log.1")
	w.write("app.log", "three\n")
	w.compress("app.log.1", "app.log.1.gz")
	if again := r.start(); again != at {
		t.Errorf("the start is %v, it was %v", again, at)
	}
}

func TestCopiesAreOneGeneration(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.2", "one\ntwo\n")
	w.pack("app.log.2", "app.log.2.gz")
	w.write("app.log.1", "three\n")
	w.write("app.log.1.gz", "") // gzip has just begun
	w.write("app.log", "four\nfive\n")
	w.copy("app.log.0", "four\n") // the copy of copytruncate grows
	r := w.open("app.log", Options{})
	r.want(`"one\n"`, `"two\n"`, `"three\n"`, `"four\n"`, `"five\n"`)
	w.must(os.Link(w.path("app.log.1"), w.path("app.log.3")))
	w.age("app.log")
	w.remove("app.log.0")
	r.want(`"one\n"`, `"two\n"`, `"three\n"`, `"four\n"`, `"five\n"`)
}

func TestCopyAndTruncate(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\n")
	r := w.open("app.log", Options{})
	at := r.after(1)
	w.copy("app.log.1", "one\ntwo\n")
	if got := r.forward(at); !slices.Equal(got, []string{`"two\n"`}) {
		t.Errorf("copied: got %s", got)
	}
	w.write("app.log", "")
	if got := r.forward(at); !slices.Equal(got, []string{`"two\n"`}) {
		t.Errorf("truncated: got %s", got)
	}
	w.append("app.log", "three\n")
	for _, r := range []*reading{r, w.open("app.log", Options{})} {
		if got := r.forward(at); !slices.Equal(got, []string{`"two\n"`, `"three\n"`}) {
			t.Errorf("written to: got %s", got)
		}
		r.want(`"one\n"`, `"two\n"`, `"three\n"`)
	}
}

// A writer that keeps its offset leaves a hole of zeros.
func TestHole(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.1", "one\n")
	w.write("app.log", strings.Repeat("\x00", 100_000)+"two\nthree\n")
	r := w.open("app.log", Options{})
	r.want(`"one\n"`, `"two\n"`, `"three\n"`)
	if at := r.after(1); at.Off != 4 {
		t.Errorf("the first generation ends at %d", at.Off)
	}
	if at := r.after(2); at.Off != 100_004 {
		t.Errorf("the second line ends at %d", at.Off)
	}
	w.rename("app.log", "app.log.0")
	w.compress("app.log.0", "app.log.0.gz")
	w.write("app.log", "four\n")
	w.open("app.log", Options{}).want(`"one\n"`, `"two\n"`, `"three\n"`, `"four\n"`)
}

func TestEndOfTheNewest(t *testing.T) {
	w := newWorld(t)
	r := w.open("app.log", Options{})
	if p := r.start(); !p.IsZero() {
		t.Errorf("start %v without a file", p)
	}
	if p := r.end(); !p.IsZero() {
		t.Errorf("end %v without a file", p)
	}
	if got := r.forward(line.Position{}); len(got) > 0 {
		t.Errorf("got %s without a file", got)
	}
	w.write("app.log", "")
	r.want()
	w.append("app.log", "one\nhal")
	r.want(`"one\n"`, `partial "hal"`)
	at := r.after(1)
	if r.end() != at {
		t.Errorf("end %v behind the line, want %v", r.end(), at)
	}
	w.append("app.log", "f\n")
	if got := r.forward(at); !slices.Equal(got, []string{`"half\n"`}) {
		t.Errorf("got %s", got)
	}
	w.append("app.log", "no end")
	w.rename("app.log", "app.log.1")
	r.want(`"one\n"`, `"half\n"`, `partial "no end"`)
	w.write("app.log", "two\n")
	r.want(`"one\n"`, `"half\n"`, `"no end"`, `"two\n"`)
}

func TestFollowedByLink(t *testing.T) {
	w := newWorld(t)
	w.write("app-20261120.log", "one\n")
	w.write("app-20261121.log", "two\n")
	w.must(os.Symlink("app-20261121.log", w.path("current")))
	w.open("current", Options{}).want(`"one\n"`, `"two\n"`)
}

func TestNothingOutsideTheRoot(t *testing.T) {
	w, out := newWorld(t), newWorld(t)
	out.write("secret", "secret\n")
	out.write("secret.1", "secret\n")
	w.must(os.Symlink(out.path("secret"), w.path("app.log")))
	w.must(os.Symlink(out.path("secret"), w.path("app.log.1")))
	w.write("app.log.2", "one\n")
	r := w.open("app.log", Options{Root: w.dir})
	if got := r.forward(r.start()); !slices.Equal(got, []string{`"one\n"`}) {
		t.Errorf("got %s", got)
	}
}

func TestCancelled(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\n")
	r := w.open("app.log", Options{})
	p := r.start()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Forward(ctx, p, r.buf); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
