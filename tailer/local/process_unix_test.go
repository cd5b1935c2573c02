//go:build unix

package local

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is also the program that writes: a process of its own, as
// where logs are written for real.
func TestMain(m *testing.M) {
	if paths := os.Getenv("TAILBEAM_TEST_WRITER"); paths != "" {
		if err := writeUntilTold(strings.Split(paths, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if mode := os.Getenv("TAILBEAM_TEST_ROTATE"); mode != "" {
		rotateAlone(mode, os.Getenv("TAILBEAM_TEST_DIR"), os.Getenv("TAILBEAM_TEST_TIME"))
		return
	}
	if path := os.Getenv("TAILBEAM_TEST_NXADM"); path != "" {
		followWithNxadm(path)
		return
	}
	if what := os.Getenv("TAILBEAM_TEST_PACED"); what != "" {
		fmt.Fprintln(os.Stderr, writePaced(what))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilTold writes numbered lines to each of some files, opens them anew
// at SIGHUP, and at SIGTERM ends and says how many it wrote to each.
func writeUntilTold(paths []string) error {
	told := make(chan os.Signal, 16)
	signal.Notify(told, syscall.SIGHUP, syscall.SIGTERM)
	files := make([]*os.File, len(paths))
	reopen := func() (err error) {
		for i, path := range paths {
			if files[i] != nil {
				files[i].Close()
			}
			if files[i], err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	if err := reopen(); err != nil {
		return err
	}
	fmt.Println("ready")
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	began, n := time.Now(), uint64(0)
	var text []byte
	for {
		select {
		case s := <-told:
			if s == syscall.SIGTERM {
				fmt.Println(n)
				return nil
			}
			if err := reopen(); err != nil {
				return err
			}
		case <-pace.C:
		}
		for due := uint64(time.Since(began).Seconds() * linesPerSecond / 2); n < due; n++ {
			text = appendNumbered(text[:0], n)
			for _, f := range files {
				if _, err := f.Write(text); err != nil {
					return err
				}
			}
		}
	}
}

// writePaced is what the process does that writes, until it is killed: lines
// that begin with the time, one write(2) each.
func writePaced(what string) error {
	perSecond, path, _ := strings.Cut(what, " ")
	rate, err := strconv.Atoi(perSecond)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	rest := strings.Repeat("x", 130) + "\n"
	began := time.Now()
	for n := 0; ; n++ {
		time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(rate))))
		if _, err := fmt.Fprintf(f, "%d %s", time.Now().UnixNano(), rest); err != nil {
			return err
		}
	}
}

// A process is a running writer.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out *os.File
}

func startWriter(t *testing.T, paths ...string) *process {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	defer w.Close()
	p := &process{t: t, cmd: exec.Command(os.Args[0]), out: r}
	p.cmd.Env = append(os.Environ(), "TAILBEAM_TEST_WRITER="+strings.Join(paths, "\n"))
	p.cmd.Stdout, p.cmd.Stderr = w, os.Stderr
	must(t, p.cmd.Start())
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		r.Close()
	})
	var ready string
	if _, err := fmt.Fscan(r, &ready); err != nil || ready != "ready" {
		t.Fatalf("the writer says %q: %v", ready, err)
	}
	return p
}

// end ends the writer and returns how many lines it wrote.
func (p *process) end() uint64 {
	p.t.Helper()
	must(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	var text string
	if _, err := fmt.Fscan(p.out, &text); err != nil {
		p.t.Fatal(err)
	}
	must(p.t, p.cmd.Wait())
	n, err := strconv.ParseUint(text, 10, 64)
	must(p.t, err)
	return n
}
