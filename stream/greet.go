package stream

import (
	"bytes"
	"net/netip"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
)

// greet takes an accepted connection whose request is still to be read.
func (l *loop) greet(g guest) {
	v := l.viewers.take()
	v.sock, v.state, v.heard = g.sock, shaking, l.second
	if err := l.poll.Add(g.sock, v.token()); err != nil {
		l.server.log.Warn("watch a connection", "err", err)
		l.drop(v, endedGone)
		return
	}
	l.watched[v] = struct{}{}
	l.peer = g.peer
	l.read(v) // the request is often there already
	l.peer = netip.AddrPort{}
}

// shake looks at what a connection has sent so far.
func (l *loop) shake(v *viewer, p []byte) {
	switch what, n := judge(p); what {
	case unclear:
		v.extra().in = append(v.extra().in[:0], p...)
	case forHTTP:
		l.handOver(v, p)
	case forViewer:
		remote := l.peer
		if !remote.IsValid() { // the request came later
			remote = v.sock.Remote()
		}
		response, ask, err := l.door.upgrade(p[:n], remote)
		if err == nil {
			v.party, _ = l.server.admit(remote.Addr(), &ask, webSocket)
		}
		if v.party == nil { // the second door says why
			l.handOver(v, p)
			return
		}
		begin, err := beginnings(ask.Streams, ask.Backlog, ask.From)
		rest := p[n:]
		delete(l.watched, v)
		v.state = open
		v.more = nil
		// A new socket has room for a response, or it is broken.
		if n, fault := v.sock.Write(append(l.bufs[:0], response)); fault != nil || n < len(response) {
			l.server.hub.release(ask.feed)
			l.drop(v, endedGone)
			return
		}
		l.start(v, ask, begin, err)
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
	v.sock, v.party = a.sock, a.party
	if a.conn != nil {
		token := v.token()
		v.sock = netpoll.FromConn(a.conn, func(r netpoll.Ready) {
			l.post(netpoll.Event{Token: token, Ready: r})
		})
	} else if err := l.poll.Add(v.sock, v.token()); err != nil {
		l.server.log.Warn("watch a connection", "err", err)
		l.server.hub.release(a.ask.feed)
		l.drop(v, endedGone)
		return
	}
	if a.head != nil {
		l.respond(v, &a)
		return
	}
	l.start(v, a.ask, a.begin, a.fault)
	if len(a.rest) > 0 && v.state == open {
		l.take(v, a.rest)
	}
}

// start gives a viewer what it asked for, from where it begins.
func (l *loop) start(v *viewer, ask Ask, begin []beginning, fault error) {
	if ask.IgnoreGaps {
		v.flags |= ignoreGaps
	}
	if ask.deflates {
		v.flags |= deflates
	}
	switch {
	case fault != nil:
		l.server.hub.release(ask.feed)
		l.close(v, wire.ClosePolicy, "from: "+fault.Error())
	case ask.Encoding == Batches:
		v.flags |= batched
	case ask.Encoding == Echo:
		v.extra().echoes = true
	case !l.follow(v, &ask, begin):
		l.subscribe(v, l.wish(&ask), begin)
	}
	l.leaveIfServed(v)
	if v.state == open {
		v.tidy()
	}
}

// wish returns the subscription to what a viewer asked for.
func (l *loop) wish(ask *Ask) *subscription {
	s := &subscription{sub: sub{lag: ask.Lag}, feed: ask.feed, since: ask.Since}
	if s.feed == nil {
		s.log = ask.Streams[0]
	}
	if ask.Once {
		for _, log := range ask.Streams {
			s.until = append(s.until, log.view().end)
		}
	}
	return s
}

// follow puts a plain viewer right into a log if everything that it wants of
// it is in memory, and nothing else.
func (l *loop) follow(v *viewer, ask *Ask, begins []beginning) bool {
	if ask.feed != nil || ask.Once {
		return false
	}
	log, begin := ask.Streams[0], begins[0]
	t := l.tapOf(&log.ring)
	view, off, ok := begin.inMemory(log)
	if ok && begin.kind == atOffset {
		to, _ := view.next(off)
		ok = to == view.end // an older gap is no matter of this viewer
	}
	if !ok {
		l.dropTap(t)
		return false
	}
	log.viewers.Add(1)
	v.log, v.sub.viewer, v.sub.lag = log, v, ask.Lag
	if v.flags&deflates != 0 {
		l.holdPacked(&v.sub, &log.ring)
		view = log.view()
	}
	t.add(&v.sub, off)
	if l.send(&v.sub, &view) == more {
		t.lags(v.sub.off)
	}
	return true
}
