package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What lay there before the server began is history, however new it is, and
// where the newest file is longer than what is read of it at once.
func TestFreshFilesAreReadFromTheirBeginning(t *testing.T) {
	for _, age := range []time.Duration{0, time.Hour} {
		dir := t.TempDir()
		file := filepath.Join(dir, "app.log")
		appendTo(t, file+".2", joined(lines(0, 1000)))
		compress(t, file+".2")
		appendTo(t, file+".1", joined(lines(1000, 2000)))
		appendTo(t, file, joined(lines(2000, 20_000)))
		listed := time.Now().Add(-age)
		if err := os.Chtimes(dir, listed, listed); err != nil {
			t.Fatal(err)
		}
		p := start(t, "app="+file)
		expect(t, dialGobwas(t, "ws://"+p.host()+"/ws/app?n=all"), lines(0, 20_000)...)
		dialBatches(t, p, "").expectFrom(t, 0, 19_999)
	}
}
