package tailer

import (
	"fmt"
	"strings"
	"testing"
)

func TestPreloadOfManyFilesIsBounded(t *testing.T) {
	dir := tempDir(t)
	const files, affordable = 12, 5
	text := strings.Repeat("a line that was there\n", 500) // more than a file counts at least
	for i := range files {
		write(t, fmt.Sprintf("%s/%d.log", dir, i), text)
	}
	r := newRegistry(t)
	cfg := idleSweep
	cfg.Preload, cfg.PreloadTotal = 1<<20, affordable*int64(len(text))
	mustOpen(t, r, cfg, dir+"/")
	for i := range files {
		write(t, fmt.Sprintf("%s/%d.log", dir, i), "new\n")
	}
	whole := 0
	for i := range files {
		s := r.streams[StreamName(fmt.Sprintf("%s/%d.log", dir, i))]
		r.until("the new line", func() bool { return strings.HasSuffix(s.text.String(), "new\n") })
		switch s.text.String() {
		case text + "new\n":
			whole++
		case "new\n":
		default:
			t.Errorf("%d bytes of file %d", s.text.Len(), i)
		}
	}
	if whole != affordable {
		t.Errorf("%d files are preloaded, want %d", whole, affordable)
	}
}
