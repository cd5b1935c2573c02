package stream

import (
	"bytes"
	"fmt"

	"github.com/gobwas/ws"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// read takes what a client sent.
func (l *loop) read(v *viewer) {
	for life := v.life; ; {
		kept := 0
		if v.more != nil {
			kept = copy(l.buf, v.more.in)
		}
		n, err := v.sock.Read(l.buf[kept:])
		switch {
		case err == netpoll.ErrAgain:
			return
		case err != nil || n == 0:
			l.drop(v, endedGone)
			return
		}
		switch v.state {
		case shaking:
			l.shake(v, l.buf[:kept+n])
		case closing, drained:
			if v.wrap() != webSocket {
				v.hold(l.buf[:kept+n])
			} else if l.hearsClose(v, l.buf[:kept+n]) && v.state == drained {
				l.drop(v, endedGone)
				return
			}
		default:
			if v.heard != l.second {
				v.heard, v.said = l.second, 0
			}
			if v.wrap() == webSocket {
				l.take(v, l.buf[:kept+n])
			} else {
				v.hold(l.buf[:kept+n])
			}
		}
		full := kept+n == len(l.buf)
		if v.life != life || v.state == free || !full && v.sock.Polled() {
			return
		}
	}
}

// hearsClose looks for the client's Close among what it still sends, and
// reports whether it came: nothing more is awaited then (RFC 6455, section
// 7.1.1). All else is let go. Of a client that is not understood any more only
// the end of its stream is awaited.
func (l *loop) hearsClose(v *viewer, p []byte) bool {
	x := v.extra()
	for len(p) > 0 && v.flags&goodbye == 0 {
		if v.flags&deaf != 0 {
			p = nil
			break
		}
		x.reader.Deflate = v.flags&deflates != 0
		n, m, err := x.reader.Next(p, l.server.config.MaxMessage)
		if err != nil {
			v.flags |= deaf
			continue
		}
		if m.Op == ws.OpClose {
			v.flags |= goodbye
		}
		if n == 0 {
			break
		}
		p = p[n:]
	}
	x.in = append(x.in[:0], p...)
	return v.flags&goodbye != 0
}

// take cuts bytes of an open viewer into messages and obeys them.
func (l *loop) take(v *viewer, p []byte) {
	var local wire.Reader
	reader := &local
	if v.more != nil {
		reader = &v.more.reader
	}
	reader.Deflate = v.flags&deflates != 0
	for len(p) > 0 && v.state == open {
		n, m, err := reader.Next(p, l.server.config.MaxMessage)
		if err != nil {
			broken := err.(*wire.ProtocolError)
			v.flags |= deaf
			l.close(v, broken.Code, broken.Reason)
			return
		}
		if n == 0 {
			break
		}
		p = p[n:]
		if v.said < maxMessageRate {
			v.said++
		}
		if most := l.server.config.MessageRate; int(v.said) > most {
			l.close(v, wire.ClosePolicy, "too many messages within a second")
			break
		}
		if m.Op != 0 {
			l.obey(v, m)
		}
	}
	if v.state == free {
		return
	}
	if len(p) > 0 || v.more != nil || !local.Idle() {
		x := v.extra()
		x.in = append(x.in[:0], p...)
		if reader == &local {
			x.reader = local
		}
		v.tidy()
	}
}

// obey does what a message says.
func (l *loop) obey(v *viewer, m wire.Message) {
	if v.more != nil && v.more.echoes && (m.Op == ws.OpText || m.Op == ws.OpBinary) {
		l.reply(v, m.Op, m.Data)
		return
	}
	switch m.Op {
	case ws.OpPing:
		l.reply(v, ws.OpPong, m.Data)
	case ws.OpPong:
	case ws.OpClose:
		code, _ := wire.CloseAnswer(m.Data)
		v.flags |= goodbye
		l.close(v, code, "")
	case ws.OpBinary:
		l.close(v, wire.CloseKind, "")
	case ws.OpText:
		if v.flags&batched != 0 {
			l.request(v, m.Data)
		} else {
			l.command(v, bytes.TrimSpace(m.Data))
		}
	}
}

// reply answers a message with another one. Who does not take the answers is
// sent away.
func (l *loop) reply(v *viewer, op ws.OpCode, payload []byte) {
	x := v.extra()
	if len(x.out)+len(payload) > l.server.config.MaxUnsent {
		l.close(v, wire.ClosePolicy, "too many messages unanswered")
		return
	}
	x.out = wire.AppendFrame(x.out, op, payload)
	l.flush(v)
}

// command obeys a word on a plain connection. Others are not heard: there is
// no place for an answer between lines.
func (l *loop) command(v *viewer, word []byte) {
	switch string(word) {
	case "pause":
		l.pause(v, v.plainSub())
	case "resume":
		l.goOn(v, v.plainSub())
	case "quit":
		l.close(v, wire.CloseEnd, "")
	}
}

// plainSub returns the one thing that a plain viewer follows.
func (v *viewer) plainSub() *sub {
	if v.sub.tap == nil && v.more != nil && len(v.more.subs) > 0 {
		return &v.more.subs[0].sub
	}
	return &v.sub
}

// pause stops sending. Where the viewer stands is remembered, as in block.
func (l *loop) pause(v *viewer, s *sub) {
	if s.paused != 0 {
		return
	}
	v.stand(s, v.places(s))
	s.paused = 1
	l.watched[v] = struct{}{}
}

// goOn sends again.
func (l *loop) goOn(v *viewer, s *sub) {
	if s.paused == 0 {
		return
	}
	if s.overtaken() { // while it was paused, which is no lag
		plain := s == &v.sub
		l.demote(s)
		if plain {
			s = v.plainSub()
		}
	}
	s.paused = 0
	if v.flags&blocked == 0 {
		delete(l.watched, v)
	}
	l.push(v)
	l.wake() // for a replay
}

// request obeys a message of tailbeam.v1.
func (l *loop) request(v *viewer, p []byte) {
	r, id, err := wire.ParseRequest(p, l.server.config.Backlog)
	if err != nil {
		l.answer(v, id, 400, err.Error())
		return
	}
	if r.Subscribe != nil {
		l.requestSubscribe(v, r.Subscribe)
		return
	}
	s := v.subscription(id)
	switch {
	case s == nil:
		l.answer(v, id, 404, "there is no subscription with this id")
	case r.Unsubscribe != nil:
		l.unsubscribe(v, s)
	case r.Pause != nil:
		l.pause(v, &s.sub)
	case r.Resume != nil:
		l.goOn(v, &s.sub)
	}
}

func (v *viewer) subscription(id int) *subscription {
	if v.more == nil {
		return nil
	}
	for _, s := range v.more.subs {
		if s.id == id {
			return s
		}
	}
	return nil
}

// follows returns how many streams the subscriptions of a viewer follow.
func (v *viewer) follows() (streams int) {
	for _, s := range v.extra().subs {
		streams += len(s.logs())
	}
	return streams
}

func (l *loop) requestSubscribe(v *viewer, w *wire.Subscribe) {
	if v.subscription(w.ID) != nil {
		l.answer(v, w.ID, 409, "this id has a subscription: unsubscribe it first, or choose another")
		return
	}
	if most := l.server.config.MaxStreams; v.follows()+len(w.Streams) > most {
		l.answer(v, w.ID, 429, fmt.Sprintf("more than %d streams, which is the limit of one connection: open another one, or let the operator raise --max-streams", most))
		return
	}
	logs := make([]*Log, len(w.Streams))
	for i, name := range w.Streams {
		log, ok := l.server.hub.Log(name)
		if !ok {
			l.answer(v, w.ID, 404, "there is no stream "+name+": see api/streams for the list")
			return
		}
		logs[i] = log
	}
	begin, err := l.wished(logs, w)
	if err != nil {
		l.answer(v, w.ID, 400, err.Error())
		return
	}
	lag, err := ParseLag(w.Lag)
	if err != nil {
		l.answer(v, w.ID, 400, "lag: "+err.Error())
		return
	}
	filter, err := chosen(w)
	if err != nil {
		l.answer(v, w.ID, 400, err.Error())
		return
	}
	feed, refusal := l.server.hub.batchFeed(w.ID, logs, filter)
	if refusal != nil {
		l.answer(v, w.ID, refusal.Status, refusal.Message)
		return
	}
	l.subscribe(v, &subscription{sub: sub{lag: lag}, id: w.ID, feed: feed}, begin)
}

// chosen returns the filter of a subscription.
func chosen(w *wire.Subscribe) (f Filter, err error) {
	f.Grep, f.Not = w.Grep, w.Not
	if w.Level != "" {
		if f.Level, err = line.ParseLevel(w.Level); err != nil {
			return f, fmt.Errorf("level: %w", err)
		}
	}
	return f, f.Check()
}

// wished returns where a subscription begins.
func (l *loop) wished(logs []*Log, w *wire.Subscribe) ([]beginning, error) {
	if w.Since != "" {
		t, err := l.server.config.Moment(w.Since)
		if err != nil {
			return nil, fmt.Errorf("since: %w", err)
		}
		return since(logs, t), nil
	}
	begin, err := beginnings(logs, w.Backlog, w.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	return begin, nil
}

// answer sends an error message.
func (l *loop) answer(v *viewer, id, status int, message string) {
	l.reply(v, ws.OpText, wire.AppendError(nil, id, status, message))
}
