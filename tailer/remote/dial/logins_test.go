package dial_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/sshd"
)

// allow lets a key in and says that the client has no other.
func allow(t *testing.T, s *sshd.Server, key string) {
	t.Helper()
	s.Write(t, "authorized_keys", s.Read(t, key+".pub"))
	s.Write(t, "home/.ssh/config", "Host *\n  IdentityAgent none\n  UserKnownHostsFile "+s.Known()+"\n  IdentityFile "+key+"\n")
}

func TestKindsOfKeys(t *testing.T) {
	s := sshd.Start(t)
	for _, kind := range [][]string{{"ed25519"}, {"rsa", "-b", "2048"}, {"rsa", "-b", "2048", "-m", "PEM"}, {"ecdsa", "-b", "256"}, {"ecdsa", "-b", "521"}} {
		key := filepath.Join(t.TempDir(), "key")
		sshd.Keygen(t, append([]string{"-q", "-N", "", "-f", key, "-t"}, kind...)...)
		wantKind(t, withKey(t, s, key), dial.AuthFailed, "does not let "+s.User+" in", key)
		allow(t, s, key)
		if err := connect(t, s); err != nil {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// withKey connects with a key that the host does not know.
func withKey(t *testing.T, s *sshd.Server, key string) error {
	allow(t, s, key)
	s.Write(t, "authorized_keys", "")
	return connect(t, s)
}

func TestKeyWithPassphrase(t *testing.T) {
	s := sshd.Start(t)
	key := filepath.Join(t.TempDir(), "key")
	sshd.Keygen(t, "-q", "-N", "open sesame", "-f", key, "-t", "ed25519")
	allow(t, s, key)
	wantKind(t, connect(t, s), dial.AuthFailed, "has a passphrase", "ssh-add", "--ssh-secrets")
	s.Write(t, "secrets", "# mine\npassphrase "+key+" open sesame\n")
	secrets := func(o *dial.Options) { o.Secrets = s.File("secrets") }
	if err := connect(t, s, secrets); err != nil {
		t.Error(err)
	}
	s.Write(t, "secrets", "passphrase * wrong\n")
	err := connect(t, s, secrets)
	wantKind(t, err, dial.AuthFailed, "another passphrase")
	if strings.Contains(err.Error(), "wrong") {
		t.Errorf("%q tells the passphrase", err)
	}
	if err := os.Chmod(s.File("secrets"), 0o640); err != nil {
		t.Fatal(err)
	}
	wantKind(t, connect(t, s, secrets), dial.Misconfigured, "chmod 600")
}

func TestKeyThatOthersCanRead(t *testing.T) {
	s := sshd.Start(t)
	if err := os.Chmod(s.Identity(), 0o644); err != nil {
		t.Fatal(err)
	}
	wantKind(t, connect(t, s), dial.AuthFailed, "others can read it", "chmod 600")
}

func TestAgent(t *testing.T) {
	s := sshd.Start(t)
	socket := s.File("agent")
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	if err := agent.Start(); err != nil {
		t.Skip("no ssh-agent: apt-get install openssh-client: ", err)
	}
	t.Cleanup(func() {
		_ = agent.Process.Kill()
		_ = agent.Wait()
	})
	for {
		if _, err := os.Stat(socket); err == nil {
			break
		}
	}
	add := exec.Command("ssh-add", s.Identity())
	add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("ssh-add: %v: %s", err, out)
	}
	if err := os.Remove(s.Identity()); err != nil {
		t.Fatal(err)
	}
	s.Write(t, "home/.ssh/config", "Host *\n  UserKnownHostsFile "+s.Known()+"\n  IdentityFile "+s.Identity()+"\n")
	withAgent := func(o *dial.Options) { o.Agent = socket }
	if err := connect(t, s, withAgent); err != nil {
		t.Error(err)
	}
	// Only the named keys are shown where that is asked for.
	s.Write(t, "home/.ssh/config", "Host *\n  IdentitiesOnly yes\n  UserKnownHostsFile "+s.Known()+"\n  IdentityFile "+s.Identity()+"\n")
	if err := connect(t, s, withAgent); err != nil {
		t.Errorf("the key is named by its public half: %v", err)
	}
	s.Write(t, "home/.ssh/config", "Host *\n  IdentitiesOnly yes\n  UserKnownHostsFile "+s.Known()+"\n  IdentityFile /none\n")
	wantKind(t, connect(t, s, withAgent), dial.AuthFailed, "no key")
}

func TestCertificate(t *testing.T) {
	s := sshd.Start(t)
	sshd.Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", s.File("ca"))
	s.Down()
	s.Write(t, "authorized_keys", "")
	s.Write(t, "sshd_config", s.Read(t, s.File("sshd_config"))+"TrustedUserCAKeys "+s.File("ca.pub")+"\n")
	s.Up(t)
	wantKind(t, connect(t, s), dial.AuthFailed)
	sshd.Keygen(t, "-q", "-s", s.File("ca"), "-I", "me", "-n", s.User, s.Identity()+".pub")
	if err := connect(t, s); err != nil {
		t.Error(err)
	}
}

func TestProxyJump(t *testing.T) {
	outer, inner := sshd.Start(t), sshd.StartAt(t, "127.0.0.2")
	outer.Write(t, "home/.ssh/config", "Host outer\n  HostName "+outer.Host+"\n  Port "+outer.Port+
		"\nHost inner\n  HostName "+inner.Host+"\n  Port "+inner.Port+"\n  ProxyJump outer\n  IdentityFile "+inner.Identity()+
		"\nHost *\n  IdentityAgent none\n  IdentityFile "+outer.Identity()+"\n  UserKnownHostsFile "+outer.Known()+" "+inner.Known()+"\n")
	to := dial.Target{User: inner.User, Host: "inner"}
	client, err := dial.Connect(t.Context(), to, outer.Options())
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.Output("echo $SSH_CONNECTION")
	if err != nil || !strings.Contains(string(out), inner.Host+" "+inner.Port) {
		t.Errorf("connected to %q, %v", out, err)
	}
	outer.Cut()
	<-client.Lost()
	client.Close()
	outer.Down()
	_, err = dial.Connect(t.Context(), to, outer.Options())
	wantKind(t, err, dial.Unreachable, "on the way, at outer")
}

// TestProxyJumpOverSeveralHosts goes through two hosts, named in one place or each
// by the next.
func TestProxyJumpOverSeveralHosts(t *testing.T) {
	first, second, third := sshd.Start(t), sshd.StartAt(t, "127.0.0.2"), sshd.StartAt(t, "127.0.0.3")
	config := "\nHost *\n  IdentityAgent none\n  IdentityFile " + first.Identity() + "\n"
	known := ""
	for i, s := range []*sshd.Server{first, second, third} {
		config = fmt.Sprintf("\nHost hop%d\n  HostName %s\n  Port %s\n  IdentityFile %s\n", i+1, s.Host, s.Port, s.Identity()) + config
		known += " " + s.Known()
	}
	config += "  UserKnownHostsFile" + known + "\n"
	for name, jumps := range map[string]string{
		"one list":      "Host hop3\n  ProxyJump hop1,hop2\n",
		"one by one":    "Host hop3\n  ProxyJump hop2\nHost hop2\n  ProxyJump hop1\n",
		"with accounts": fmt.Sprintf("Host hop3\n  ProxyJump %s@hop1,ssh://%s@hop2:%s\n", first.User, second.User, second.Port),
	} {
		first.Write(t, "home/.ssh/config", jumps+config)
		client, err := dial.Connect(t.Context(), dial.Target{Host: "hop3"}, first.Options())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		out, err := session.Output("echo $SSH_CONNECTION")
		if err != nil || !strings.Contains(string(out), third.Host+" "+third.Port) {
			t.Errorf("%s: connected to %q, %v", name, out, err)
		}
		client.Close()
	}
	first.Write(t, "home/.ssh/config", "Host hop3\n  ProxyJump hop2\nHost hop2\n  ProxyJump hop3\n"+config)
	_, err := dial.Connect(t.Context(), dial.Target{Host: "hop3"}, first.Options())
	wantKind(t, err, dial.Misconfigured, "circle")
}
