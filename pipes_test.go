//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a pipe delivered can be read back from its first line though memory
// holds the end only.
func TestPipeIsReadBeyondMemory(t *testing.T) {
	const n = 10_000
	long := strings.Repeat(" and on", 140)
	name := filepath.Join(t.TempDir(), "in")
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "line %d%s\n", i, long)
	}
	appendTo(t, name, text.String())
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	p := startWith(t, in, "--memory", "4MiB", "-")
	until(t, "the end of input", func() bool { return p.streams()[0].Condition == "ended" })
	v := dialGobwas(t, "ws://"+p.host()+"/ws/stdin?n=all")
	for i := range n {
		if got, end := v.next(t); got != fmt.Sprintf("line %d%s", i, long) {
			t.Fatalf("message %d is %.20q, %v", i, got, end)
		}
	}
}

func TestCommandEndsWithTheKilledServer(t *testing.T) {
	p := start(t, "cmd:sleep 1000 & echo $!; wait")
	pid, end := dialGobwas(t, "ws://"+p.host()+"/ws/cmd-1?n=1").next(t)
	if end != nil {
		t.Fatal(end)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "the command is gone", func() bool {
		state, _ := exec.Command("ps", "-o", "state=", "-p", pid).Output()
		return len(state) == 0 || state[0] == 'Z'
	})
}

func TestCommandSaysHowItEnded(t *testing.T) {
	p := start(t, "bad=cmd:exit 3")
	until(t, "its exit status", func() bool {
		return strings.HasPrefix(p.streams()[0].Reason, "the command ended with exit status 3 and is run again in ")
	})
}
