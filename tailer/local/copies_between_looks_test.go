package local

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/notify"
)

// unwoken is a configuration in which nothing happens that a test does not
// begin.
func unwoken() Config {
	cfg := quick()
	cfg.Sweep, cfg.Poll = time.Hour, time.Hour
	return cfg
}

// cutTo copies a file to its first predecessor, counting up the others, and
// begins it anew.
func cutTo(t *testing.T, path, text string) {
	t.Helper()
	if _, err := os.Stat(path + ".1"); err == nil {
		must(t, os.Rename(path+".1", path+".2"))
	}
	copyFile(t, path, path+".1")
	nextTick(t, path+".1")
	must(t, os.Truncate(path, 0))
	write(t, path, text)
}

func TestTruncatedAndRenamedBetweenTwoLooks(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\n")
	r := record(t)
	s := follow(t, unwoken(), Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, "changed live")
	write(t, path, "two\n")
	cutTo(t, path, "three\n")
	must(t, os.Rename(path+".1", path+".2"))
	must(t, os.Rename(path, path+".1"))
	write(t, path, "four\n")
	s.f.wake(s, looking)
	for _, line := range []string{`"two\n"`, `"three\n"`, `"four\n"`} {
		r.wantLast(line)
	}
	r.wantNoGap()
}

// A file that is copied in the tick in which it was made is not older than its
// copy. So that is looked into before it is known that the file was cut, and what
// the file held behind what was read is only there.
func TestCopyIsFoundBeforeTheTruncation(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\ntw")
	r := record(t)
	cfg := unwoken()
	cfg.FS = slowClock{disk.System{}, time.Now().Add(time.Minute).UnixNano()}
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, "changed live")
	write(t, path, "o\n")
	cutTo(t, path, "three\n")
	for range 2 { // so that others are looked for
		s.Wake(notify.Made)
	}
	r.wantLast(`"two\n"`)
	r.wantLast(`"three\n"`)
	r.wantNoGap()
}

func TestNewFileTruncatedBeforeItIsFound(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\n")
	r := record(t)
	s := follow(t, unwoken(), Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, "changed live")
	must(t, os.Rename(path, path+".1"))
	write(t, path, "two\n")
	nextTick(t, path)
	cutTo(t, path, "three\n")
	s.f.wake(s, looking)
	r.wantLast(`"two\n"`)
	r.wantLast(`"three\n"`)
	r.wantNoGap()
}

func TestNewFileTruncatedBeforeItIsRead(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\n")
	r := gated(t, 1)
	s := follow(t, unwoken(), Target{Path: path, Sink: r, Preload: Whole})
	<-r.closed
	must(t, os.Rename(path, path+".1"))
	write(t, path, "two\n")
	made, err := disk.System{}.Stat(path)
	must(t, err)
	s.f.wake(s, looking)
	waitFor(t, "the new file to be found", func() bool { return s.newest().id == made.ID })
	nextTick(t, path)
	cutTo(t, path, "three\n")
	close(r.open)
	r.wantLast(`"two\n"`)
	r.wantLast(`"three\n"`)
	r.wantNoGap()
}

// Some copy to the same file at each rotation.
func TestCopyOverTheCopyBefore(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "one\n")
	r := record(t)
	s := follow(t, unwoken(), Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"one\n"`, "changed live")
	copyAndCut := func(text string) {
		b, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path+".1", b, 0o644))
		must(t, os.Truncate(path, 0))
		write(t, path, text)
	}
	copyAndCut("two\n")
	s.f.wake(s, reading)
	r.wantLast(`"two\n"`)
	write(t, path, "three\n")
	copyAndCut("four\n")
	s.f.wake(s, reading)
	r.wantLast(`"three\n"`)
	r.wantLast(`"four\n"`)
	r.wantNoGap()
}
