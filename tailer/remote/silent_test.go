package remote

import (
	"context"
	"errors"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/shell"
	"tailbeam/tailer/remote/sshd"
)

// TestHostThatRunsSomethingElse lets in and runs what never answers, neither as a
// shell nor as SFTP.
func TestHostThatRunsSomethingElse(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t, "ForceCommand exec sleep 1000")
	r, _ := logged(t, server, func(c *Config) { c.Start = 500 * time.Millisecond })
	r.awaitState(t, line.Waiting, "SFTP is not offered: it does not answer within 500ms")
	r.awaitState(t, line.Waiting, "next try in")
}

// TestConnectionThatEndsAsASessionBegins has nobody answer who starts the session.
func TestConnectionThatEndsAsASessionBegins(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t)
	client, err := dial.Connect(t.Context(), server.Target(), server.Options())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	h := &Host{hosts: &Hosts{cfg: Config{Start: time.Hour}}}
	s, err := h.within(t.Context(), client, func(context.Context) (*shell.Session, error) {
		server.Cut()
		<-t.Context().Done()
		return nil, nil
	})
	if s != nil || !errors.Is(err, errLost) {
		t.Errorf("got %v, %v, want %v", s, err, errLost)
	}
}
