//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// wscat prints the last lines and what comes.
func TestExampleOfWscat(t *testing.T) {
	bin, err := filepath.Abs(filepath.Dir(locked(t, ".bin", "wscat")))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, joined(lines(0, 20)))
	p := start(t, "app="+file)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "exec "+example(t, p, "wscat", "sh"))
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the last lines", func() bool { return out.String() == joined(lines(10, 20)) })
	appendTo(t, file, joined(lines(20, 25)))
	until(t, "further lines", func() bool { return out.String() == joined(lines(10, 25)) })
	input.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("wscat: %v: %s", err, out.String())
	}
}
