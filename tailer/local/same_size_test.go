package local

import (
	"os"
	"path/filepath"
	"testing"
)

// A file that nothing tells of is looked at now and then, and may have been
// truncated and have grown to the very size that it had.
func TestTruncateAndRegrowToTheSameSize(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "one\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.want(`"one\n"`, "changed live")
		for _, text := range []string{"two\n", "six\n", "ten\n"} {
			// As a truncation and a write that nobody looks between.
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			must(t, err)
			_, err = file.WriteString(text)
			must(t, err)
			must(t, file.Close())
			r.wantLast(`"` + text[:3] + `\n"`)
		}
	})
}
