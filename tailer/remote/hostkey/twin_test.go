package hostkey

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// TestAgreesWithKnownhosts compares what is said of keys with what the package of
// golang.org/x/crypto says, for all files that it can read.
func TestAgreesWithKnownhosts(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	var keys []ssh.PublicKey
	for range 3 {
		public, _, err := ed25519.GenerateKey(random)
		if err != nil {
			t.Fatal(err)
		}
		key, err := ssh.NewPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	hosts := []string{"a.example.org", "b.example.org", "10.0.0.1", "::1"}
	names := []string{"a.example.org", "*.example.org", "!b.example.org,*.example.org", "?0.0.0.1", "[a.example.org]:2222", "[*]:2222", "a.*,10.0.0.*", "::1", "[::1]:2222"}
	for _, h := range hosts[:3] {
		names = append(names, knownhosts.HashHostname(h), knownhosts.HashHostname("["+h+"]:2222"))
	}
	dir := t.TempDir()
	for round := range 500 {
		text := "# a comment\n"
		for range random.Intn(4) {
			text += fmt.Sprintf("%s%s %s", []string{"", "", "", "@revoked "}[random.Intn(4)], names[random.Intn(len(names))],
				ssh.MarshalAuthorizedKey(keys[random.Intn(len(keys))]))
		}
		path := filepath.Join(dir, "known_hosts")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		theirs, err := knownhosts.New(path)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := Read([]string{path, filepath.Join(dir, "none")})
		if err != nil {
			t.Fatal(err)
		}
		host, port, key := hosts[random.Intn(len(hosts))], []string{"22", "2222"}[random.Intn(2)], keys[random.Intn(len(keys))]
		want := theirs(net.JoinHostPort(host, port), &net.TCPAddr{IP: net.IPv4zero, Port: 22}, key)
		h := Host{Name: host, Port: port}
		if port != "22" && len(ours.find(h, known)) > 0 && !hasPort(ours, h) {
			continue // lines without a port count here as they do for ssh(1)
		}
		got := ours.Check(h, key)
		if kindOf(got) != kindOfTheirs(want) {
			t.Fatalf("round %d: %s port %s\n%sgot %v\nwant %v", round, host, port, text, got, want)
		}
	}
}

// hasPort reports whether a line names the host with its port.
func hasPort(d *Database, h Host) bool {
	for _, e := range d.lines {
		if e.marker == known && e.names(h.name()) {
			return true
		}
	}
	return false
}

func kindOf(err error) int {
	var e *Error
	if !errors.As(err, &e) {
		return -1
	}
	return int(e.Kind)
}

func kindOfTheirs(err error) int {
	var key *knownhosts.KeyError
	var gone *knownhosts.RevokedError
	switch {
	case errors.As(err, &gone):
		return int(Revoked)
	case errors.As(err, &key) && len(key.Want) == 0:
		return int(Unknown)
	case errors.As(err, &key):
		return int(Changed)
	}
	return -1
}

func FuzzParse(f *testing.F) {
	f.Add("host ssh-ed25519 AAAA")
	f.Add("@revoked |1|x|y ssh-ed25519 AAAA c")
	f.Fuzz(func(t *testing.T, text string) {
		if e, ok := parse(text); ok {
			e.names("host")
		}
	})
}
