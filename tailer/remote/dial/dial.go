// Package dial connects to hosts as ssh(1) does: by what its configuration says,
// with keys, certificates and agents, through jump hosts, and never without
// knowing the host's key.
//
// It never asks anybody: what needs a password or a passphrase takes it from a
// file that only its owner can read. It forwards no agent, and runs nothing on
// this side but the ProxyCommand of the user's own configuration.
//
// # Goroutines
//
//	Client.alive  one per Client, ends with its connection
//
// and those of golang.org/x/crypto/ssh.
package dial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"tailbeam/tailer/remote/hostkey"
	"tailbeam/tailer/remote/sshconfig"
)

// Options say how to connect. The zero value is what ssh(1) does.
type Options struct {
	// Config names the files that ssh(1) reads; default sshconfig.Default.
	Config *sshconfig.Files
	// AcceptNew has the key of a host of which nothing is known accepted and
	// added to the user's known_hosts. A changed key is never accepted.
	AcceptNew bool
	// Secrets is a file of passwords and passphrases; empty for none.
	Secrets string
	// Agent is the socket of the agent where nothing else is configured;
	// default $SSH_AUTH_SOCK.
	Agent   string
	Timeout time.Duration // to connect where nothing is configured; default 15s
	// AliveInterval and AliveCount say when a connection is dead where nothing
	// is configured: after so many questions, so far apart, without an answer.
	// Default 8s and 2.
	AliveInterval time.Duration
	AliveCount    int
	Logger        *slog.Logger // default none
}

