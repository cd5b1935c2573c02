package remote

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestFileSystemThatHangs has whoever asks for a file of one directory wait: the
// others of the host are followed, and that one when it answers again.
func TestFileSystemThatHangs(t *testing.T) {
	t.Parallel()
	stat := tool(t, "stat", "coreutils")
	bin, dir := t.TempDir(), t.TempDir()
	hung, lock := filepath.Join(dir, "hung"), filepath.Join(dir, "lock")
	if err := os.Mkdir(hung, 0o755); err != nil {
		t.Fatal(err)
	}
	stub := "#!/bin/sh\ncase $* in *" + hung + "*) while [ -e " + lock + " ]; do sleep 0.1; done;; esac\nexec " + stat + ` "$@"`
	if err := os.WriteFile(filepath.Join(bin, "stat"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	server := sshd.Start(t, "SetEnv PATH="+bin+":"+os.Getenv("PATH"))
	host := hosts(t, server, func(c *Config) {
		c.Patience, c.Hang, c.Sweep = 2*time.Second, 1500*time.Millisecond, 100*time.Millisecond
	}).Host(server.Target())
	a, b := filepath.Join(dir, "a.log"), filepath.Join(hung, "b.log")
	good, bad := newRecorder(), newRecorder()
	for path, r := range map[string]*recorder{a: good, b: bad} {
		write(t, path, "one\n")
		host.Stream(path).Follow(r, local.Whole)
		r.awaitText(t, "one\n")
	}
	write(t, lock, "")
	bad.awaitState(t, line.Failed, "does not answer over there")
	write(t, a, "two\n")
	good.awaitText(t, "one\ntwo\n")
	good.awaitState(t, line.Live, "")
	write(t, b, "two\n")
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	bad.awaitText(t, "one\ntwo\n")
	bad.awaitState(t, line.Live, "")
	if len(bad.gaps) > 0 || len(good.gaps) > 0 {
		t.Errorf("gaps %v, %v", good.gaps, bad.gaps)
	}
}
