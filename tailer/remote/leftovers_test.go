//go:build unix

package remote

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/shell"
	"tailbeam/tailer/remote/sshd"
)

// marked returns the processes that were started with a variable set.
func marked(t *testing.T, variable string) []int {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil || len(dirs) == 0 {
		t.Skip("there is no /proc to count processes in")
	}
	var found []int
	for _, name := range dirs {
		if data, err := os.ReadFile(name); err == nil && strings.Contains(string(data), variable) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, pid)
		}
	}
	return found
}

// TestNothingIsLeftBehind counts what still runs on the other side when the
// connection was cut, and when it does not answer any more.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(*sshd.Server){
		"closed":    nil,
		"killed":    (*sshd.Server).Cut,
		"all ended": (*sshd.Server).Down,
	} {
		t.Run(name, func(t *testing.T) {
			const variable = "TAILBEAM_TEST_MARK="
			mark := variable + strconv.FormatInt(time.Now().UnixNano(), 36)
			server := sshd.Start(t, "SetEnv "+mark)
			path := filepath.Join(t.TempDir(), "app.log")
			write(t, path, "one\n")
			r := newRecorder()
			hs := hosts(t, server)
			st := hs.Host(server.Target()).Stream(path)
			st.Follow(r, local.Whole)
			r.awaitText(t, "one\n")
			if _, err := st.History().End(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(marked(t, mark)) == 0 {
				t.Fatal("nothing runs over there")
			}
			if cut != nil {
				server.Cut() // what runs now, and not what the next connection starts
				cut(server)
			}
			hs.Close()
			for deadline := time.Now().Add(60 * time.Second); len(marked(t, mark)) > 0; time.Sleep(50 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("still there after a minute: %v", marked(t, mark))
				}
			}
		})
	}
}

// TestSilentConnectionIsLeft stops the processes on this side of the connection,
// so that the other side hears nothing any more: the script must end by itself,
// with what it has started, also where it is stopped, or leads no group.
func TestSilentConnectionIsLeft(t *testing.T) {
	t.Parallel()
	if testing.Short() || os.Getenv("TAILBEAM_STRESS") == "" {
		t.Skip("takes a minute: set TAILBEAM_STRESS=1s")
	}
	for name, c := range map[string]struct {
		command string
		disturb func(script int)
	}{
		"by itself":           {"exec /bin/sh %s", func(int) {}},
		"below another shell": {"/bin/sh %s; exit", func(int) {}},
		"stopped":             {"exec /bin/sh %s", stop},
		"stopped below":       {"/bin/sh %s; exit", stop},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silence(t, c.command, c.disturb)
		})
	}
}

func stop(pid int) { _ = syscall.Kill(pid, syscall.SIGSTOP) } // it may have ended

func silence(t *testing.T, command string, disturb func(script int)) {
	mark := "TAILBEAM_TEST_MARK=" + strconv.FormatInt(time.Now().UnixNano(), 36)
	server := sshd.Start(t, "SetEnv "+mark)
	script, path := install(t, server), filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\n")
	client := exec.Command("ssh", "-F", server.Config(), "-p", server.Port, server.User+"@"+server.Host, fmt.Sprintf(command, script))
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Skip("no ssh: apt-get install openssh-client: ", err)
	}
	defer func() {
		_ = client.Process.Kill()
		_ = client.Wait()
	}()
	if _, err := io.WriteString(in, shell.Begin+"hello a\n"); err != nil {
		t.Fatal(err)
	}
	var ready, kind string
	var slot int
	if _, err := fmt.Fscan(out, &ready, &kind, &slot); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(in, "hold b %d %s\nlive c\nawait d %d\n", slot, path, slot); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); !slices.ContainsFunc(marked(t, mark), waits); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nobody waits for the file over there: %v", marked(t, mark))
		}
	}
	if err := client.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for _, pid := range marked(t, mark) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may have ended
		if string(line) == "/bin/sh\x00"+script+"\x00" && parents(pid) {
			disturb(pid)
		}
	}
	began := time.Now()
	for len(marked(t, mark)) > 0 {
		if time.Since(began) > time.Minute {
			t.Fatalf("still there after a minute: %v", marked(t, mark))
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("all gone after %s", time.Since(began).Round(time.Second))
}

// waits reports whether a process waits for a file to change.
func waits(pid int) bool {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may have ended
	return strings.HasPrefix(string(line), "inotifywait\x00") || strings.HasPrefix(string(line), "tail\x00")
}

// parents reports whether a process is the script, and not one of its subshells.
func parents(pid int) bool {
	return len(sshd.Descendants(pid)) > 2
}
