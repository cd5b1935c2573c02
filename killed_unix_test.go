//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// numbering writes numbered lines, never far ahead of who reads them, and takes
// up a new file when it is told to, as a daemon does at a signal.
type numbering struct {
	path, reopen     string // a file that stands for the signal
	written, allowed atomic.Int64
}

const inFlight = 3000 // lines

func (n *numbering) run(stop <-chan struct{}) error {
	file, err := os.OpenFile(n.path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for err == nil {
		if _, missing := os.Stat(n.reopen); missing == nil {
			file.Close()
			file, err = os.OpenFile(n.path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
			os.Remove(n.reopen)
			continue
		}
		if k := n.written.Load(); k < n.allowed.Load() {
			_, err = fmt.Fprintf(file, "line %d\n", k)
			n.written.Add(1)
			continue
		}
		select {
		case <-stop:
			return file.Close()
		case <-tick.C:
		}
	}
	return err
}

// TestKilledWhileLogrotateWorks kills the server again and again while lines
// come and logrotate renames, compresses and counts up. A client that resumes
// by its cursor has every line once.
func TestKilledWhileLogrotateWorks(t *testing.T) {
	logrotate := need(t, "logrotate", "logrotate")
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755)) // logrotate refuses where others may write
	n := &numbering{path: filepath.Join(dir, "app.log"), reopen: filepath.Join(dir, "reopen")}
	config := fmt.Sprintf("%s {\nrotate 99\ncreate\ncompress\npostrotate\ntouch %s; while [ -e %s ]; do sleep 0.01; done\nendscript\n}\n",
		n.path, n.reopen, n.reopen)
	must(t, os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o644))
	appendTo(t, n.path, "")
	const total, kills = 30_000, 5
	n.allowed.Store(inFlight)
	stop, stopped, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	wrote := make(chan error, 1)
	go func() { wrote <- n.run(stop) }()
	rotations := 0
	go func() {
		defer close(ended)
		for range time.Tick(time.Millisecond) {
			select {
			case <-stopped:
				return
			default:
			}
			if n.written.Load() < int64(rotations+1)*2000 {
				continue
			}
			out, err := exec.Command(logrotate, "--force", "--state", filepath.Join(dir, "state"), filepath.Join(dir, "config")).CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			rotations++
		}
	}()
	defer func() {
		close(stopped)
		<-ended
		close(stop)
		if err := <-wrote; err != nil {
			t.Error(err)
		}
	}()

	seen := make([]bool, total)
	received, cursor := int64(0), ""
	for run := range kills + 1 {
		p := start(t, "app="+n.path)
		v := dialBatches(t, p, cursor)
		for received < total*int64(run+1)/(kills+1) {
			for _, text := range v.next(t) {
				k, err := strconv.Atoi(strings.TrimPrefix(text, "line "))
				if err != nil || k >= total || seen[k] {
					t.Fatalf("run %d, after %d lines: %q came again, or is none of the test", run, received, text)
				}
				seen[k] = true
				received++
			}
			n.allowed.Store(min(total, received+inFlight))
		}
		cursor = v.cursor
		must(t, p.cmd.Process.Kill())
		<-p.exited
	}
	if n := n.written.Load(); n < total {
		t.Errorf("%d lines written", n)
	}
	if _, err := os.Stat(n.path + ".5.gz"); err != nil {
		t.Errorf("less than five rotations: %v", err)
	}
}
