package main

import (
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A writtenLog is a log that is written and rotated at random, as logrotate
// does it, while its server is killed at random. The ledger knows what was
// written.
type writtenLog struct {
	*ledger
	rand   *rand.Rand
	path   string
	old    []string // names of earlier files, newest first
	file   int      // how many were made under the name, or begun by a truncation
	line   int
	server *program
}

// write appends lines to the newest file, or late ones to the one before, in
// two writes and in the middle of a line perhaps.
func (w *writtenLog) write(path string, n int) {
	file := w.file
	if path != w.path {
		file--
	}
	var text strings.Builder
	for range n {
		text.WriteString(w.enter(file, w.line) + "\n")
		w.line++
	}
	cut := w.rand.IntN(text.Len())
	appendTo(w.t, path, text.String()[:cut])
	appendTo(w.t, path, text.String()[cut:])
}

// run begins the server, and lets the client go on.
func (w *writtenLog) run() {
	w.server = start(w.t, "app="+w.path)
	w.follow(w.server)
}

// kill ends the server in the middle of whatever it does.
func (w *writtenLog) kill() {
	must(w.t, w.server.cmd.Process.Kill())
	<-w.server.exited
	w.flow()
	<-w.ended
}

// settle waits until the client has every line.
func (w *writtenLog) settle() {
	w.flow()
	defer func() {
		if missing := w.missing(); len(missing) > 0 {
			w.t.Logf("%d lines are missing, as %q", len(missing), missing[0])
		}
	}()
	until(w.t, "every line", func() bool { return len(w.missing()) == 0 })
}

// aside returns the name of the file that is rotated now, and counts up those
// of the others.
func (w *writtenLog) aside() string {
	w.file++
	for i := len(w.old) - 1; i >= 0; i-- {
		to := fmt.Sprintf("%s.%d", w.path, i+2)
		if strings.HasSuffix(w.old[i], ".gz") {
			to += ".gz"
		}
		must(w.t, os.Rename(w.old[i], to))
		w.old[i] = to
	}
	w.old = append([]string{w.path + ".1"}, w.old...)
	return w.old[0]
}

// rename rotates, perhaps under a writer that goes on in the old file.
func (w *writtenLog) rename() {
	name := w.aside()
	must(w.t, os.Rename(w.path, name))
	if w.rand.IntN(2) == 0 {
		appendTo(w.t, w.path, "")
		w.write(name, 1+w.rand.IntN(5))
	}
	w.write(w.path, 1+w.rand.IntN(5))
}

func (w *writtenLog) copyAndTruncate() {
	text, err := os.ReadFile(w.path)
	must(w.t, err)
	must(w.t, os.WriteFile(w.aside(), text, 0o644))
	must(w.t, os.Truncate(w.path, 0))
	w.write(w.path, 1+w.rand.IntN(20))
}

// compress does to an old file what gzip does.
func (w *writtenLog) compress() {
	i := 1 + w.rand.IntN(3)
	if i >= len(w.old) || strings.HasSuffix(w.old[i], ".gz") {
		return
	}
	text, err := os.ReadFile(w.old[i])
	must(w.t, err)
	info, err := os.Stat(w.old[i])
	must(w.t, err)
	f, err := os.Create(w.old[i] + ".gz")
	must(w.t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write(text)
	must(w.t, err)
	must(w.t, z.Close())
	must(w.t, f.Close())
	must(w.t, os.Chtimes(w.old[i]+".gz", info.ModTime(), info.ModTime()))
	must(w.t, os.Remove(w.old[i]))
	w.old[i] += ".gz"
}

// step does one thing.
func (w *writtenLog) step() {
	if w.rand.IntN(2) == 0 {
		w.settle()
	}
	n := w.rand.IntN(21)
	w.t.Logf("step %d in file %d, line %d", n, w.file, w.line)
	switch {
	case n < 9:
		w.write(w.path, 1+w.rand.IntN(50))
	case n < 13:
		w.rename()
	case n < 14:
		w.compress()
	case n < 16:
		w.copyAndTruncate()
	case n < 17:
		w.stall()
	case n < 20:
		w.flow()
	default:
		w.kill()
		for range w.rand.IntN(6) {
			switch w.rand.IntN(4) {
			case 0:
				w.write(w.path, 1+w.rand.IntN(50))
			case 1:
				w.rename()
			case 2:
				w.copyAndTruncate()
			case 3:
				w.compress()
			}
		}
		w.run()
	}
}

// TestModelOfRestarts writes, rotates, stalls the client and kills the server
// at random. No file is removed, so every line must come once, and in the order
// of its file. TAILBEAM_SEED repeats a run as far as the clock allows.
func TestModelOfRestarts(t *testing.T) {
	for run := range 4 {
		t.Run(strconv.Itoa(run), func(t *testing.T) {
			t.Parallel()
			seed := uint64(time.Now().UnixNano())
			if n, err := strconv.ParseUint(os.Getenv("TAILBEAM_SEED"), 10, 64); err == nil {
				seed = n
			}
			t.Logf("seed %d", seed)
			w := &writtenLog{ledger: newLedger(t), rand: rand.New(rand.NewPCG(seed, 0)), path: filepath.Join(t.TempDir(), "app.log")}
			w.write(w.path, 3)
			w.run()
			defer func() {
				w.kill()
				for _, gap := range w.gaps {
					// Who truncates a file while it is written to may destroy what nobody saw.
					if !strings.Contains(gap, "if anything was") {
						t.Errorf("gap %s", gap)
					}
				}
			}()
			for range 80 {
				w.step()
				if t.Failed() {
					return
				}
			}
			w.settle()
		})
	}
}
