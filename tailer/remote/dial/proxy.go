package dial

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"tailbeam/tailer/process"
	"tailbeam/tailer/remote/sshconfig"
)

// A proxy is a connection through a command, as ssh_config(5) says under
// ProxyCommand: the user's shell runs it, and it ends with the connection. What
// stands for the host and the user in it has no character that a shell would take
// for something else (ParseTarget), or is the user's own.
type proxy struct {
	in      io.WriteCloser
	out     io.ReadCloser
	process *process.Process
	closing sync.Once

	mu   sync.Mutex
	said bytes.Buffer // on standard error, its beginning
}

var _ net.Conn = (*proxy)(nil)

// maxSaid is how much is kept of what a command says.
const maxSaid = 1 << 10

func runProxy(host sshconfig.Host) (net.Conn, error) {
	command := strings.NewReplacer("%%", "%", "%h", host.HostName, "%n", host.Alias, "%p", host.Port, "%r", host.User).Replace(host.ProxyCommand)
	cmd := exec.Command(proxyShell(), "-c", "exec "+command)
	p := &proxy{}
	var err1, err2 error
	p.in, err1 = cmd.StdinPipe()
	p.out, err2 = cmd.StdoutPipe()
	cmd.Stderr = said{p}
	// Who holds standard error open is not waited for.
	cmd.WaitDelay = time.Second
	err := errors.Join(err1, err2)
	if err == nil {
		p.process, err = process.Start(cmd)
	}
	if err != nil {
		return nil, fmt.Errorf("ProxyCommand: %w", err)
	}
	return p, nil
}

// said keeps what a command says.
type said struct{ *proxy }

// Write implements io.Writer.
func (s said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said.Write(p[:min(len(p), maxSaid-min(maxSaid, s.said.Len()))])
	return len(p), nil
}

// A proxyError says that a command has ended before there was a connection.
type proxyError struct{ words string }

// Error returns what the command said.
func (e *proxyError) Error() string { return "ProxyCommand: " + e.words }

// explain returns what the command said when it has ended, or an error as it is.
func (p *proxy) explain(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	words := strings.Join(strings.Fields(strings.ToValidUTF8(p.said.String(), "?")), " ")
	if !errors.Is(err, io.EOF) {
		return err
	}
	if words == "" {
		words = "it ended without a connection"
	}
	return &proxyError{words}
}

// Read implements net.Conn.
func (p *proxy) Read(b []byte) (int, error) { return p.out.Read(b) }

// Write implements net.Conn. Where the command does not read any more, it has
// ended, or nothing comes of it: the error is io.EOF, as that of Read.
func (p *proxy) Write(b []byte) (int, error) {
	n, err := p.in.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		err = io.EOF
	}
	return n, err
}

// Close ends the command.
func (p *proxy) Close() error {
	p.closing.Do(func() {
		p.in.Close()
		p.process.Kill()
		_ = p.process.Wait() // it was killed
	})
	return nil
}

// LocalAddr implements net.Conn.
func (p *proxy) LocalAddr() net.Addr { return proxyAddr{} }

// RemoteAddr implements net.Conn.
func (p *proxy) RemoteAddr() net.Addr { return proxyAddr{} }

// SetDeadline implements net.Conn. There are none: Close ends everything.
func (p *proxy) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (p *proxy) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (p *proxy) SetWriteDeadline(time.Time) error { return nil }

type proxyAddr struct{}

// Network implements net.Addr.
func (proxyAddr) Network() string { return "proxy" }

// String implements net.Addr.
func (proxyAddr) String() string { return "ProxyCommand" }
