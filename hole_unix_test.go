//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A writer that keeps its offset when the file is cut leaves a hole before what
// it writes next, which is not there for readers, whenever they come.
func TestResumeBehindAHole(t *testing.T) {
	for _, size := range []int{3, 3000} {
		file := filepath.Join(t.TempDir(), "app.log")
		appendTo(t, file, joined(lines(0, size)))
		p := start(t, "app="+file)
		v := dialBatches(t, p, "")
		v.expectFrom(t, 0, size-1)
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		at := int64(len(joined(lines(0, size))))
		signal := func(s syscall.Signal) {
			if err := p.cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
		}
		signal(syscall.SIGSTOP) // so that the server sees both at once
		if err := f.Truncate(0); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte(joined(lines(size, size+2))), at); err != nil {
			t.Fatal(err)
		}
		signal(syscall.SIGCONT)
		v.expectFrom(t, size, size+1)
		signal(syscall.SIGKILL)
		<-p.exited
		p = start(t, "app="+file)
		appendTo(t, file, joined(lines(size+2, size+3)))
		dialBatches(t, p, v.cursor).expectFrom(t, size+2, size+2)
		dialBatches(t, p, "").expectFrom(t, size, size+2)
	}
}
