package tailer

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestDirectoriesMadeDeepAndFilledAtOnce(t *testing.T) {
	dir := tempDir(t)
	r := newRegistry(t)
	mustOpen(t, r, idleSweep, "x="+dir+"/**/*.log")
	for n := range 5 {
		deep := fmt.Sprintf("%d/a/b/c/d/e", n)
		must(t, os.MkdirAll(dir+"/"+deep, 0o755))
		for i := range 30 {
			must(t, os.WriteFile(fmt.Sprintf("%s/%s/%d.log", dir, deep, i), []byte("line\n"), 0o644))
		}
		for i := range 30 {
			r.wantText(fmt.Sprintf("x/%s/%d.log", deep, i), "line\n")
		}
	}
}

func TestFilesOfARenamedDirectoryAreStreams(t *testing.T) {
	dir := tempDir(t)
	write(t, dir+"/old/app.log", "1\n")
	r := newRegistry(t)
	cfg := Config{Preload: 1 << 10, Find: 10 * time.Millisecond, Sweep: 50 * time.Millisecond}
	mustOpen(t, r, cfg, "x="+dir+"/**/*.log")
	r.wantText("x/old/app.log", "1\n")
	must(t, os.Rename(dir+"/old", dir+"/new"))
	write(t, dir+"/new/app.log", "2\n")
	r.wantText("x/new/app.log", "1\n2\n")
}
