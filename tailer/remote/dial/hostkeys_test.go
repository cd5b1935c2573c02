package dial_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/sshd"
)

// connect connects to a server and closes the connection again.
func connect(t *testing.T, s *sshd.Server, change ...func(*dial.Options)) error {
	t.Helper()
	o := s.Options()
	for _, c := range change {
		c(&o)
	}
	client, err := dial.Connect(t.Context(), s.Target(), o)
	if err == nil {
		client.Close()
	}
	return err
}

// wantKind checks why a connection was not made.
func wantKind(t *testing.T, err error, kind dial.Kind, words ...string) {
	t.Helper()
	var e *dial.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("%v, want an error of kind %d", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than one line", err)
	}
}

// fix runs the command that an error names.
func fix(t *testing.T, err error, before string) {
	t.Helper()
	_, command, ok := strings.Cut(err.Error(), before)
	if !ok {
		t.Fatalf("%q does not say %q", err, before)
	}
	if out, err := exec.Command("/bin/sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
}

func fingerprint(t *testing.T, public string) string {
	t.Helper()
	return strings.Fields(sshd.Keygen(t, "-l", "-f", public))[1]
}

func TestUnknownKey(t *testing.T) {
	s := sshd.Start(t)
	if err := os.Remove(s.Known()); err != nil {
		t.Fatal(err)
	}
	err := connect(t, s)
	wantKind(t, err, dial.KeyMismatch, fingerprint(t, s.File("host.pub")), s.Known())
	fix(t, err, "accept it with: ")
	if err := connect(t, s); err != nil {
		t.Errorf("after the command: %v", err)
	}
}

func TestAcceptNew(t *testing.T) {
	s := sshd.Start(t)
	accept := func(o *dial.Options) { o.AcceptNew = true }
	if err := os.Remove(s.Known()); err != nil {
		t.Fatal(err)
	}
	if err := connect(t, s, accept); err != nil {
		t.Fatal(err)
	}
	if err := connect(t, s); err != nil {
		t.Errorf("the key was not remembered: %v", err)
	}
	sshd.Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", s.File("other"))
	s.Know(t, s.File("other.pub"))
	wantKind(t, connect(t, s, accept), dial.KeyMismatch, "CHANGED")
}

func TestChangedKey(t *testing.T) {
	s := sshd.Start(t)
	sshd.Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", s.File("other"))
	s.Know(t, s.File("other.pub"))
	err := connect(t, s)
	wantKind(t, err, dial.KeyMismatch, "CHANGED", fingerprint(t, s.File("host.pub")), fingerprint(t, s.File("other.pub")))
	fix(t, err, "replace it with: ")
	if err := connect(t, s); err != nil {
		t.Errorf("after the command: %v", err)
	}
}

func TestHashedName(t *testing.T) {
	s := sshd.Start(t)
	sshd.Keygen(t, "-H", "-f", s.Known())
	if strings.Contains(s.Read(t, s.Known()), s.Host) {
		t.Fatal("the name is not hashed")
	}
	if err := connect(t, s); err != nil {
		t.Error(err)
	}
}

func TestRevokedKey(t *testing.T) {
	s := sshd.Start(t)
	known := s.Read(t, s.Known())
	s.Write(t, "home/.ssh/known_hosts", known+"@revoked * "+s.Read(t, s.File("host.pub")))
	wantKind(t, connect(t, s, func(o *dial.Options) { o.AcceptNew = true }), dial.KeyMismatch, "revoked")
}

func TestKeyByAuthority(t *testing.T) {
	s := sshd.Start(t)
	sshd.Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", s.File("ca"))
	certify := func(name string) {
		sshd.Keygen(t, "-q", "-s", s.File("ca"), "-I", "host", "-h", "-n", name, s.File("host.pub"))
	}
	certify(s.Host)
	s.Down()
	s.Write(t, "sshd_config", s.Read(t, s.File("sshd_config"))+"HostCertificate "+s.File("host-cert.pub")+"\n")
	s.Up(t)
	s.Write(t, "home/.ssh/known_hosts", "@cert-authority [127.0.0.*]:* "+s.Read(t, s.File("ca.pub")))
	if err := connect(t, s); err != nil {
		t.Error(err)
	}
	s.Write(t, "home/.ssh/known_hosts", s.Read(t, s.Known())+"@revoked * "+s.Read(t, s.File("ca.pub")))
	wantKind(t, connect(t, s), dial.KeyMismatch, "revoked")
	s.Write(t, "home/.ssh/known_hosts", "@cert-authority [127.0.0.*]:* "+s.Read(t, s.File("ca.pub")))
	s.Down()
	certify("another.example.org")
	s.Up(t)
	wantKind(t, connect(t, s), dial.KeyMismatch, "not valid")
}

func TestOnlyKnownKindOfKeyIsAskedFor(t *testing.T) {
	s := sshd.Start(t)
	sshd.Keygen(t, "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", s.File("rsa"))
	s.Down()
	s.Write(t, "sshd_config", s.Read(t, s.File("sshd_config"))+"HostKey "+s.File("rsa")+"\n")
	s.Up(t)
	s.Know(t, s.File("rsa.pub"))
	if err := connect(t, s); err != nil {
		t.Errorf("the host has the known key, and another: %v", err)
	}
}

func TestBrokenLinesOfKnownHosts(t *testing.T) {
	s := sshd.Start(t)
	s.Write(t, "home/.ssh/known_hosts", "# comment\n\nhost\nhost ssh-foo AAAA\n@mark a b c\n|1|x|y ssh-ed25519 !!\n"+s.Read(t, s.Known()))
	if err := connect(t, s); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(s.Known())); err != nil {
		t.Error(err)
	}
}
