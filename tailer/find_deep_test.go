package tailer

import (
	"fmt"
	"os"
	"testing"
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
