package remote

import (
	"context"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/shell"
)

// only gives one session, and nothing when that is lost.
type only struct{ session *shell.Session }

// Session implements shell.Source.
func (o only) Session() (*shell.Session, error) { return o.session, nil }

// Lost implements shell.Source.
func (o only) Lost(err error, _ int) error { return err }

// A Visitor sees the files of a host over one session.
type Visitor struct{ *shell.FS }

// visitor returns the files of a session.
func (h *Host) visitor(s *shell.Session) *Visitor {
	v := &Visitor{shell.NewFS(h.name, only{s}, &h.hangs)}
	v.Use(s)
	return v
}

// Visit connects to a host once.
func Visit(ctx context.Context, t dial.Target, cfg Config, look func(*Visitor) error) error {
	cfg = cfg.withDefaults()
	h := &Host{hosts: &Hosts{cfg: cfg}, target: t, name: t.String()}
	return h.once(ctx, func(s *shell.Session) error { return look(h.visitor(s)) })
}

// once has do use a session over a connection of its own.
func (h *Host) once(ctx context.Context, do func(*shell.Session) error) error {
	client, err := dial.Connect(ctx, h.target, h.hosts.cfg.Dial)
	if err != nil {
		return err
	}
	defer client.Close()
	s, err := h.session(ctx, client, func(string) {})
	if err != nil {
		return err
	}
	defer s.Close()
	defer client.Close() // or one that hangs has s wait for it
	return do(s)
}
