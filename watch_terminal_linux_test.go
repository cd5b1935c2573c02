package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// terminal is a command with a terminal, by script(1).
type terminal struct {
	cmd    *exec.Cmd
	out    lockedBuffer
	typing io.Writer
}

// onTerminal runs tailbeam watch with arguments that need no quotes.
func onTerminal(t *testing.T, variable string, args ...string) *terminal {
	t.Helper()
	script := need(t, "script", "bsdutils")
	k := &terminal{cmd: exec.Command(script, "-qec", fmt.Sprintf("'%s' watch %s", binary, strings.Join(args, " ")), "/dev/null")}
	k.cmd.Stdout, k.cmd.Stderr = &k.out, &k.out
	k.cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=", variable)
	input, err := k.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	k.typing = input
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		k.cmd.Process.Kill()
		k.cmd.Wait() //nolint:errcheck // it may have ended
	})
	return k
}

// shows waits for a number of lines and returns all.
func (k *terminal) shows(t *testing.T, n int) string {
	t.Helper()
	until(t, fmt.Sprintf("%d lines", n), func() bool { return strings.Count(k.out.String(), "\n") >= n })
	return k.out.String()
}

// Lines have the colour of their level unless they have their own, which ends
// with them; names are coloured; nothing else steers the terminal.
func TestWatchOnATerminal(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	appendTo(t, a, "ERROR x\nWARN clear\x1b[2J\x1b]0;title\x07ed\n\x1b[32mgreen\x1b[0m\n\x1b[8mhidden\nover\rwritten \u009b1J\u202eback\n")
	appendTo(t, b, "fine\n")
	p := start(t, "a="+a, "b="+b)
	for _, test := range []struct {
		variable string
		want     []string
	}{
		{"NO_COLOR=", []string{"\x1b[96ma | \x1b[0m\x1b[31mERROR x\x1b[0m", "\x1b[33mWARN cleared\x1b[0m", "\x1b[32mgreen\x1b[0m",
			"\x1b[8mhidden\x1b[0m", "\x1b[33moverwritten back\x1b[0m", "\x1b[92mb | \x1b[0mfine"}},
		{"NO_COLOR=1", []string{"a | ERROR x", "a | WARN cleared", "a | \x1b[32mgreen\x1b[0m", "a | \x1b[8mhidden\x1b[0m", "a | overwritten back", "b | fine"}},
		{"TERM=dumb", []string{"a | ERROR x", "b | fine"}},
	} {
		k := onTerminal(t, test.variable, "--url", "http://"+p.host(), "a", "b")
		text := k.shows(t, 6)
		for _, want := range test.want {
			if !strings.Contains(text, want+"\r\n") {
				t.Errorf("%s: %q is not in %q", test.variable, want, text)
			}
		}
	}
}

// Ctrl-C on the keyboard ends it, with nothing said.
func TestInterruptFromTheKeyboard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, path, "one\n")
	p := start(t, "app="+path)
	k := onTerminal(t, "NO_COLOR=1", "--url", "http://"+p.host(), "app")
	k.shows(t, 1)
	if _, err := io.WriteString(k.typing, "\x03"); err != nil {
		t.Fatal(err)
	}
	err := k.cmd.Wait()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != interrupted || strings.Contains(k.out.String(), "tailbeam") {
		t.Errorf("%v %q", err, k.out.String())
	}
}
