package dial_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/sshconfig"
)

// listen serves connections until the end of the test.
func listen(t *testing.T, serve func(net.Conn)) (dial.Target, dial.Options) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	files := sshconfig.Files{User: filepath.Join(home, ".ssh", "config"), Home: home}
	return dial.Target{User: "me", Host: host, Port: port},
		dial.Options{Config: &files, Agent: "/none", AcceptNew: true, Timeout: 300 * time.Millisecond}
}

func TestHostsThatMisbehave(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(net.Conn)
		words string
	}{
		"says nothing": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "does not answer within"},
		"stalls in its first line": {func(c net.Conn) {
			_, _ = io.WriteString(c, "SSH-2.0-Op")
			_, _ = io.Copy(io.Discard, c)
		}, "does not answer within"},
		"drips": {func(c net.Conn) {
			for range 1000 {
				if _, err := io.WriteString(c, "x"); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}, "does not answer within"},
		"is a web server": {func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"+strings.Repeat("<html>\n", 1000))
		}, ""},
		"talks garbage": {func(c net.Conn) {
			_, _ = io.WriteString(c, "SSH-2.0-x\r\n")
			_, _ = io.CopyN(c, rand.Reader, 1<<16)
		}, ""},
		"hangs up": {func(net.Conn) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, o := listen(t, c.serve)
			_, err := dial.Connect(t.Context(), to, o)
			wantKind(t, err, dial.Unreachable, c.words)
		})
	}
}

func TestConnectEndsWithItsContext(t *testing.T) {
	to, o := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	o.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := dial.Connect(ctx, to, o); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// serve answers one client with x/crypto/ssh until stop is closed.
func serve(t *testing.T, cfg *ssh.ServerConfig, stop <-chan struct{}) func(net.Conn) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cfg.AddHostKey(signer)
	return func(c net.Conn) {
		conn, channels, requests, err := ssh.NewServerConn(c, cfg)
		if err != nil {
			return
		}
		go func() {
			for ch := range channels {
				_ = ch.Reject(ssh.Prohibited, "nothing is here")
			}
		}()
		for {
			select {
			case r, ok := <-requests:
				if !ok {
					return
				}
				if r.WantReply {
					_ = r.Reply(false, nil)
				}
			case <-stop:
				// It goes on reading, and answers nothing any more.
				_ = conn.Wait()
				return
			}
		}
	}
}

func TestPasswordFromAFile(t *testing.T) {
	for name, cfg := range map[string]*ssh.ServerConfig{
		"password": {PasswordCallback: func(c ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
			return nil, is(c.User() == "me" && string(p) == "open sesame ")
		}},
		"keyboard-interactive": {KeyboardInteractiveCallback: func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			return nil, errors.Join(err, is(len(answers) == 1 && answers[0] == "open sesame "))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			to, o := listen(t, serve(t, cfg, nil))
			o.Timeout = 0
			_, err := dial.Connect(t.Context(), to, o)
			wantKind(t, err, dial.AuthFailed, "no key")
			o.Secrets = filepath.Join(t.TempDir(), "secrets")
			for text, ok := range map[string]bool{"password me@127.0.0.1 open sesame \n": true, "password * wrong\n": false} {
				if err := os.WriteFile(o.Secrets, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				client, err := dial.Connect(t.Context(), to, o)
				if ok && err != nil {
					t.Error(err)
				}
				if !ok {
					wantKind(t, err, dial.AuthFailed, "password of --ssh-secrets")
				}
				if client != nil {
					client.Close()
				}
			}
		})
	}
}

func is(ok bool) error {
	if ok {
		return nil
	}
	return errors.New("no")
}

func TestDeadConnectionIsFound(t *testing.T) {
	stop := make(chan struct{})
	cfg := &ssh.ServerConfig{NoClientAuth: true}
	to, o := listen(t, serve(t, cfg, stop))
	o.Timeout, o.AliveInterval, o.AliveCount = 0, 50*time.Millisecond, 40
	client, err := dial.Connect(t.Context(), to, o)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-client.Lost():
		t.Fatal("a connection that answers is taken for dead")
	case <-time.After(100 * time.Millisecond):
	}
	close(stop)
	<-client.Lost()
	client.Close()
}
