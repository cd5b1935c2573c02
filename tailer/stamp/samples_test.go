package stamp

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Real logs, one kind a file, in the directory that TAILBEAM_SAMPLE_LOGS names:
// nearly all of their lines have a time, and it hardly ever goes back.
func TestRealLogsHaveTimes(t *testing.T) {
	dir := os.Getenv("TAILBEAM_SAMPLE_LOGS")
	if dir == "" {
		t.Skip("set TAILBEAM_SAMPLE_LOGS to a directory of logs (*.log)")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no logs in %s: %v", dir, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			checkTimes(t, bufio.NewScanner(file), info.ModTime())
		})
	}
}

func checkTimes(t *testing.T, lines *bufio.Scanner, ref time.Time) {
	var r Reader
	var first, last time.Time
	var count, stamped, back int
	levels := make(map[string]int)
	for lines.Scan() {
		count++
		levels[LevelOf(lines.Bytes()).String()]++
		at, ok := r.Time(lines.Bytes(), ref)
		if !ok {
			if count-stamped < 10 {
				t.Logf("no time: %.120q", lines.Bytes())
			}
			continue
		}
		if stamped++; first.IsZero() {
			first = at
		}
		if at.Before(last) {
			back++
		}
		last = at
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d lines from %s to %s, %d times back; %v", stamped, count, first, last, back, levels)
	if stamped*100 < count*99 {
		t.Errorf("only %d of %d lines have a time", stamped, count)
	}
	if back*50 > count {
		t.Errorf("the time goes back %d times in %d lines", back, count)
	}
}
