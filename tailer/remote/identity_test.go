package remote

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// rest returns what a history holds from a position on.
func rest(t *testing.T, h line.History, at line.Position) string {
	t.Helper()
	text := ""
	buf := make([]byte, 1<<16)
	for {
		b, err := h.Forward(context.Background(), at, buf)
		if err != nil {
			return text
		}
		text += string(b.Data)
		at = b.End()
	}
}

// TestPositionsOutliveTheServer stops following, lets the file be rotated and
// compressed, and reads on by a new run from a position of the old one.
func TestPositionsOutliveTheServer(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\ntwo\n")
	r := newRecorder()
	hs := Open(Config{Dial: server.Options()})
	hs.Host(server.Target()).Stream(path).Follow(r, local.Whole)
	r.awaitText(t, "one\ntwo\n")
	at := r.end
	hs.Close()
	write(t, path, "three\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gzip", path+".1").CombinedOutput(); err != nil {
		t.Fatalf("gzip: %v: %s", err, out)
	}
	write(t, path, "four\n")
	r = newRecorder()
	st := hosts(t, server).Host(server.Target()).Stream(path)
	st.Follow(r, local.Whole)
	r.awaitText(t, "four\n")
	if got := rest(t, st.History(), at); got != "three\nfour\n" {
		t.Errorf("from the old position on there is %q", got)
	}
	if got := rest(t, st.History(), line.Position{}); got != "one\ntwo\nthree\nfour\n" {
		t.Errorf("in all there is %q", got)
	}
	extent, err := st.History().Extent(t.Context())
	if err != nil || len(extent) != 2 || extent[0].Name != "app.log.1.gz" {
		t.Errorf("extent %+v, %v", extent, err)
	}
}

func TestLogrotate(t *testing.T) {
	t.Parallel()
	program := tool(t, "logrotate", "logrotate")
	for _, how := range []string{"create", "copytruncate", "create\n compress", "nocreate"} {
		t.Run(how, func(t *testing.T) {
			server := sshd.Start(t)
			dir := t.TempDir()
			path := filepath.Join(dir, "app.log")
			config := filepath.Join(dir, "conf")
			text := path + " {\n size 1\n rotate 9\n nomail\n su root root\n " + how + "\n}\n"
			if os.Geteuid() != 0 {
				text = path + " {\n size 1\n rotate 9\n " + how + "\n}\n"
			}
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			r := newRecorder()
			st := hosts(t, server).Host(server.Target()).Stream(path)
			st.Follow(r, local.Whole)
			want := ""
			for i := range 3 {
				line := fmt.Sprintf("round %d\n", i)
				write(t, path, line)
				want += line
				r.awaitText(t, want)
				if out, err := exec.Command(program, "-f", "-s", filepath.Join(dir, "state"), config).CombinedOutput(); err != nil {
					t.Fatalf("logrotate: %v: %s", err, out)
				}
			}
			write(t, path, "the end\n")
			r.awaitText(t, want+"the end\n")
			if len(r.wrong) > 0 {
				t.Error(r.wrong)
			}
			if got := rest(t, st.History(), line.Position{}); got != want+"the end\n" {
				t.Errorf("history holds %q", got)
			}
		})
	}
}

func TestPermissionDenied(t *testing.T) {
	t.Parallel()
	var lines []string
	if os.Geteuid() == 0 { // who may read everything
		tool(t, "setpriv", "util-linux")
		lines = []string{"ForceCommand exec setpriv --reuid 65534 --clear-groups /bin/sh -s"}
	}
	server := sshd.Start(t, lines...)
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "app.log")
	write(t, path, "one\n")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	r := newRecorder()
	hosts(t, server).Host(server.Target()).Stream(path).Follow(r, local.Whole)
	r.awaitState(t, line.Failed, "Permission denied")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	r.awaitText(t, "one\n")
}
