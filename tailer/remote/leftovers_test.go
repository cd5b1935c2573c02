//go:build unix

package remote

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tailbeam/tailer/local"
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
// so that the other side hears nothing any more: the script must end by itself.
func TestSilentConnectionIsLeft(t *testing.T) {
	t.Parallel()
	if testing.Short() || os.Getenv("TAILBEAM_STRESS") == "" {
		t.Skip("takes a minute: set TAILBEAM_STRESS=1s")
	}
	mark := "TAILBEAM_TEST_MARK=" + strconv.FormatInt(time.Now().UnixNano(), 36)
	server := sshd.Start(t, "SetEnv "+mark)
	client := exec.Command("ssh", "-F", server.Config(), "-p", server.Port, server.User+"@"+server.Host, "exec /bin/sh "+install(t, server))
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := client.Start(); err != nil {
		t.Skip("no ssh: apt-get install openssh-client: ", err)
	}
	defer func() {
		_ = client.Process.Kill()
		_ = client.Wait()
	}()
	for len(marked(t, mark)) < 3 {
		time.Sleep(50 * time.Millisecond)
	}
	if _, err := in.Write([]byte("# begin\nhello x\nlive y\n")); err != nil {
		t.Fatal(err)
	}
	if err := client.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
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
