package tailer

import (
	"os"
	"testing"
	"time"

	"tailbeam/tailer/disk"
)

// What is made in the same tick of the file system's clock as a listing does not
// change the time of the directory.
func TestDirectoryThatMayHaveChangedSinceItWasListed(t *testing.T) {
	whole := time.Now().Add(-time.Hour).Truncate(2 * time.Second)
	for _, c := range []struct {
		modified, listed time.Time
		want             bool
	}{
		{whole.Add(123456789), whole.Add(123456789 + time.Millisecond), true},
		{whole.Add(123456789), whole.Add(time.Second), false},
		{whole, whole.Add(900 * time.Millisecond), true},
		{whole, whole.Add(1900 * time.Millisecond), true},
		{whole, whole.Add(5 * time.Second), false},
	} {
		dir := tempDir(t)
		must(t, os.Chtimes(dir, c.modified, c.modified))
		info, err := disk.System{}.Stat(dir)
		must(t, err)
		f := finder{dirs: map[string]*foundDir{dir: {modified: info.Modified}}, listed: c.listed}
		if got := f.stale(); got != c.want {
			t.Errorf("changed at %s, listed at %s: stale is %v", c.modified, c.listed, got)
		}
	}
}
