package stream

import (
	"bytes"
	"slices"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// greet takes an accepted connection whose request is still to be read.
func (l *loop) greet(sock netpoll.Socket) {
	v := l.viewers.take()
	v.sock, v.state, v.heard = sock, shaking, l.second
	if err := l.poll.Add(sock, v.token()); err != nil {
		l.server.log.Warn("watch a connection", "err", err)
		l.drop(v)
		return
	}
	l.watched[v] = struct{}{}
	l.read(v) // the request is often there already
}

// shake looks at what a connection has sent so far.
func (l *loop) shake(v *viewer, p []byte) {
	switch what, n := judge(p); what {
	case unclear:
		v.extra().in = append(v.extra().in[:0], p...)
	case forHTTP:
		l.handOver(v, p)
	case forViewer:
		response, ask, err := l.door.upgrade(p[:n], v.sock.Remote())
		if err != nil || !l.server.enter() {
			l.handOver(v, p)
			return
		}
		rest := p[n:]
		delete(l.watched, v)
		v.state = open
		if v.more != nil {
			v.more.in = nil
		}
		_, err = v.sock.Write(append(l.bufs[:0], response))
		if err != nil { // a new socket has room for a response, or it is broken
			l.drop(v)
			return
		}
		l.start(v, ask)
		if len(rest) > 0 && v.state == open {
			l.take(v, rest)
		}
	}
}

// handOver gives a connection to the HTTP server, with the bytes read so far.
func (l *loop) handOver(v *viewer, p []byte) {
	sock := v.sock
	read := bytes.Clone(p)
	l.poll.Remove(sock)
	delete(l.watched, v)
	l.viewers.give(v)
	conn, err := sock.NetConn()
	if err != nil {
		l.server.log.Warn("give a connection to the HTTP server", "err", err)
		return
	}
	l.server.second.push(&prefixConn{Conn: conn, prefix: read})
}

// welcome takes a connection that was upgraded at the second door.
func (l *loop) welcome(a arrival) {
	v := l.viewers.take()
	v.state, v.heard = open, l.second
	v.sock = a.sock
	if a.conn != nil {
		token := v.token()
		v.sock = netpoll.FromConn(a.conn, func(r netpoll.Ready) {
			l.post(netpoll.Event{Token: token, Ready: r})
		})
	} else if err := l.poll.Add(v.sock, v.token()); err != nil {
		l.server.log.Warn("watch a connection", "err", err)
		l.drop(v)
		return
	}
	l.start(v, a.ask)
	if len(a.rest) > 0 && v.state == open {
		l.take(v, a.rest)
	}
}

// start gives a viewer what it asked for.
func (l *loop) start(v *viewer, ask Ask) {
	if ask.IgnoreGaps {
		v.flags |= ignoreGaps
	}
	switch {
	case l.leaving:
		l.close(v, wire.CloseAway, "")
	case ask.Encoding == Batches:
		v.flags |= batched
	case ask.Prefix || len(ask.Streams) > 1:
		s := &subscription{feed: l.server.hub.prefixedFeed(ask.Streams)}
		l.startPlain(v, ask, s)
	default:
		l.startPlain(v, ask, nil)
	}
}

// startPlain puts a plain viewer at its first line: through a subscription
// where several logs are prefixed, right into the log otherwise.
func (l *loop) startPlain(v *viewer, ask Ask, s *subscription) {
	if s == nil {
		log := ask.Streams[0]
		log.viewers.Add(1)
		v.sub.viewer, v.log = v, log
		l.tapOf(&log.ring).add(&v.sub, 0) // from now on nothing goes unseen
	}
	where, err := starts(ask)
	if err != nil {
		l.close(v, wire.ClosePolicy, "from: "+err.Error())
		return
	}
	if s != nil {
		l.subscribe(v, s, where)
	} else {
		v.sub.off = where[0].off
	}
	if !ask.IgnoreGaps && slices.ContainsFunc(where, start.gapped) {
		l.close(v, wire.CloseGap, wire.Resume(behind(where)))
		return
	}
	if s == nil {
		for l.send(&v.sub, &where[0].view) == more {
		}
	}
}

// starts returns where a plain viewer begins in each log. Its backlog begins
// behind the newest gap: what it gets is in one piece.
func starts(ask Ask) ([]start, error) {
	where := make([]start, len(ask.Streams))
	if ask.From == "" {
		for i, log := range ask.Streams {
			where[i] = backlog(log, ask.Backlog)
			where[i].off = max(where[i].off, where[i].view.lastGap())
		}
		return where, nil
	}
	positions, err := wire.ParseCursors(ask.From, len(ask.Streams))
	if err != nil {
		return nil, err
	}
	for i, log := range ask.Streams {
		where[i] = resume(log, positions[i])
	}
	return where, nil
}

// behind returns the cursor of the first lines that can be had.
func behind(where []start) string {
	positions := make([]line.Position, len(where))
	for i := range where {
		positions[i] = where[i].view.position(where[i].off)
	}
	return wire.Cursors(positions)
}
