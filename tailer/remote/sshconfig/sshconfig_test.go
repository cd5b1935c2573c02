package sshconfig

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// write makes a home with files in .ssh.
func write(t *testing.T, files map[string]string) Files {
	t.Helper()
	home := t.TempDir()
	for name, text := range files {
		path := filepath.Join(home, ".ssh", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Files{User: filepath.Join(home, ".ssh", "config"), Home: home}
}

func TestFirstValueCounts(t *testing.T) {
	f := write(t, map[string]string{
		"config": `
# comment
Include conf.d/*.conf
Host web* !web9
	HostName = %h.example.org
	User deploy   # who
	Port=2222
	IdentityFile ~/.ssh/a
	IdentityFile "/keys/with blank/%r@%h"
	ProxyJump bastion
	ConnectTimeout 7
	ServerAliveInterval 1m30s
	ServerAliveCountMax 2
	UserKnownHostsFile ~/kh1 "/k h2"
	HostKeyAlgorithms ssh-ed25519
HOST *
	user nobody
	IdentitiesOnly YES
	IdentityFile /keys/last
`,
		"conf.d/1.conf": "Host web1\n  Port 22022\n",
	})
	h, err := f.Resolve("web1", "", "")
	if err != nil {
		t.Fatal(err)
	}
	want := Host{
		Alias: "web1", HostName: "web1.example.org", User: "deploy", Port: "22022",
		IdentityFiles:  []string{f.Home + "/.ssh/a", "/keys/with blank/deploy@web1.example.org", "/keys/last"},
		IdentitiesOnly: true, ProxyJump: "bastion", HostKeyAlgorithms: "ssh-ed25519",
		ConnectTimeout: 7 * time.Second, AliveInterval: 90 * time.Second, AliveCount: 2,
	}
	if h.HostName != want.HostName || h.User != want.User || h.Port != want.Port || !slices.Equal(h.IdentityFiles, want.IdentityFiles) ||
		!h.IdentitiesOnly || h.ProxyJump != want.ProxyJump || h.ConnectTimeout != want.ConnectTimeout ||
		h.AliveInterval != want.AliveInterval || h.AliveCount != 2 || h.HostKeyAlgorithms != want.HostKeyAlgorithms {
		t.Errorf("got %+v\nwant %+v", h, want)
	}
	if !slices.Equal(h.KnownHosts[:2], []string{f.Home + "/kh1", "/k h2"}) {
		t.Errorf("known hosts are %q", h.KnownHosts)
	}
	if h, _ := f.Resolve("web9", "", ""); h.HostName != "web9" || h.User != "nobody" {
		t.Errorf("web9 is %+v", h)
	}
	if h, _ := f.Resolve("web2", "me", "23"); h.User != "me" || h.Port != "23" {
		t.Errorf("what is written counts less than the file: %+v", h)
	}
}

func TestMatch(t *testing.T) {
	f := write(t, map[string]string{"config": `
Match originalhost db* user root
	Port 1
Match host *.example.org
	Port 2
Match exec "touch RAN"
	Port 3
Match !originalhost db1
	Port 4
Match all
	Port 5
`})
	f.User = filepath.Join(f.Home, ".ssh", "config")
	for _, c := range []struct{ host, user, port string }{
		{"db1", "root", "1"}, {"db1", "other", "5"}, {"a.example.org", "x", "2"}, {"other", "x", "4"},
	} {
		h, err := f.Resolve(c.host, c.user, "")
		if err != nil || h.Port != c.port {
			t.Errorf("%s@%s has port %s, want %s (%v)", c.user, c.host, h.Port, c.port, err)
		}
		if c.port > "2" && (len(h.Notes) != 1 || !strings.Contains(h.Notes[0], "exec")) {
			t.Errorf("notes are %q", h.Notes)
		}
	}
}

func TestIncludeStaysInItsBlock(t *testing.T) {
	f := write(t, map[string]string{
		"config": "Host a\n  Include more\nHost b\n  Port 7\n",
		"more":   "User included\nHost *\n  Port 9\n",
	})
	if h, _ := f.Resolve("a", "", ""); h.User != "included" || h.Port != "9" {
		t.Errorf("a is %+v", h)
	}
	if h, _ := f.Resolve("b", "", ""); h.User == "included" || h.Port != "7" {
		t.Errorf("b is %+v", h)
	}
}

// TestFinalBlocksCountLast has a block that ssh(1) looks at when it has read all.
func TestFinalBlocksCountLast(t *testing.T) {
	f := write(t, map[string]string{
		"config": "Match final all\n  Port 7\n  User late\n  IdentityFile k\nMatch canonical all\n  Port 8\nHost a\n  User early\n  IdentityFile k\n",
	})
	if h, err := f.Resolve("a", "", ""); err != nil || h.User != "early" || h.Port != "7" || len(h.IdentityFiles) != 1 || len(h.Notes) > 0 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestWhatIsNotKnownIsNoted(t *testing.T) {
	f := write(t, map[string]string{
		"config": "Host a\n  BindAddress 10.0.0.1\n  CanonicalizeHostname no\n  VisualHostKey yes\nHost b\n  BindInterface eth0\n",
	})
	if h, err := f.Resolve("a", "", ""); err != nil || len(h.Notes) != 1 || !strings.Contains(h.Notes[0], "line 2: bindaddress") {
		t.Errorf("%q, %v", h.Notes, err)
	}
}

func TestDefaultsAndMistakes(t *testing.T) {
	f := write(t, nil)
	h, err := f.Resolve("h", "", "")
	if err != nil || h.HostName != "h" || h.Port != "22" || h.User == "" || len(h.IdentityFiles) != 3 || len(h.KnownHosts) != 4 {
		t.Errorf("without a file: %+v, %v", h, err)
	}
	for _, text := range []string{"Host *\n Port nine\n", "Include config\n", "Port\n", "ConnectTimeout soon\n"} {
		if h, err := write(t, map[string]string{"config": text}).Resolve("h", "", ""); err == nil {
			t.Errorf("%q is taken for %+v", text, h)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add(`a "b c" 'd' # e`)
	f.Add(`=x`)
	f.Fuzz(func(t *testing.T, text string) {
		if len(words(text)) == 0 {
			t.Error("no words")
		}
		directive(text)
		matches("name", words(text))
	})
}