func (o Options) withDefaults() Options {
	if o.Config == nil {
		files := sshconfig.Default()
		o.Config = &files
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.AliveInterval <= 0 {
		o.AliveInterval = 8 * time.Second
	}
	if o.AliveCount < 1 {
		o.AliveCount = 2
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return o
}

// CheckSecrets returns what is wrong with a file of passwords and passphrases.
func CheckSecrets(path string) error {
	_, err := readSecrets(path)
	return err
}

// Kind is why a connection cannot be made.
type Kind uint8

const (
	Unreachable   Kind = iota // it may be there later
	AuthFailed                // the host takes none of what there is to show
	KeyMismatch               // the host's key is not the one that is known, or none is
	Misconfigured             // the configuration has a mistake
)

// An Error says why a connection cannot be made.
type Error struct {
	Kind   Kind
	reason string
}

// Error returns one line for a person.
func (e *Error) Error() string { return e.reason }

// A Client is a connection.
type Client struct {
	*ssh.Client
	User  string // who is logged in
	below []io.Closer
	lost  chan struct{} // closed when the connection has ended
}

// Lost is closed when the connection has ended.
func (c *Client) Lost() <-chan struct{} { return c.lost }

// Close ends the connection and those that it goes through.
func (c *Client) Close() {
	c.Client.Close()
	for _, b := range slices.Backward(c.below) {
		b.Close()
	}
	<-c.lost
}

// Connect connects to a host. The error is an *Error, or the one of ctx.
func Connect(ctx context.Context, t Target, o Options) (*Client, error) {
	d := dialing{o: o.withDefaults()}
	return d.connect(ctx, t, nil, 0)
}

type dialing struct{ o Options }

// noted are the notes that were logged: each is once, however often a host is
// connected to.
var noted sync.Map

// maxJumps bounds how many hosts a connection goes through.
const maxJumps = 8

// connect connects to a host, through another if that is not nil.
func (d *dialing) connect(ctx context.Context, t Target, through *Client, depth int) (*Client, error) {
	if depth > maxJumps {
		return nil, &Error{Misconfigured, "ProxyJump leads through too many hosts: it may lead in a circle"}
	}
	host, err := d.o.Config.Resolve(t.Host, t.User, t.Port)
	if err != nil {
		return nil, &Error{Misconfigured, err.Error()}
	}
	for _, note := range host.Notes {
		if _, told := noted.LoadOrStore(note, true); !told {
			d.o.Logger.Warn("ssh configuration not fully understood", "note", note)
		}
	}
	if host.ProxyCommand != "" && through == nil && proxyShell() == "" {
		return nil, &Error{Misconfigured, "ProxyCommand is not supported on this system: use ProxyJump to reach " + t.Host}
	}
	if through == nil && host.ProxyJump != "" {
		if through, err = d.jump(ctx, host.ProxyJump, depth+1); err != nil {
			return nil, err
		}
	}
	timeout := d.o.Timeout
	if host.ConnectTimeout > 0 {
		timeout = host.ConnectTimeout
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout, errTimeout)
	defer cancel()
	c, err := d.handshake(limited, host, through)
	if err != nil {
		if through != nil {
			through.Close()
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, d.explain(host, err, timeout, context.Cause(limited))
	}
	if through != nil {
		c.below = append(c.below, closer(through.Close))
	}
	go c.alive(host, d.o)
	return c, nil
}

type closer func()

func (c closer) Close() error { c(); return nil }

// jump connects to the hosts of a ProxyJump one after the other.
func (d *dialing) jump(ctx context.Context, spec string, depth int) (*Client, error) {
	var through *Client
	for _, hop := range strings.Split(spec, ",") {
		t, err := ParseTarget(strings.TrimSpace(hop))
		if err != nil {
			err = &Error{Misconfigured, "ProxyJump: " + err.Error()}
		}
		var next *Client
		if err == nil {
			next, err = d.connect(ctx, t, through, depth)
		} else if through != nil {
			through.Close()
		}
		if err != nil {
			var e *Error
			if errors.As(err, &e) {
				err = &Error{e.Kind, "on the way, at " + hop + ": " + e.reason}
			}
			return nil, err
		}
		through = next
	}
	return through, nil
}

var errTimeout = errors.New("no answer in time")

// handshake makes a connection.
func (d *dialing) handshake(ctx context.Context, host sshconfig.Host, through *Client) (*Client, error) {
	known, err := hostkey.Read(host.KnownHosts)
	if err != nil {
		return nil, &Error{Misconfigured, err.Error()}
	}
	keys, err := d.gather(ctx, host)
	if err != nil {
		return nil, err
	}
	defer keys.close()
	address := net.JoinHostPort(host.HostName, host.Port)
	var conn net.Conn
	switch {
	case through != nil:
		conn, err = through.DialContext(ctx, "tcp", address)
	case host.ProxyCommand != "":
		conn, err = runProxy(host)
	default:
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	who := hostkey.Host{Name: host.HostName, Port: host.Port, Alias: host.HostKeyAlias}
	var refused error
	cfg := &ssh.ClientConfig{
		User: host.User,
		Auth: keys.methods(),
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			refused = d.check(known, who, key)
			return refused
		},
		HostKeyAlgorithms: known.Algorithms(who, host.HostKeyAlgorithms),
		ClientVersion:     "SSH-2.0-tailbeam",
	}
	inner, channels, requests, err := ssh.NewClientConn(conn, address, cfg)
	if !stop() && err == nil {
		err = errTimeout
	}
	if err != nil {
		conn.Close()
		if refused != nil {
			return nil, refused
		}
		if p, is := conn.(*proxy); is {
			err = p.explain(err)
		}
		return nil, keys.explain(err)
	}
	return &Client{Client: ssh.NewClient(inner, channels, requests), User: host.User, lost: make(chan struct{})}, nil
}

// check accepts the key of a host, or says why not.
func (d *dialing) check(known *hostkey.Database, who hostkey.Host, key ssh.PublicKey) error {
	err := known.Check(who, key)
	var e *hostkey.Error
	if !errors.As(err, &e) || e.Kind != hostkey.Unknown || !d.o.AcceptNew {
		return err
	}
	if err := known.Add(who, key); err != nil {
		return err
	}
	d.o.Logger.Warn("key of a new host accepted", "host", who.Name, "key", ssh.FingerprintSHA256(key))
	return nil
}

// explain makes of an error one line that says what is wrong with a host.
func (d *dialing) explain(host sshconfig.Host, err error, timeout time.Duration, cause error) error {
	var mine *Error
	var key *hostkey.Error
	switch {
	case errors.As(err, &mine):
		return mine
	case errors.As(err, &key):
		return &Error{KeyMismatch, key.Error()}
	case errors.Is(cause, errTimeout):
		return &Error{Unreachable, fmt.Sprintf("%s does not answer within %s", host.HostName, timeout)}
	}
	var silent *proxyError
	if errors.As(err, &silent) {
		return &Error{Unreachable, silent.Error()}
	}
	text := err.Error()
	if strings.Contains(text, "no common algorithm for host key") {
		return &Error{KeyMismatch, fmt.Sprintf("%s has no key of a kind that is known of it: %s", host.HostName, plainly(err))}
	}
	return &Error{Unreachable, plainly(err)}
}

// plainly returns what an error says without what wraps it.
func plainly(err error) string {
	var op *net.OpError
	var dns *net.DNSError
	var open *ssh.OpenChannelError
	switch {
	case errors.As(err, &dns):
		return dns.Name + ": " + dns.Err
	case errors.As(err, &open):
		return open.Message
	case errors.As(err, &op):
		text := op.Err.Error()
		return strings.TrimSpace(text[strings.LastIndex(text, ": ")+1:])
	case errors.Is(err, io.EOF):
		return "the connection was closed before it was made"
	}
	text := strings.TrimPrefix(err.Error(), "ssh: handshake failed: ")
	return strings.ToValidUTF8(strings.TrimPrefix(text, "ssh: "), "?")
}

// alive ends the connection when the other side does not answer any more.
func (c *Client) alive(host sshconfig.Host, o Options) {
	interval, count := o.AliveInterval, o.AliveCount
	if host.AliveInterval > 0 {
		interval, count = host.AliveInterval, 3
		if host.AliveCount > 0 {
			count = host.AliveCount
		}
	}
	gone := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(gone)
	}()
	answers := make(chan struct{}, 1)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	missed, waiting := 0, false
	for {
		select {
		case <-gone:
			close(c.lost)
			return
		case <-answers:
			missed, waiting = 0, false
		case <-ticker.C:
			if waiting {
				if missed++; missed >= count {
					c.Client.Close()
				}
				continue
			}
			waiting = true
			go func() {
				if _, _, err := c.SendRequest("keepalive@openssh.com", true, nil); err == nil {
					answers <- struct{}{}
				}
			}()
		}
	}
}
