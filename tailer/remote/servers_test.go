package remote

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/shell"
	"tailbeam/tailer/remote/sshd"
)

// install writes the script where a forced command finds it.
func install(t *testing.T, s *sshd.Server) string {
	t.Helper()
	s.Write(t, "loop", shell.Script)
	return s.File("loop")
}

// tool returns where a program is, or skips the test.
func tool(t *testing.T, name, pack string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
		t.Fatalf("no %s: apt-get install %s", name, pack)
	}
	t.Skipf("no %s: apt-get install %s", name, pack)
	return ""
}

// through follows a file through changes on a server, and reads it back.
func through(t *testing.T, server *sshd.Server, dir string) {
	t.Helper()
	path := filepath.Join(dir, "a file's.log")
	write(t, path, "one\n")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	st.Follow(r, local.Whole)
	r.awaitText(t, "one\n")
	write(t, path, "two\n")
	r.awaitText(t, "one\ntwo\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path, "three\n")
	r.awaitText(t, "one\ntwo\nthree\n")
	server.Cut()
	write(t, path+".1", "late\n")
	write(t, path, "four\n")
	r.await(t, "what was written meanwhile", func() bool { return len(r.text) == len("one\ntwo\nthree\nlate\nfour\n") })
	r.awaitState(t, line.Live, "")
	if !bytes.Contains(r.text, []byte("late\n")) || !bytes.Contains(r.text, []byte("three\n")) || len(r.gaps) > 0 {
		t.Errorf("got %q, gaps %v", r.text, r.gaps)
	}
	text, at := "", line.Position{}
	buf := make([]byte, 1<<16)
	for {
		b, err := st.History().Forward(context.Background(), at, buf)
		if err != nil {
			break
		}
		text += string(b.Data)
		at = b.End()
	}
	if text != "one\ntwo\nlate\nthree\nfour\n" {
		t.Errorf("history holds %q", text)
	}
}

// busybox returns the lines that make a shell with a few applets the only one.
func busybox(t *testing.T, dir, applets string) []string {
	t.Helper()
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, applet := range strings.Fields("sh " + applets) {
		if err := os.Symlink("/bin/busybox", filepath.Join(bin, applet)); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"SetEnv PATH=" + bin, "ForceCommand exec /bin/busybox sh -s"}
}

func TestServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		needs, pack string // without a package it is a shell that few have
		lines       func(t *testing.T, dir string) []string
	}{
		"as it comes":              {},
		"one session a connection": {lines: func(*testing.T, string) []string { return []string{"MaxSessions 1"} }},
		"nothing but sftp":         {lines: func(*testing.T, string) []string { return []string{"ForceCommand internal-sftp"} }},
		"two sessions":             {lines: func(*testing.T, string) []string { return []string{"MaxSessions 2"} }},
		"no terminals and a banner": {lines: func(t *testing.T, dir string) []string {
			write(t, filepath.Join(dir, "banner"), "Welcome.\nThis is not for everybody.\n")
			return []string{"PermitTTY no", "Banner " + filepath.Join(dir, "banner"), "PrintMotd yes", "LoginGraceTime 5"}
		}},
		"nothing can be written": {lines: func(*testing.T, string) []string {
			return []string{`ForceCommand ulimit -f 0; TMPDIR=/nowhere; export TMPDIR; exec sh -c "$SSH_ORIGINAL_COMMAND"`}
		}},
		"no group of its own": {lines: func(*testing.T, string) []string {
			return []string{`ForceCommand sh -c "$SSH_ORIGINAL_COMMAND"; exit`}
		}},
		"a clock that is far off": {lines: func(t *testing.T, dir string) []string {
			bin := filepath.Join(dir, "bin")
			if err := os.Mkdir(bin, 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(bin, "date"), "#!/bin/sh\nexec "+tool(t, "date", "coreutils")+` -d '+400 days' "$@"`)
			if err := os.Chmod(filepath.Join(bin, "date"), 0o755); err != nil {
				t.Fatal(err)
			}
			return []string{"SetEnv PATH=" + bin + ":" + os.Getenv("PATH")}
		}},
		"zsh as the login shell": {"zsh", "zsh", func(*testing.T, string) []string {
			return []string{`ForceCommand exec zsh -c "$SSH_ORIGINAL_COMMAND"`}
		}},
		"ksh as the login shell": {"ksh93", "", func(*testing.T, string) []string {
			return []string{`ForceCommand exec ksh93 -c "$SSH_ORIGINAL_COMMAND"`}
		}},
		"no sftp": {lines: func(*testing.T, string) []string { return []string{"Subsystem sftp /bin/false"} }},
		"BusyBox as the shell": {"busybox", "busybox", func(t *testing.T, dir string) []string {
			return busybox(t, dir, "dd stat head tail find sleep kill cat ls readlink date printf id")
		}},
		"BusyBox without stat": {"busybox", "busybox", func(t *testing.T, dir string) []string {
			return busybox(t, dir, "dd head tail find sleep kill cat ls readlink date printf id")
		}},
		"dash": {"dash", "dash", func(*testing.T, string) []string { return []string{"ForceCommand exec dash -s"} }},
		"mksh": {"mksh", "", func(*testing.T, string) []string { return []string{"ForceCommand exec mksh -s"} }},
		"a noisy profile": {lines: func(*testing.T, string) []string {
			return []string{`ForceCommand echo Welcome; date >&2; printf 'no end: '; sh -c "$SSH_ORIGINAL_COMMAND"`}
		}},
		"tcsh as the login shell": {"tcsh", "", func(*testing.T, string) []string {
			return []string{`ForceCommand exec tcsh -c "$SSH_ORIGINAL_COMMAND"`}
		}},
		"fish as the login shell": {"fish", "", func(*testing.T, string) []string {
			return []string{`ForceCommand exec fish -c "$SSH_ORIGINAL_COMMAND"`}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(c.needs); c.needs != "" && c.pack == "" && err != nil {
				t.Skip("no " + c.needs)
			} else if c.pack != "" {
				tool(t, c.needs, c.pack)
			}
			dir := t.TempDir()
			var lines []string
			if c.lines != nil {
				lines = c.lines(t, dir)
			}
			through(t, sshd.Start(t, lines...), dir)
		})
	}
}

func TestForcedCommand(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	key := strings.TrimSpace(server.Read(t, server.Identity()+".pub"))
	server.Write(t, "authorized_keys", `command="/bin/sh `+install(t, server)+` `+filepath.Join(dir, "logs")+` /nowhere",restrict `+key+"\n")
	through(t, server, filepath.Join(dir, "logs"))

	secret := filepath.Join(dir, "secret")
	write(t, secret, "secret\n")
	if err := os.Symlink(secret, filepath.Join(dir, "logs", "link.log")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "logs", "dir")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{secret, filepath.Join(dir, "logs", "link.log"), dir + "/logs/../secret", dir + "/logs/dir/secret"} {
		r := newRecorder()
		hosts(t, server).Host(server.Target()).Stream(path).Follow(r, local.Whole)
		r.awaitState(t, line.Failed, "not allowed")
		if len(r.text) > 0 {
			t.Errorf("%s was read: %q", path, r.text)
		}
	}
}
