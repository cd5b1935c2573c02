package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/remote/sshd"
)

// checkAs runs tailbeam check as the user of a server's client.
func checkAs(t *testing.T, s *sshd.Server, args ...string) (code int, out, faults string) {
	t.Helper()
	cmd := command(t, append([]string{"check"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+s.Home, "SSH_AUTH_SOCK=")
	return oneShot(t, cmd)
}

// What keeps a host from being read is one line that says what to do.
func TestHostThatCannotBeReadGetsOneLine(t *testing.T) {
	s := nearby(t)
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	known, config := s.Read(t, s.Known()), s.Read(t, s.Config())
	host, _ := strings.CutSuffix(strings.TrimSpace(s.Read(t, s.File("host.pub"))), " ")
	print := strings.Fields(sshd.Keygen(t, "-lf", s.File("host.pub")))[1]
	locked := filepath.Join(s.Home, ".ssh", "locked")
	sshd.Keygen(t, "-q", "-t", "ed25519", "-N", "open sesame", "-f", locked)
	s.Write(t, "authorized_keys", s.Read(t, s.Identity()+".pub")+s.Read(t, locked+".pub"))
	with := strings.Replace(config, s.Identity(), locked, 1)
	secrets := func(text string) func() {
		return func() {
			s.Write(t, "home/.ssh/config", with)
			s.Write(t, "secrets", text)
		}
	}
	port := "[" + s.Host + "]:" + s.Port
	for _, c := range []struct {
		name  string
		so    func()
		says  string // empty: all is well
		flags []string
	}{
		{"all is well", func() {}, "", nil},
		{"unknown key", func() { s.Write(t, "home/.ssh/known_hosts", "") }, "is not known: ED25519 " + print + "; if its administrator confirms that, accept it with: echo '" + port, nil},
		{"another key", func() { s.Write(t, "home/.ssh/known_hosts", port+" "+s.Read(t, s.Identity()+".pub")) }, "replace it with: ssh-keygen -f ", nil},
		{"revoked key", func() { s.Write(t, "home/.ssh/known_hosts", known+"\n@revoked * "+host+"\n") }, "is revoked (" + s.Known() + " line ", nil},
		{"nowhere to remember it", func() { s.Write(t, "home/.ssh/config", strings.Replace(config, s.Known(), "/dev/null", 1)) }, "UserKnownHostsFile", nil},
		{"key that others read", func() { must(t, os.Chmod(s.Identity(), 0o644)) }, "in: key " + s.Identity() + " is not used because others can read it: chmod 600 " + s.Identity(), nil},
		{"no key", func() { s.Write(t, "home/.ssh/config", strings.Replace(config, s.Identity(), "/nowhere", 1)) }, "there is no key to show; make one with ssh-keygen", nil},
		{"key that is not let in", func() { s.Write(t, "authorized_keys", "") }, "does not let " + s.User + " in with " + s.Identity(), nil},
		{"no passphrase", secrets(""), "key " + locked + " has a passphrase: add it to the agent with ssh-add, or its passphrase to --ssh-secrets", nil},
		{"wrong passphrase", secrets("passphrase " + locked + " open door\n"), "has another passphrase than --ssh-secrets says", []string{"--ssh-secrets", s.File("secrets")}},
		{"passphrase", secrets("passphrase ~/.ssh/locked open sesame\n"), "", []string{"--ssh-secrets", s.File("secrets")}},
		{"bad configuration", func() { s.Write(t, "home/.ssh/config", config+"Port\n") }, "port without a value", nil},
		{"nobody listens", s.Down, "connection refused", nil},
	} {
		s.Write(t, "home/.ssh/known_hosts", known)
		s.Write(t, "home/.ssh/config", config)
		must(t, os.Chmod(s.Identity(), 0o600))
		allowed := s.Read(t, s.File("authorized_keys"))
		c.so()
		code, out, faults := checkAs(t, s, append(c.flags, "web1:"+file)...)
		s.Write(t, "authorized_keys", allowed)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		said := lines[len(lines)-1]
		if c.says == "" {
			if code != 0 || !strings.Contains(said, "live") {
				t.Errorf("%s: code %d, %q, %q", c.name, code, out, faults)
			}
		} else if code != failed || len(lines) != 2 || !strings.Contains(said, c.says) || strings.Count(faults, "\n") != 1 {
			t.Errorf("%s: code %d, %q, %q; want %q", c.name, code, out, faults, c.says)
		}
	}
}

func TestBadHostsAreUsageErrors(t *testing.T) {
	s := nearby(t)
	open := filepath.Join(t.TempDir(), "secrets")
	must(t, os.WriteFile(open, nil, 0o644))
	for _, c := range []struct {
		says string
		args []string
	}{
		{"write no password", []string{"ssh://me:hunter2@web1/var/log/syslog"}},
		{"write no password", []string{"me:hunter2@web1:/var/log/syslog"}},
		{"is no host", []string{"my host:/var/log/syslog"}},
		{"is no host", []string{"ssh://-oProxyCommand=id/x"}},
		{"a NAME before = is made of", []string{"me@-oProxyCommand=id:/x"}},
		{"is no host", []string{"x=me@-oProxyCommand=id:/x"}},
		{"is no host", []string{"$(id):/x"}},
		{"number from 1 to 65535", []string{"ssh://web1:99999/x"}},
		{"with a port write ssh://me@web1:2222/var/log/syslog", []string{"me@web1:2222/var/log/syslog"}},
		{"with a port write ssh://me@web1:2222/var/log/syslog", []string{"me@web1:2222:/var/log/syslog"}},
		{"absolute path", []string{"web1:var/log/syslog"}},
		{"chmod 600 " + open, []string{"--ssh-secrets", open, "web1:/x"}},
		{"no such file", []string{"--ssh-secrets", "/nowhere", "web1:/x"}},
		{"--ssh-config: ", []string{"--ssh-config", "/nowhere", "web1:/x"}},
	} {
		code, out, faults := checkAs(t, s, append(c.args[:len(c.args)-1:len(c.args)-1], "--", c.args[len(c.args)-1])...)
		if code != usage || out != "" || strings.Count(faults, "\n") != 1 || !strings.Contains(faults, c.says) || strings.Contains(faults, "hunter2") {
			t.Errorf("%q: code %d, %q, %q; want %q", c.args, code, out, faults, c.says)
		}
	}
}

// No file name is taken for anything but a file name on the way to the other
// host and in its shell.
func TestOddFileNamesOfAnotherHost(t *testing.T) {
	s := nearby(t)
	dir := t.TempDir()
	for _, name := range []string{"two words", "a'b\"c", "new\nline", "$(touch made)", "`touch made`", "-n", "a;touch made", "back\\slash", "*", "%s"} {
		file := filepath.Join(dir, name)
		appendTo(t, file, "in it\n")
		source := "web1:" + strings.Replace(file, "*", `\*`, 1)
		if code, out, faults := checkAs(t, s, source); code != 0 || strings.Count(out, "\n") != 2 || !strings.Contains(out, "live") {
			t.Errorf("%q: code %d, %q, %q", name, code, out, faults)
		}
		must(t, os.Remove(file))
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("something was made: %v, %v", left, err)
	}
}
