package local

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestFirstFileIsRenamedAtOnce(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path+".9", "there before\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r})
		r.want("changed waiting: no such file")
		write(t, path, "1\n")
		must(t, os.Rename(path, path+".2"))
		write(t, path, "2\n")
		must(t, os.Rename(path, path+".1"))
		write(t, path, "3\n")
		for i := range 3 {
			r.wantLast(fmt.Sprintf(`"%d\n"`, i+1))
		}
		write(t, path, "4\n")
		r.wantLast(`"4\n"`)
		r.wantNoGap()
	})
}

func TestRenamedAtOnceAndNoOtherComes(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		if cfg.Notifier == nil {
			t.Skip("nobody tells that there was a file")
		}
		path := filepath.Join(tempDir(t), "app.log")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r})
		r.want("changed waiting: no such file")
		write(t, path, "1\n")
		must(t, os.Rename(path, path+".1"))
		r.wantLast(`"1\n"`)
		write(t, path, "2\n")
		must(t, os.Rename(path, path+".2"))
		r.wantLast(`"2\n"`)
		r.wantNoGap()
	})
}

func TestFastRotations(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "0\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.wantLast(`"0\n"`)
		const turns = 20
		for turn := 1; turn <= turns; turn++ {
			for n := turn - 1; n > 0; n-- {
				must(t, os.Rename(fmt.Sprintf("%s.%d", path, n), fmt.Sprintf("%s.%d", path, n+1)))
			}
			must(t, os.Rename(path, path+".1"))
			write(t, path, fmt.Sprintf("%d\n", turn))
		}
		for turn := 1; turn <= turns; turn++ {
			r.wantLast(fmt.Sprintf(`"%d\n"`, turn))
		}
		r.wantNoGap()
		if all := r.lines(); all != turns+1 {
			t.Errorf("%d lines came, want %d", all, turns+1)
		}
	})
}
