package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/remote/sshd"
)

// nearby runs a server that stands for the other host, called web1 in the
// configuration of a user.
func nearby(t *testing.T, lines ...string) *sshd.Server {
	t.Helper()
	s := sshd.Start(t, lines...)
	config := fmt.Sprintf("Host web1\n  HostName %s\n  Port %s\n  User %s\n", s.Host, s.Port, s.User)
	s.Write(t, "home/.ssh/config", config+s.Read(t, s.Config()))
	return s
}

// startAs runs the program as the user of a server's client.
func startAs(t *testing.T, s *sshd.Server, args ...string) *program {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+s.Home, "SSH_AUTH_SOCK=")
	return startCommand(t, cmd)
}

// condition returns the condition of a stream and the reason.
func (p *program) condition(name string) string {
	for _, s := range p.streams() {
		if s.Name == name {
			return strings.TrimSuffix(s.Condition+": "+s.Reason, ": ")
		}
	}
	return "none"
}

// A viewer reads a file of another host while that is rotated, the connection is
// cut and the server killed: each line comes once, and what cannot be read is told
// everywhere.
func TestFileOfAnotherHostWhateverHappens(t *testing.T) {
	s := nearby(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	line := 0
	write := func(n int) {
		text := ""
		for range n {
			text += fmt.Sprintf("line %d\n", line)
			line++
		}
		appendTo(t, file, text)
	}
	write(10)
	rename(t, file, file+".1")
	compress(t, file+".1")
	write(10)
	p := startAs(t, s, "app=web1:"+file)
	v := dialBatches(t, p, "")
	next := v.expectFrom(t, 0, 19)
	until(t, "live", func() bool { return p.condition("app") == "live" })
	rename(t, file+".1.gz", file+".2.gz")
	rename(t, file, file+".1")
	write(5)
	next = v.expectFrom(t, next, line-1)

	s.Down()
	until(t, "the host is away", func() bool {
		return strings.HasPrefix(p.condition("app"), "waiting: unreachable: connection refused; next try in ")
	})
	if body := p.get("/readyz"); !strings.Contains(body, "\napp: waiting: unreachable: ") {
		t.Errorf("ready: %q", body)
	}
	write(5)
	rename(t, file+".1", file+".3")
	rename(t, file, file+".1")
	write(5)
	s.Up(t)
	next = v.expectFrom(t, next, line-1)
	until(t, "live again", func() bool { return p.condition("app") == "live" })
	s.Cut()
	write(5)
	next = v.expectFrom(t, next, line-1)

	must(t, p.cmd.Process.Kill())
	<-p.exited
	for _, want := range []string{"host connected", "host not read", "remote=web1", "connection refused"} {
		if !strings.Contains(p.faults.String(), want) {
			t.Errorf("the log lacks %q: %s", want, p.faults.String())
		}
	}
	write(5)
	rename(t, file, file+".0")
	write(5)
	p = startAs(t, s, "app=web1:"+file)
	v = dialBatches(t, p, v.cursor)
	next = v.expectFrom(t, next, line-1)
	write(5)
	v.expectFrom(t, next, line-1)
}

func TestFilesOfAnotherHostByGlob(t *testing.T) {
	s := nearby(t)
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "a b.log"), "one\n")
	appendTo(t, filepath.Join(dir, "c.txt"), "no\n")
	who := fmt.Sprintf("ssh://%s@%s:%s", s.User, s.Host, s.Port)
	p := startAs(t, s, "web1:"+dir+"/*.log", "logs="+who+dir+"/*.log", who+dir+"/*.txt")
	name := strings.TrimPrefix(who, "ssh://") + dir + "/"
	until(t, "the files are there", func() bool {
		return p.condition("web1"+dir+"/a b.log") == "live" && p.condition("logs/a b.log") == "live" && p.condition(name+"c.txt") == "live"
	})
	appendTo(t, filepath.Join(dir, "new.log"), "two\n")
	until(t, "a new file is there", func() bool { return p.condition("logs/new.log") == "live" })
	if body := p.get("/tail?stream=logs/new.log&follow=0"); body != "two\n" {
		t.Errorf("the new file holds %q", body)
	}
}

