package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/shell"
	"tailbeam/tailer/remote/subsystem"
)

// session starts what reads files over a connection: a shell, or SFTP where there
// is none. What does not answer cannot be ended but with the connection: then the
// next one tries the other way first.
func (h *Host) session(ctx context.Context, client *dial.Client, wake func(string)) (*shell.Session, error) {
	if h.bare.Load() {
		return h.subsystem(ctx, client, wake)
	}
	if h.mute.Swap(false) {
		s, err := h.subsystem(ctx, client, wake)
		h.bare.Store(err == nil)
		return s, err
	}
	s, err := h.script(ctx, client, wake)
	if !errors.Is(err, shell.ErrNoShell) || h.mute.Load() {
		return s, err
	}
	s, err2 := h.subsystem(ctx, client, wake)
	if err2 != nil {
		return nil, fmt.Errorf("%w; and %w", err, err2)
	}
	h.bare.Store(true)
	return s, nil
}

// errLost says that a connection ended before there was a session.
var errLost = errors.New("connection lost: the other side has closed it")

// errMute says that what was started does not answer.
var errMute = errors.New("it does not answer")

// settling is how long it may take to notice that a connection has ended.
const settling = time.Second

// within calls start, and ends the connection where that takes too long. It does
// not wait for start when the connection has ended: who opens a channel in that
// moment is never answered (golang.org/x/crypto/ssh, mux.loop: channels end, then
// the connection).
func (h *Host) within(ctx context.Context, client *dial.Client, start func(context.Context) (*shell.Session, error)) (*shell.Session, error) {
	limited, cancel := context.WithTimeout(ctx, h.hosts.cfg.Start)
	defer cancel()
	stop := context.AfterFunc(limited, client.Close)
	type result struct {
		session *shell.Session
		err     error
	}
	started := make(chan result, 1)
	go func() {
		s, err := start(limited)
		started <- result{s, err}
	}()
	var r result
	select {
	case r = <-started:
	case <-client.Lost():
		select {
		case r = <-started:
		case <-time.After(settling):
			r.err = errLost
		}
	}
	s, err := r.session, r.err
	if !stop() && err == nil {
		s.Close()
		err = limited.Err()
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%w within %s", errMute, h.hosts.cfg.Start)
	}
	return s, err
}

// subsystem starts a session that reads over SFTP.
func (h *Host) subsystem(ctx context.Context, client *dial.Client, wake func(string)) (*shell.Session, error) {
	s, err := h.within(ctx, client, func(ctx context.Context) (*shell.Session, error) {
		streams, err := subsystem.Open(client.Client, &h.memory)
		if err != nil {
			return nil, err
		}
		streams.Patience = h.hosts.cfg.Patience
		return shell.Start(ctx, streams, wake)
	})
	if err != nil {
		return nil, fmt.Errorf("SFTP is not offered: %w", err)
	}
	return s, nil
}

// script starts the script in a shell.
func (h *Host) script(ctx context.Context, client *dial.Client, wake func(string)) (*shell.Session, error) {
	s, err := h.within(ctx, client, func(ctx context.Context) (*shell.Session, error) {
		inner, err := client.NewSession()
		if err != nil {
			return nil, err
		}
		in, err1 := inner.StdinPipe()
		out, err2 := inner.StdoutPipe()
		told, err3 := inner.StderrPipe()
		if err := errors.Join(err1, err2, err3, inner.Start(shell.Command)); err != nil {
			inner.Close()
			return nil, fmt.Errorf("%w: %w", shell.ErrNoShell, err)
		}
		return shell.Start(ctx, shell.Streams{In: in, Out: out, Err: told, Close: func() { inner.Close() }, Patience: h.hosts.cfg.Patience}, wake)
	})
	if errors.Is(err, errMute) {
		h.mute.Store(true)
		err = fmt.Errorf("%w: %w", shell.ErrNoShell, err)
	}
	return s, err
}
