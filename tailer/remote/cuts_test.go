package remote

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"tailbeam/tailer/line"
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

// rotations are the ways in which the file is rotated: each moves what is at path
// to path.1, and those before one further.
var rotations = map[string]func(t *testing.T, path string, before int){
	"renamed": func(t *testing.T, path string, before int) {
		shift(t, path, before, "")
		move(t, path, path+".1")
	},
	"renamed and compressed": func(t *testing.T, path string, before int) {
		if before > 0 { // which has been there for a while
			pack(t, path+".1")
		}
		shift(t, path, before, ".gz")
		move(t, path, path+".1")
	},
	"copied and truncated": func(t *testing.T, path string, before int) {
		shift(t, path, before, "")
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path+".1", data, 0o644)
		}
		if err == nil {
			err = os.Truncate(path, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
	},
}

// shift gives each predecessor the name of the one before it.
func shift(t *testing.T, path string, n int, suffix string) {
	t.Helper()
	for i := n; i > 0; i-- {
		move(t, fmt.Sprintf("%s.%d%s", path, i, suffix), fmt.Sprintf("%s.%d%s", path, i+1, suffix))
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// pack compresses a file as gzip(1) does: under another name first.
func pack(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // a level that there is
	_, _ = z.Write(data)                              // to memory
	z.Close()
	if err := errors.Join(os.WriteFile(path+".gz", out.Bytes(), 0o644), os.Chtimes(path+".gz", info.ModTime(), info.ModTime()), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
}

// TestCutsAndRotations writes 10,000 lines a second, cuts the connection every
// 2 s and rotates every 3 s: each line must be delivered once, and those of a
// file in their order.
func TestCutsAndRotations(t *testing.T) {
	t.Parallel()
	for name := range rotations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cutsAndRotations(t, name)
		})
	}
}

func cutsAndRotations(t *testing.T, how string) {
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	written, before := 0, 0
	open := func() *os.File {
		w, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := open()
	st.Follow(r, local.Whole)
	began := time.Now()
	cut, rotated := began, began
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
			rotations[how](t, path, before)
			before++
			w.Close()
			w = open()
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
	for _, text := range bytes.Split(bytes.TrimSuffix(r.text, []byte("\n")), []byte("\n")) {
		fields := bytes.Fields(text)
		n, err := strconv.Atoi(string(fields[1]))
		if err != nil || n >= written {
			t.Fatalf("torn line %q", text)
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
	t.Logf("%d lines, %d rotations, %d lost, %d doubled", written, before, lost, doubled)
	if how == "copied and truncated" { // where viewers are told that something may be gone
		r.gaps = slices.DeleteFunc(r.gaps, func(g line.Gap) bool { return g.Bytes < 0 })
	}
	if lost > 0 || doubled > 0 || len(r.gaps) > 0 || len(r.wrong) > 0 {
		t.Errorf("%d lost, %d doubled, gaps %v, wrong order %v", lost, doubled, r.gaps, r.wrong)
	}
}
