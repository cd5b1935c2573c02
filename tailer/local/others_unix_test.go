//go:build unix

package local

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nxadm/tail"

	"tailbeam/tailer/notify"
)

// full is the pace of the long stress run.
var full = pace{lines: 50_000, every: 200 * time.Millisecond}

// TestStressBesideOthers has another process write and rotate while GNU tail
// -F, the TailFile of nxadm/tail and a Stream follow the same file, with
// consumers that flow and with some that stall, and prints how many lines each
// lost and doubled and how many were torn; wrong counts doubled, torn and out
// of order together. It
// takes minutes and runs where TAILBEAM_STRESS says how long each part is, as
// in 20s.
func TestStressBesideOthers(t *testing.T) {
	if os.Getenv("TAILBEAM_STRESS") == "" {
		t.Skip("make stress runs it")
	}
	gnu := need(t, "tail", "coreutils")
	table := []string{fmt.Sprintf("%-15s %-9s %9s | %8s %6s %5s | %8s %6s %5s | %8s %6s %5s",
		"rotation", "consumer", "lines", "tailbeam", "wrong", "gaps", "GNU tail", "dup", "torn", "nxadm", "dup", "torn")}
	for _, rotate := range rotations {
		for _, consumer := range []string{"flowing", "stalling"} {
			t.Run(rotate.name+"/"+consumer, func(t *testing.T) {
				table = append(table, beside(t, gnu, rotate, consumer))
			})
		}
	}
	fmt.Println(strings.Join(table, "\n"))
}

// beside does one part and returns its row.
func beside(t *testing.T, gnu string, rotate rotation, consumer string) string {
	dir := tempDir(t)
	path := newWriter(t, dir, rotate).path // makes the first file
	v := &verifier{t: t}
	if consumer == "stalling" {
		v.stall, v.every = 500*time.Millisecond, 3*time.Second
	}
	cfg := Config{Notifier: notify.Open()}
	defer cfg.Notifier.Close()
	f := New(cfg)
	defer f.Close()
	f.Follow(Target{Path: path, Sink: v, Preload: Whole})
	nxadm := exec.Command(os.Args[0])
	nxadm.Env = append(os.Environ(), "TAILBEAM_TEST_NXADM="+path)
	others := []*tally{
		readFrom(t, exec.Command(gnu, "-n", "+1", "-F", path), v.stall),
		readFrom(t, nxadm, v.stall),
	}
	w := exec.Command(os.Args[0])
	w.Env = append(os.Environ(), "TAILBEAM_TEST_ROTATE="+rotate.name, "TAILBEAM_TEST_DIR="+dir, "TAILBEAM_TEST_TIME="+os.Getenv("TAILBEAM_STRESS"))
	w.Stderr = os.Stderr
	out, err := w.Output()
	must(t, err)
	written, err := strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
	must(t, err)
	v.verify(written, rotate)
	row := fmt.Sprintf("%-15s %-9s %9d | %8d %6d %5d", rotate.name, consumer, written, written-v.count, v.wrong, len(v.gaps))
	for _, o := range others {
		o.stop()
		row += fmt.Sprintf(" | %8d %6d %5d", written-min(written, o.count), o.doubled, o.torn)
	}
	return row
}

// rotateAlone is what the process does that writes. It says how many lines.
func rotateAlone(mode, dir, total string) {
	d, err := time.ParseDuration(total)
	if err != nil {
		exit{}.Fatal(err)
	}
	for _, r := range rotations {
		if r.name == mode {
			w := resumeWriter(exit{}, dir, r)
			w.pace = full
			w.run(d)
			fmt.Println(w.seq)
		}
	}
}

// resumeWriter is a writer that goes on where newWriter has made the files.
func resumeWriter(t failer, dir string, r rotation) *writer {
	w := &writer{t: t, dir: dir, path: filepath.Join(dir, "app.log"), rotate: r}
	at := w.path
	switch r.name {
	case "link":
		at = filepath.Join(dir, "data.0")
	case "directory-link":
		w.path = filepath.Join(dir, "current", "app.log")
		at = filepath.Join(dir, "release-0", "app.log")
	}
	w.open(at)
	return w
}

// exit is the failer of a process.
type exit struct{}

func (exit) Helper() {}
func (exit) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

// followWithNxadm is what a process does that prints what TailFile yields. It
// is one of its own because that package may end the process.
func followWithNxadm(path string) {
	t, err := tail.TailFile(path, tail.Config{Follow: true, ReOpen: true, CompleteLines: true, Logger: tail.DiscardingLogger})
	if err != nil {
		exit{}.Fatal(err)
	}
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	for l := range t.Lines {
		out.WriteString(l.Text)
		out.WriteByte('\n')
		if len(t.Lines) == 0 {
			out.Flush()
		}
	}
}

// A tally counts what a program prints.
type tally struct {
	cmd  *exec.Cmd
	done chan struct{}

	mu                   sync.Mutex
	seen                 map[uint64]uint8
	count, doubled, torn uint64
}

func readFrom(t *testing.T, cmd *exec.Cmd, stall time.Duration) *tally {
	t.Helper()
	c := &tally{cmd: cmd, done: make(chan struct{}), seen: map[uint64]uint8{}}
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	go c.read(out, stall)
	return c
}

func (c *tally) read(out io.Reader, stall time.Duration) {
	defer close(c.done)
	r := bufio.NewReaderSize(out, 64<<10)
	var want []byte
	stalled := time.Now()
	for {
		text, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		number, _, _ := bytes.Cut(bytes.TrimPrefix(text, []byte("n=")), []byte(" "))
		n, err := strconv.ParseUint(string(number), 10, 64)
		want = appendNumbered(want[:0], n)
		c.mu.Lock()
		switch {
		case err != nil || !bytes.Equal(text, want):
			c.torn++
		case c.seen[n] > 0:
			c.doubled++
		default:
			c.seen[n]++
			c.count++
		}
		c.mu.Unlock()
		if stall > 0 && time.Since(stalled) > 3*time.Second+stall {
			time.Sleep(stall) // the stall is what is tested
			stalled = time.Now()
		}
	}
}

// stop ends the program when it has printed nothing for a while.
func (c *tally) stop() {
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for quiet, last := 0, uint64(0); quiet < 20; quiet++ {
		c.mu.Lock()
		now := c.count + c.doubled + c.torn
		c.mu.Unlock()
		if now != last {
			quiet, last = 0, now
		}
		<-poll.C
	}
	c.cmd.Process.Kill()
	<-c.done
	_ = c.cmd.Wait() // it was killed
}
