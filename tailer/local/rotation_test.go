package local

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAppendedLines(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "zero\none\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: 5})
		r.want(`"one\n"`, "changed live")
		write(t, path, "two\n")
		r.want(`"two\n"`)
		write(t, path, "three\r\n\nfi")
		r.want(`"three\r\n"`, `"\n"`)
		write(t, path, "ve\n")
		r.want(`"five\n"`)
	})
}

func TestFileAppearsLate(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		dir := tempDir(t)
		path := filepath.Join(dir, "deep", "down", "app.log")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r})
		r.want("changed waiting: no such file")
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		write(t, path, "first\n")
		r.wantLast(`"first\n"`)
		write(t, path, "second\n")
		r.wantLast(`"second\n"`)
	})
}

func TestRenameAndCreate(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		t.Parallel() // each waits for the end of Linger
		cfg.Linger = 3 * time.Second
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "old 1\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"old 1\n"`, "changed live")
		must(t, os.Rename(path, path+".1"))
		write(t, path+".1", "old 2\nold end")
		r.wantLast(`"old 2\n"`)
		write(t, path, "new 1\n")
		r.wantLast("rotated live")
		r.want(`"new 1\n"`)
		write(t, path+".1", "ed late")
		r.want(`"old ended late"`)
		write(t, path, "new 2\n")
		r.want(`"new 2\n"`)
	})
}

func TestDeleteAndCreate(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "old\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"old\n"`, "changed live")
		must(t, os.Remove(path))
		r.want("changed waiting: no such file")
		write(t, path, "new\n")
		r.want("rotated live", `"new\n"`)
	})
}

func TestTruncate(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "one\ntwo\nthr")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"one\n"`, `"two\n"`, "changed live")
		must(t, os.Truncate(path, 0))
		r.wantLast(`"thr"`)
		r.wantLast("truncated live")
		write(t, path, "anew\n")
		r.want(`"anew\n"`)
	})
}
