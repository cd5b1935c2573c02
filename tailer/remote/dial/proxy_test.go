//go:build unix

package dial_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/sshd"
)

// TestProxyCommand connects through a program that notes what it was called with,
// and is gone with the connection.
func TestProxyCommand(t *testing.T) {
	s := sshd.Start(t)
	through := s.File("through")
	s.Write(t, "through", "#!/bin/sh\necho $$ \"$@\" >"+s.File("called")+"\nexec ssh -F "+s.File("hop")+" -W \"[$1]:$2\" x\n")
	s.Write(t, "hop", "Host x\n  HostName "+s.Host+"\n  Port "+s.Port+"\n  User "+s.User+"\n  IdentityFile "+s.Identity()+"\n  UserKnownHostsFile "+s.Known()+"\n")
	if err := os.Chmod(through, 0o755); err != nil {
		t.Fatal(err)
	}
	s.Write(t, "home/.ssh/config", "Host web1\n  HostName "+s.Host+"\n  Port "+s.Port+"\n  ProxyCommand "+through+" %h %p %n %r 100%%\n"+s.Read(t, s.Config()))
	t.Setenv("SHELL", "/bin/sh")
	client, err := dial.Connect(t.Context(), dial.Target{User: s.User, Host: "web1"}, s.Options())
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := session.Output("echo here"); err != nil || string(out) != "here\n" {
		t.Errorf("%q, %v", out, err)
	}
	pid, args, _ := strings.Cut(strings.TrimSpace(s.Read(t, s.File("called"))), " ")
	if args != s.Host+" "+s.Port+" web1 "+s.User+" 100%" {
		t.Errorf("it was called with %q", args)
	}
	client.Close()
	for deadline := time.Now().Add(30 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the command still runs")
		}
	}
}

// alive reports whether a process runs.
func alive(pid string) bool {
	data, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	return err == nil && !strings.Contains(string(data), ") Z ")
}

func TestProxyCommandThatFails(t *testing.T) {
	for command, words := range map[string]string{
		"echo no such way >&2; exit 1": "ProxyCommand: no such way",
		"exit 0":                       "ProxyCommand: it ended without a connection",
		"sleep 1000":                   "does not answer within",
	} {
		to, o := listen(t, nil)
		if err := os.MkdirAll(filepath.Dir(o.Config.User), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.Config.User, []byte("ProxyCommand sh -c '"+command+"'\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := dial.Connect(t.Context(), to, o)
		wantKind(t, err, dial.Unreachable, words)
	}
}

// TestNoHostIsACommand has names that a shell would take for more than a name.
func TestNoHostIsACommand(t *testing.T) {
	for _, host := range []string{"-oProxyCommand=id", "a;id", "$(id)", "`id`", "a|id", "-l@host", "a b", "me'@host", "a\nb", "ssh://-x", "*", "a?b", "a[b", "~x", "#x"} {
		if to, err := dial.ParseTarget(host); err == nil {
			t.Errorf("%q is taken for %+v", host, to)
		}
	}
}
