package local

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/disk"
)

func TestRewrittenInOneStep(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "old\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"old\n"`, "changed live")
		for i := range 5 {
			write(t, path+".tmp", fmt.Sprintf("%d\n", i))
			must(t, os.Rename(path+".tmp", path))
			r.want("rotated live", fmt.Sprintf(`"%d\n"`, i))
		}
		write(t, path, "more\n")
		r.want(`"more\n"`)
		r.wantNoGap()
	})
}

func TestDeletedAndMadeAtOnce(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "0\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.wantLast(`"0\n"`)
		for i := 1; i <= 10; i++ {
			must(t, os.Remove(path))
			write(t, path, fmt.Sprintf("%d\n", i))
			r.wantLast("rotated live")
			r.want(fmt.Sprintf(`"%d\n"`, i))
		}
		r.wantNoGap()
	})
}

// otherFileSystem returns a directory on another file system than the one of
// temporary files, if there is one.
func otherFileSystem(t *testing.T) string {
	here, err := disk.System{}.Stat(t.TempDir())
	must(t, err)
	there, err := disk.System{}.Stat("/dev/shm")
	if err != nil || there.ID.Dev == here.ID.Dev {
		t.Skip("there is no second file system at /dev/shm")
	}
	dir, err := os.MkdirTemp("/dev/shm", "tailbeam")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestNameThatMovesBetweenFileSystems(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		cfg.Linger = time.Hour // late lines come late on a loaded machine
		here, there := tempDir(t), otherFileSystem(t)
		path := filepath.Join(here, "app.log")
		write(t, here+"/data.1", "1\n")
		relink(t, here+"/data.1", path)
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"1\n"`, "changed live")
		write(t, there+"/data.2", "2\n")
		relink(t, there+"/data.2", path)
		r.want("rotated live", `"2\n"`)
		write(t, here+"/data.1", "1 late\n")
		r.want(`"1 late\n"`)
		write(t, there+"/data.2", "2 more\n")
		r.want(`"2 more\n"`)
		// mv(1) from one to the other copies and removes.
		copyFile(t, there+"/data.2", here+"/data.3")
		must(t, os.Remove(there+"/data.2"))
		r.wantLast("changed waiting: no such file")
		write(t, there+"/data.2", "3\n")
		r.wantLast(`"3\n"`)
		must(t, os.Remove(path))
		write(t, path, "4\n")
		r.wantLast(`"4\n"`)
		r.wantNoGap()
	})
}

func TestDirectoryThatMovesBetweenFileSystems(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		here, there := tempDir(t), otherFileSystem(t)
		path := filepath.Join(here, "logs", "app.log")
		write(t, path, "1\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"1\n"`, "changed live")
		must(t, os.RemoveAll(here+"/logs"))
		r.wantLast("changed waiting: no such file")
		write(t, there+"/app.log", "2\n")
		relink(t, there, here+"/logs")
		r.wantLast(`"2\n"`)
		write(t, path, "3\n")
		r.wantLast(`"3\n"`)
	})
}
