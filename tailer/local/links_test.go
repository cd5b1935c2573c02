package local

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// relink makes a symbolic link lead elsewhere in one step.
func relink(t *testing.T, target, name string) {
	t.Helper()
	must(t, os.Symlink(target, name+".new"))
	must(t, os.Rename(name+".new", name))
}

func TestLinkSwitch(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		cfg.Linger = time.Hour // late lines come late on a loaded machine
		dir := tempDir(t)
		path := filepath.Join(dir, "app.log")
		write(t, dir+"/data.1", "1 old\n")
		relink(t, "data.1", path)
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"1 old\n"`, "changed live")
		write(t, dir+"/data.2", "2 first\n")
		relink(t, "data.2", path)
		r.want("rotated live", `"2 first\n"`)
		write(t, dir+"/data.1", "1 late\n")
		r.want(`"1 late\n"`)
		write(t, dir+"/data.2", "2 more\n")
		r.want(`"2 more\n"`)
	})
}

func TestDirectoryLinkSwitch(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		cfg.Linger = time.Hour // late lines come late on a loaded machine
		dir := tempDir(t)
		write(t, dir+"/r1/x/app.log", "1 old\n")
		write(t, dir+"/r2/x/app.log", "2 first\n")
		relink(t, "r1", dir+"/current")
		r := record(t)
		follow(t, cfg, Target{Path: dir + "/current/x/app.log", Sink: r, Preload: Whole})
		r.want(`"1 old\n"`, "changed live")
		relink(t, "r2", dir+"/current")
		r.want("rotated live", `"2 first\n"`)
		write(t, dir+"/r1/x/app.log", "1 late\n")
		r.want(`"1 late\n"`)
		write(t, dir+"/r2/x/app.log", "2 more\n")
		r.want(`"2 more\n"`)
	})
}

func TestDirectoryRemovedAndMadeAgain(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		dir := tempDir(t)
		path := dir + "/a/b/app.log"
		write(t, path, "old\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"old\n"`, "changed live")
		must(t, os.RemoveAll(dir+"/a"))
		r.wantLast("changed waiting: no such file")
		write(t, path, "new\n")
		r.wantLast(`"new\n"`)
		write(t, path, "more\n")
		r.wantLast(`"more\n"`)
	})
}

func TestDirectoryMovedAway(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		cfg.Linger = time.Hour // late lines come late on a loaded machine
		dir := tempDir(t)
		path := dir + "/logs/app.log"
		write(t, path, "old\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"old\n"`, "changed live")
		must(t, os.Rename(dir+"/logs", dir+"/logs.old"))
		write(t, path, "new\n")
		r.wantLast(`"new\n"`)
		write(t, path, "more\n")
		r.wantLast(`"more\n"`)
		write(t, dir+"/logs.old/app.log", "late\n")
		r.wantLast(`"late\n"`)
	})
}

func TestLinkCircle(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		dir := tempDir(t)
		path := dir + "/app.log"
		relink(t, "app.log", path)
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r})
		r.want("changed failed: symbolic links lead in a circle")
		must(t, os.Remove(path))
		write(t, path, "a file\n")
		r.wantLast(`"a file\n"`)
		r.wantNoGap()
	})
}

func TestReplacedByDirectory(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := tempDir(t) + "/app.log"
		write(t, path, "old\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"old\n"`, "changed live")
		must(t, os.Remove(path))
		must(t, os.Mkdir(path, 0o755))
		r.wantLast("changed failed: " + errDirectory.Error())
		must(t, os.Remove(path))
		write(t, path, "new\n")
		r.wantLast(`"new\n"`)
	})
}

func TestFileThatComesBack(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := tempDir(t) + "/app.log"
		write(t, path, "one\n")
		r := record(t)
		s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"one\n"`, "changed live")
		must(t, os.Rename(path, path+".aside"))
		r.wantLast("changed waiting: no such file")
		waitFor(t, "the file to be closed", func() bool { return s.newest() == nil })
		write(t, path+".aside", "two\n")
		must(t, os.Rename(path+".aside", path))
		r.wantLast(`"two\n"`)
		write(t, path, "three\n")
		r.wantLast(`"three\n"`)
		if len(r.gaps) > 0 {
			t.Errorf("gaps: %v", r.gaps)
		}
	})
}
