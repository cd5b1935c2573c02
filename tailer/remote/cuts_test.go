package remote

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// stress is how long the test of cuts and rotations goes on.
func stress(t *testing.T) time.Duration {
	d, err := time.ParseDuration(os.Getenv("TAILBEAM_STRESS"))
	if err != nil {
		return 7 * time.Second
	}
	return d
}

// TestCutsAndRotations writes 10,000 lines a second, cuts the connection every
// 2 s and rotates every 3 s: each line must be delivered once, and those of a
// file in their order.
func TestCutsAndRotations(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	written := 0
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	st.Follow(r, local.Whole)
	began := time.Now()
	cut, rotated, rotations := began, began, 0
	pulse := time.NewTicker(10 * time.Millisecond)
	defer pulse.Stop()
	for now := range pulse.C {
		elapsed := now.Sub(began)
		if elapsed > stress(t) {
			break
		}
		out := bufio.NewWriter(w)
		for ; written < int(elapsed.Seconds()*10_000); written++ {
			fmt.Fprintf(out, "line %d of many, with some text to it\n", written)
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		if now.Sub(cut) > 2*time.Second {
			cut = now
			server.Cut()
		}
		if now.Sub(rotated) > 3*time.Second {
			rotated = now
			for i := rotations; i > 0; i-- {
				if err := os.Rename(fmt.Sprintf("%s.%d", path, i), fmt.Sprintf("%s.%d", path, i+1)); err != nil {
					t.Fatal(err)
				}
			}
			rotations++
			if err := os.Rename(path, path+".1"); err != nil {
				t.Fatal(err)
			}
			w.Close()
			if w, err = os.Create(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Close()
	want := 0
	for i := range written {
		want += len(fmt.Sprintf("line %d of many, with some text to it\n", i))
	}
	r.await(t, "all lines", func() bool { return len(r.text) >= want })
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := make([]int, written)
	for _, line := range bytes.Split(bytes.TrimSuffix(r.text, []byte("\n")), []byte("\n")) {
		fields := bytes.Fields(line)
		n, err := strconv.Atoi(string(fields[1]))
		if err != nil || n >= written {
			t.Fatalf("torn line %q", line)
		}
		seen[n]++
	}
	lost, doubled := 0, 0
	for _, n := range seen {
		if n == 0 {
			lost++
		}
		if n > 1 {
			doubled += n - 1
		}
	}
	t.Logf("%d lines, %d rotations, %d lost, %d doubled", written, rotations, lost, doubled)
	if lost > 0 || doubled > 0 || len(r.gaps) > 0 || len(r.wrong) > 0 {
		t.Errorf("%d lost, %d doubled, gaps %v, wrong order %v", lost, doubled, r.gaps, r.wrong)
	}
}
