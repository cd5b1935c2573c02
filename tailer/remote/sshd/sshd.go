// Package sshd runs OpenSSH servers on loopback addresses for tests, each with
// keys and a configuration of its own.
package sshd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/sshconfig"
)

// Program returns where sshd is, or skips the test.
func Program(t testing.TB) string {
	t.Helper()
	for _, path := range []string{"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/libexec/sshd"} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if path, err := exec.LookPath("sshd"); err == nil {
		return path
	}
	const missing = "sshd is not installed: apt-get install openssh-server"
	if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// Keygen runs ssh-keygen.
func Keygen(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command("ssh-keygen", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ssh-keygen %q: %v: %s", args, err, out)
	}
	return string(out)
}

// A Server is a running sshd, together with what a client needs to reach it.
type Server struct {
	Dir     string // holds all files
	Address string // host:port
	Host    string
	Port    string
	User    string
	Home    string // of the client: .ssh/config, .ssh/id_ed25519, .ssh/known_hosts

	program string
	config  string
	mu      sync.Mutex
	daemon  *exec.Cmd
	ended   chan struct{} // closed when daemon has ended
}

// Start runs a server with lines added to its configuration, and lets the key of
// the client in. It is ended with the test.
func Start(t testing.TB, lines ...string) *Server {
	t.Helper()
	return StartAt(t, "127.0.0.1", lines...)
}

// StartAt is Start on an address of the loopback network.
func StartAt(t testing.TB, host string, lines ...string) *Server {
	t.Helper()
	s := &Server{program: Program(t), Host: host}
	if os.Geteuid() == 0 {
		_ = os.MkdirAll("/run/sshd", 0o755) // where sshd separates its privileges
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s.User = me.Username
	// The directory must not be below one that others can write to.
	if s.Dir, err = os.MkdirTemp("", "tailbeam-sshd"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(s.Dir) })
	s.Home = filepath.Join(s.Dir, "home")
	if err := os.MkdirAll(filepath.Join(s.Home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", s.File("host"))
	Keygen(t, "-q", "-t", "ed25519", "-N", "", "-f", s.Identity())
	s.Write(t, "authorized_keys", s.Read(t, s.Identity()+".pub"))
	s.Port = freePort(t, host)
	s.Address = net.JoinHostPort(host, s.Port)
	s.config = s.File("sshd_config")
	base := []string{
		"HostKey " + s.File("host"), "AuthorizedKeysFile " + s.File("authorized_keys"), "StrictModes no",
		"PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no", "PidFile none", "PermitRootLogin yes",
		"MaxStartups 200", "LogLevel ERROR",
	}
	// The shell finds no files of the user who runs the tests: they may take long.
	lines = slices.Clone(lines)
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "SetEnv ") }); i >= 0 {
		lines[i] += " HOME=" + s.Dir
	} else {
		lines = append(lines, "SetEnv HOME="+s.Dir)
	}
	if !strings.Contains(strings.Join(lines, " "), "Subsystem") {
		base = append(base, "Subsystem sftp internal-sftp")
	}
	s.Write(t, "sshd_config", strings.Join(append(lines, base...), "\n")+"\n")
	s.Know(t, s.File("host")+".pub")
	s.Write(t, "home/.ssh/config", fmt.Sprintf("Host *\n  IdentityFile %s\n  IdentityAgent none\n  UserKnownHostsFile %s\n", s.Identity(), s.Known()))
	s.Up(t)
	t.Cleanup(s.Down)
	return s
}

// File returns the path of a file of the server.
func (s *Server) File(name string) string { return filepath.Join(s.Dir, name) }

// Identity is the private key of the client.
func (s *Server) Identity() string { return filepath.Join(s.Home, ".ssh", "id_ed25519") }

// Known is the client's known_hosts.
func (s *Server) Known() string { return filepath.Join(s.Home, ".ssh", "known_hosts") }

// Write writes a file of the server.
func (s *Server) Write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(s.File(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Read returns what is in a file.
func (s *Server) Read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Know makes a public key known to the client as the one of the server.
func (s *Server) Know(t testing.TB, public string) {
	t.Helper()
	s.Write(t, "home/.ssh/known_hosts", fmt.Sprintf("[%s]:%s %s", s.Host, s.Port, s.Read(t, public)))
}

// Up starts the server again.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	said, err := os.Create(s.File("said")) // and no pipe: who serves a connection holds it too
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	daemon := exec.Command(s.program, "-D", "-e", "-f", s.config, "-p", s.Port, "-o", "ListenAddress="+s.Host)
	daemon.Env = []string{"PATH=" + os.Getenv("PATH")}
	daemon.Stderr = said
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = daemon.Wait()
		close(ended)
	}()
	for deadline := time.Now().Add(30 * time.Second); ; {
		conn, err := net.Dial("tcp", s.Address)
		if err == nil {
			conn.Close()
			break
		}
		select {
		case <-ended:
			t.Fatalf("sshd ends: %v: %s", daemon.ProcessState, s.Read(t, said.Name()))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal(errors.New("sshd does not listen"))
		}
	}
	s.daemon, s.ended = daemon, ended
}

// Down ends the server, and the connections to it.
func (s *Server) Down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.daemon == nil {
		return
	}
	freeze(s.daemon.Process) // or it accepts a connection that is not seen
	s.cutLocked()
	_ = s.daemon.Process.Kill()
	<-s.ended
	s.daemon = nil
}

// Cut kills the processes that serve connections, but not the server.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutLocked()
}

func (s *Server) cutLocked() {
	if s.daemon == nil {
		return
	}
	for _, pid := range children(s.daemon.Process.Pid) {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	}
}

// Connections returns how many there are.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.daemon == nil {
		return 0
	}
	return len(children(s.daemon.Process.Pid))
}

// Config is the client's configuration.
func (s *Server) Config() string { return filepath.Join(s.Home, ".ssh", "config") }

// Options say how a client reaches the server.
func (s *Server) Options() dial.Options {
	return dial.Options{Config: &sshconfig.Files{User: s.Config(), Home: s.Home}}
}

// Target is the server as an operator writes it.
func (s *Server) Target() dial.Target {
	return dial.Target{User: s.User, Host: s.Host, Port: s.Port}
}

func freePort(t testing.TB, host string) string {
	t.Helper()
	ln, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
