package tailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// idleSweep leaves finding to notification.
var idleSweep = Config{Sweep: time.Hour, Find: 10 * time.Millisecond}

func TestDirectoryPicksUpFiles(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/a.log", "old\nlast\n")
	write(t, dir+"/.hidden", "x\n")
	must(t, os.Mkdir(dir+"/sub", 0o755))
	r := newRegistry(t)
	cfg := idleSweep
	cfg.Preload = 5
	mustOpen(t, r, cfg, dir+"/")
	r.wantStreams(dir, "a.log")
	r.wantText(StreamName(dir+"/a.log"), "last\n")
	write(t, dir+"/b.log", "whole\nfile\n")
	r.wantStreams(dir, "a.log", "b.log")
	r.wantText(StreamName(dir+"/b.log"), "whole\nfile\n")
}

func TestGlobPicksUpDirectories(t *testing.T) {
	dir := tempDir(t)
	r := newRegistry(t)
	tl := mustOpen(t, r, idleSweep, "x="+dir+"/logs/**/*.log")
	if w := tl.Waiting(); len(w) != 1 || w[0].Name != "x" {
		t.Errorf("Waiting() = %v, want the glob", w)
	}
	write(t, dir+"/logs/a/b/one.log", "1\n")
	r.wantText("x/a/b/one.log", "1\n")
	write(t, dir+"/logs/a/c/two.log", "2\n")
	write(t, dir+"/logs/a/c/two.txt", "no\n")
	r.wantText("x/a/c/two.log", "2\n")
	r.wantStreams("", "x/a/b/one.log", "x/a/c/two.log")
	if w := tl.Waiting(); len(w) != 0 {
		t.Errorf("Waiting() = %v, want none", w)
	}
}

func TestRotatedSiblingsAreNoStreams(t *testing.T) {
	dir := tempDir(t)
	for _, name := range []string{
		"app.log", "app.log.1", "app.log.2.gz", "app.log-20261121", "app-2026-11-21.log", "app.log.old",
		"daily-2026-11-20.log", "daily-2026-11-21.log", "worker.1",
	} {
		write(t, filepath.Join(dir, name), "text\n")
	}
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, dir+"/*")
	r.wantStreams(dir, "app.log", "daily-2026-11-20.log", "daily-2026-11-21.log", "worker.1")
	must(t, os.Rename(dir+"/app.log", dir+"/archived"))
	write(t, dir+"/app.log", "new\n")
	write(t, dir+"/other", "other\n")
	r.wantStreams(dir, "app.log", "daily-2026-11-20.log", "daily-2026-11-21.log", "worker.1", "other")
	r.wantText(StreamName(dir+"/app.log"), "new\n")
}

func TestNamedSiblingIsStream(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/app.log", "new\n")
	write(t, dir+"/app.log.1", "old\n")
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, dir+"/app.log.1", dir+"/")
	r.wantStreams(dir, "app.log", "app.log.1")
}

func TestLinks(t *testing.T) {
	dir, out := tempDir(t), tempDir(t)
	write(t, out+"/secret", "secret\n")
	write(t, dir+"/real.log", "real\n")
	write(t, dir+"/app.log.20261121", "today\n")
	for link, target := range map[string]string{
		"alias":   "real.log",
		"app.log": "app.log.20261121",
		"outside": out + "/secret",
		"dirlink": out,
		"loop":    "loop",
	} {
		must(t, os.Symlink(target, filepath.Join(dir, link)))
	}
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, dir+"/*", dir+"/*/*")
	r.wantStreams(dir, "app.log", "real.log")
	all := newRegistry(t)
	cfg := idleSweep
	cfg.OutsideLinks = true
	mustOpen(t, all, cfg, dir+"/*", dir+"/*/*")
	all.wantStreams(dir, "app.log", "real.log", "outside")
}

func TestLinkTurnedOutside(t *testing.T) {
	dir, out := tempDir(t), tempDir(t)
	write(t, out+"/secret", "secret\n")
	write(t, dir+"/app.log", "0\n")
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, dir+"/")
	write(t, dir+"/app.log", "1\n")
	r.wantText(StreamName(dir+"/app.log"), "1\n")
	must(t, os.Remove(dir+"/app.log"))
	must(t, os.Symlink(out+"/secret", dir+"/app.log"))
	r.until("a failed stream", func() bool {
		return strings.HasPrefix(r.streams[StreamName(dir+"/app.log")].condition, "failed: leads out of")
	})
	must(t, os.Remove(dir+"/app.log"))
	write(t, dir+"/app.log", "2\n")
	r.wantText(StreamName(dir+"/app.log"), "1\n2\n")
}

func TestBinaryIsSkippedUnlessNamed(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/core", "\x7fELF\x00\x00\n")
	write(t, dir+"/utf16", "\xff\xfeh\x00i\x00\n\x00")
	write(t, dir+"/text", "hi\n")
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, dir+"/")
	r.wantStreams(dir, "text", "utf16")
	named := newRegistry(t)
	mustOpen(t, named, idleSweep, dir+"/core")
	named.wantStreams(dir, "core")
	for _, log := range []string{r.log.String(), named.log.String()} {
		if !strings.Contains(log, dir+"/core") {
			t.Errorf("nothing is said of the binary file:\n%s", log)
		}
	}
}

func TestLongGoneIsLetGo(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/a.log", "1\n")
	write(t, dir+"/b.log", "1\n")
	r := newRegistry(t)
	mustOpen(t, r, Config{Forget: time.Millisecond, Sweep: 10 * time.Millisecond}, dir+"/", dir+"/b.log")
	r.wantStreams(dir, "a.log", "b.log")
	must(t, os.Remove(dir+"/a.log"))
	must(t, os.Remove(dir+"/b.log"))
	r.wantStreams(dir, "b.log")
	write(t, dir+"/a.log", "2\n")
	r.wantText(StreamName(dir+"/a.log"), "2\n")
	if len(r.removed) != 1 || !strings.Contains(r.removed[0], "gone for") {
		t.Errorf("removed %q, want one with its reason", r.removed)
	}
}

func TestOfVeryManyThatAreGoneTheUnwatchedAreLetGo(t *testing.T) {
	dir := tempDir(t)
	r := newRegistry(t)
	r.watched = StreamName(dir + "/b.log")
	mustOpen(t, r, Config{Forget: time.Minute / 2, MaxGone: 1, Sweep: 10 * time.Millisecond}, dir+"/")
	for _, name := range []string{"/a.log", "/b.log", "/c.log", "/d.log"} {
		write(t, dir+name, "1\n")
	}
	r.wantStreams(dir, "a.log", "b.log", "c.log", "d.log")
	for _, name := range []string{"/a.log", "/b.log", "/c.log"} {
		must(t, os.Remove(dir+name))
	}
	r.wantStreams(dir, "b.log", "d.log")
}

func TestSameFileIsOneStream(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/a.log", "1\n")
	t.Chdir(dir)
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, "a.log", dir+"/a.log", dir+"/../"+filepath.Base(dir)+"/a.log", "*.log", "./")
	r.wantStreams(dir, "a.log")
}

func TestStdin(t *testing.T) {
	in, out, err := os.Pipe()
	must(t, err)
	defer in.Close()
	r := newRegistry(t)
	mustOpen(t, r, Config{Stdin: in}, "-")
	_, err = out.WriteString("one\ntw")
	must(t, err)
	r.wantText("stdin", "one\n")
	must(t, out.Close())
	r.wantText("stdin", "one\ntw")
	r.until("the end", func() bool {
		return r.streams["stdin"].condition == line.Ended.String()+": end of input"
	})
}