// A pattern on a host that cannot be read is seen, with the reason, as long as
// there is no file of it.
func TestGlobOnAHostThatIsAway(t *testing.T) {
	s := nearby(t)
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "a.log"), "one\n")
	s.Down()
	p := startAs(t, s, "web1:"+dir+"/*.log", "logs=web1:"+dir+"/*.log")
	for _, name := range []string{"web1" + dir + "/*.log", "logs/*.log"} {
		until(t, name+" says why", func() bool {
			return strings.HasPrefix(p.condition(name), "waiting: unreachable: connection refused; next try in ")
		})
	}
	if body := p.get("/readyz"); !strings.Contains(body, "\nlogs/*.log: waiting: unreachable: ") || strings.Contains(body, "no file matches") {
		t.Errorf("ready: %q", body)
	}
	s.Up(t)
	until(t, "the file is there", func() bool { return p.condition("web1"+dir+"/a.log") == "live" })
	if list := p.streams(); len(list) != 1 {
		t.Errorf("streams: %+v", list)
	}
	s.Write(t, "home/.ssh/known_hosts", "")
	q := startAs(t, s, "web1:"+dir+"/*.log")
	until(t, "the key is not known", func() bool { return strings.HasPrefix(q.condition("web1"+dir+"/*.log"), "failed: the key of ") })
	r, body := q.fetch("/readyz")
	if r.StatusCode != 503 || !strings.Contains(string(body), "accept it with: echo ") {
		t.Errorf("%s %s", r.Status, body)
	}
}

// The steps of the README for a key that can do nothing but read logs.
func TestKeyThatCanOnlyReadLogs(t *testing.T) {
	s := nearby(t)
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "secret"), "secret\n")
	must(t, os.Mkdir(filepath.Join(dir, "logs"), 0o755))
	logs := filepath.Join(dir, "logs")
	appendTo(t, filepath.Join(logs, "app.log"), "one\ntwo\n")
	must(t, os.Symlink(filepath.Join(dir, "secret"), filepath.Join(logs, "link")))
	code, script, faults := oneShot(t, command(t, "ssh-loop"))
	if code != 0 || faults != "" {
		t.Fatalf("code %d, %q", code, faults)
	}
	s.Write(t, "tailbeam-loop", script)
	key := filepath.Join(s.Home, ".ssh", "tailbeam")
	sshd.Keygen(t, "-q", "-t", "ed25519", "-f", key, "-N", "")
	s.Write(t, "authorized_keys", `command="/bin/sh `+s.File("tailbeam-loop")+" "+logs+`",restrict `+s.Read(t, key+".pub"))
	s.Write(t, "home/.ssh/config", "Host web1\n  IdentityFile ~/.ssh/tailbeam\n  IdentitiesOnly yes\n"+s.Read(t, s.Config()))

	p := startAs(t, s, "web1:"+logs+"/*", "secret=web1:"+dir+"/secret", "link=web1:"+logs+"/link")
	until(t, "the log is live", func() bool { return p.condition("web1"+logs+"/app.log") == "live" })
	for _, name := range []string{"secret", "link"} {
		until(t, name+" is refused", func() bool {
			return p.condition(name) == "failed: not allowed: the key on this host may read other directories only"
		})
	}
	if body := p.get("/tail?stream=web1" + logs + "/app.log&follow=0&n=1"); body != "two\n" {
		t.Errorf("the log holds %q", body)
	}
	ssh := exec.Command(need(t, "ssh", "openssh-client"), "-F", s.Config(), "-i", key, "-p", s.Port, s.User+"@"+s.Host, "cat "+dir+"/secret")
	ssh.Env = append(os.Environ(), "HOME="+s.Home)
	if out, err := ssh.CombinedOutput(); strings.Contains(string(out), "secret\n") {
		t.Errorf("the key runs commands: %q, %v", out, err)
	}
}
