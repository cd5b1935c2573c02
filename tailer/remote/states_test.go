package remote

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// logged starts to follow a file with one line.
func logged(t *testing.T, server *sshd.Server, change ...func(*Config)) (*recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\n")
	r := newRecorder()
	hosts(t, server, change...).Host(server.Target()).Stream(path).Follow(r, local.Whole)
	return r, path
}

// awaitState waits for a condition with a reason that has some words.
func (r *recorder) awaitState(t *testing.T, c line.Condition, words string) {
	t.Helper()
	r.await(t, "state "+words, func() bool {
		return len(r.events) > 0 && r.last.Condition == c && strings.Contains(r.last.Reason, words)
	})
}

func TestUnreachableHost(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	server.Down()
	r, path := logged(t, server, func(c *Config) { c.First, c.Most = 2*time.Second, 2*time.Second })
	r.awaitState(t, line.Waiting, "connection refused; next try in 2 s")
	r.awaitState(t, line.Waiting, "trying again")
	server.Up(t)
	r.awaitText(t, "one\n")
	r.awaitState(t, line.Live, "")
	server.Down()
	r.awaitState(t, line.Waiting, "next try in")
	write(t, path, "two\n")
	server.Up(t)
	r.awaitText(t, "one\ntwo\n")
	r.awaitState(t, line.Live, "")
	if r.reasons[0] != "connecting to "+server.Target().String() {
		t.Errorf("the first word is %q", r.reasons[0])
	}
}

func TestUnknownKeyThatIsAccepted(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	known := server.Read(t, server.Known())
	server.Write(t, "home/.ssh/known_hosts", "")
	r, _ := logged(t, server)
	r.awaitState(t, line.Failed, "SHA256:")
	server.Write(t, "home/.ssh/known_hosts", known)
	r.awaitText(t, "one\n")
	r.awaitState(t, line.Live, "")
}

// TestServerThatTakesFewAtOnce turns most away that connect at the same time: all
// are let in after a while.
func TestServerThatTakesFewAtOnce(t *testing.T) {
	t.Parallel()
	lines := []string{"MaxStartups 2:100:2"}
	for i := range 15 {
		lines = append(lines, fmt.Sprintf("ListenAddress 127.0.9.%d", i+1))
	}
	server := sshd.Start(t, lines...)
	server.Write(t, "home/.ssh/known_hosts", fmt.Sprintf("[127.0.9.*]:%s %s", server.Port, server.Read(t, server.File("host.pub"))))
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\n")
	hs := hosts(t, server, func(c *Config) { c.Most = time.Second })
	var all []*recorder
	for i := range 15 {
		target := server.Target()
		target.Host = fmt.Sprintf("127.0.9.%d", i+1)
		r := newRecorder()
		hs.Host(target).Stream(path).Follow(r, local.Whole)
		all = append(all, r)
	}
	for _, r := range all {
		r.awaitText(t, "one\n")
	}
}

// TestKeyThatIsAnotherOne has a server come back with another key: it is not read
// until that is accepted.
func TestKeyThatIsAnotherOne(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	r, path := logged(t, server)
	r.awaitText(t, "one\n")
	server.Down()
	for _, name := range []string{"host", "host.pub"} {
		if err := os.Remove(server.File(name)); err != nil {
			t.Fatal(err)
		}
	}
	sshd.Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", server.File("host"))
	write(t, path, "two\n")
	server.Up(t)
	r.awaitState(t, line.Failed, "SHA256:")
	server.Know(t, server.File("host.pub"))
	r.awaitText(t, "one\ntwo\n")
	r.awaitState(t, line.Live, "")
}

func TestRefusedKeyIsNotTriedAgainSoon(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	allowed := server.Read(t, server.File("authorized_keys"))
	server.Write(t, "authorized_keys", "")
	r, _ := logged(t, server, func(c *Config) { c.Refused = 2 * time.Second })
	r.awaitState(t, line.Failed, "does not let "+server.User+" in")
	server.Write(t, "authorized_keys", allowed)
	began := time.Now()
	r.awaitText(t, "one\n")
	if time.Since(began) < time.Second {
		t.Error("it was tried again at once")
	}
}

func TestOneBadHostDelaysNothing(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	hs := hosts(t, server, func(c *Config) { c.Storm = 1 })
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\n")
	bad := server.Target()
	bad.Host, bad.Port = "127.0.0.77", "1"
	worse := server.Target()
	worse.Host = "no such host"
	for _, to := range []*recorder{newRecorder(), newRecorder()} {
		hs.Host(bad).Stream(path).Follow(to, local.Whole)
		bad = worse
	}
	r := newRecorder()
	hs.Host(server.Target()).Stream(path).Follow(r, local.Whole)
	r.awaitText(t, "one\n")
}

func TestMissingFile(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "not", "yet.log")
	r := newRecorder()
	hosts(t, server).Host(server.Target()).Stream(path).Follow(r, local.Whole)
	r.awaitState(t, line.Waiting, "no such file")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, path, "it came\n")
	r.awaitText(t, "it came\n")
	r.awaitState(t, line.Live, "")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r.awaitState(t, line.Waiting, "no such file")
}

func TestHistoryOfAHostThatIsAway(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\n")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	st.Follow(r, local.Whole)
	r.awaitText(t, "one\n")
	at, err := st.History().Start(t.Context())
	if err != nil || at.IsZero() {
		t.Fatalf("starts at %v, %v", at, err)
	}
	server.Down()
	r.awaitState(t, line.Waiting, "unreachable")
	if _, err := st.History().Forward(t.Context(), at, make([]byte, 1000)); !errors.Is(err, line.ErrAway) {
		t.Errorf("while the host is away: %v", err)
	}
	server.Up(t)
	r.awaitState(t, line.Live, "")
	if b, err := st.History().Forward(t.Context(), at, make([]byte, 1000)); err != nil || string(b.Data) != "one\n" {
		t.Errorf("when the host is back: %q, %v", b.Data, err)
	}
}
