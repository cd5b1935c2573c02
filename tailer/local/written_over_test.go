package local

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// As logrotate does with shred, and rotate 0.
func TestOldFileIsWrittenOver(t *testing.T) {
	cfg := quick()
	cfg.Linger = time.Hour
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\ntwo\n")
	r := record(t)
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, `"two\n"`, "changed live")
	must(t, os.Rename(path, path+".1"))
	write(t, path, "three\n")
	r.wantLast(`"three\n"`)
	write(t, path+".1", "late\n") // it is whole when it has lost its name
	r.wantLast(`"late\n"`)
	old, err := os.OpenFile(path+".1", os.O_WRONLY, 0)
	must(t, err)
	defer old.Close()
	_, err = old.Write(bytes.Repeat([]byte("noise\n"), 1000))
	must(t, err)
	waitFor(t, "the old file to be closed", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.gens) == 1
	})
	write(t, path, "four\n")
	r.wantLast(`"four\n"`)
	r.wantNoGap()
	if n := r.lines(); n != 5 {
		t.Errorf("%d lines, want 5", n)
	}
}
