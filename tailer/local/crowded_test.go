package local

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/notify"
)

// TestManyOldFilesMakeRoomForNewOnes rotates more often within the time for which
// an old file is watched than files of one stream are open at once, and removes
// the old ones: what is not opened at once is lost.
func TestManyOldFilesMakeRoomForNewOnes(t *testing.T) {
	cfg := quick()
	cfg.Linger = time.Hour
	cfg.Notifier = notify.Open()
	defer cfg.Notifier.Close()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "0\n")
	r := record(t)
	f := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole}).f
	for n := range 2 * maxOpen {
		r.wantLast(fmt.Sprintf(`"%d\n"`, n))
		must(t, os.Rename(path, path+".1")) // in the place of the one before
		write(t, path, fmt.Sprintf("%d\n", n+1))
	}
	r.wantNoGap()
	waitFor(t, "the oldest to be closed", func() bool { return f.fs.open.Load() <= manyOpen })
}
