//go:build unix

package shell

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestEndsWhenNobodyListens has the output lead nowhere, as after a cut in the
// middle of an answer: the script and all that it has started end at once, and
// not when they were not told to live on.
func TestEndsWhenNobodyListens(t *testing.T) {
	each(t, func(t *testing.T, shell string) {
		cmd := exec.Command("setsid", strings.Fields(shell)...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		held, end, err := os.Pipe() // all that the script starts holds its end
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		cmd.ExtraFiles = []*os.File{end}
		if err := cmd.Start(); err != nil {
			t.Skip("no setsid: apt-get install util-linux: ", err)
		}
		end.Close()
		_, _ = io.WriteString(in, Script) // what it says tells whether it was taken
		if text, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(text) != Ready {
			t.Errorf("it says %q, %v", text, err)
		}
		out.Close()
		_, _ = io.WriteString(in, Begin+"hello x\n")
		_ = held.SetReadDeadline(time.Now().Add(30 * time.Second)) // a pipe has one
		if _, err := held.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("something of it runs on: %v", err)
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
		_ = cmd.Wait() // it was killed
	})
}
