package stream

import (
	"strconv"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// A viewer over plain HTTP follows a feed like any other. What it sends is not
// heard before its response is complete, and what ends it is the last chunk of
// that, or the end of the connection.

// endings are why a response ends, by the code that would close a WebSocket.
var endings = map[ws.StatusCode]string{
	wire.CloseEnd:     "end",
	wire.CloseAway:    "away",
	wire.CloseStalled: "stalled",
	wire.CloseGap:     "gap",
}

// inOrder reports whether a response ends in order. It breaks off where lines
// are missing and the client would not hear why: RFC 9112, section 8, has it
// take the rest for lost.
func (m *extra) inOrder(code ws.StatusCode) bool {
	return endings[code] != "" && (code != wire.CloseGap || m.trailers)
}

// respond begins the response of a viewer.
func (l *loop) respond(v *viewer, a *arrival) {
	v.flags |= uint8(a.wrap) << wrapShift
	v.sock.KeepAlive()
	m := v.extra()
	m.keeps, m.trailers = a.keeps, a.trailers
	v.hold(a.rest)
	if a.ask.Wait != nil {
		m.poll = &poll{head: a.head, until: l.second + uint32((*a.ask.Wait+time.Second-1)/time.Second)}
		l.watched[v] = struct{}{}
	} else {
		m.out = a.head
	}
	l.start(v, a.ask, a.begin, nil)
	l.flush(v)
}

// conclude writes the end of a response.
func (l *loop) conclude(v *viewer, code ws.StatusCode, cursor string) {
	m := v.more
	switch {
	case m.poll != nil:
		if m.keeps = m.keeps && l.remains(code); !m.keeps {
			m.poll.head = append(m.poll.head, connectionClose...)
		}
		m.out = m.poll.answer(m.out, cursor, code)
		m.poll = nil
	case v.wrap() == chunks && m.inOrder(code):
		m.keeps = m.keeps && l.remains(code)
		m.out = wire.AppendLastChunk(m.out, cursor, endings[code])
	default:
		m.keeps = false
	}
}

// remains reports whether a connection can be used again after a response that
// ended so.
func (l *loop) remains(code ws.StatusCode) bool {
	return !l.leaving && code != wire.CloseAway && code != wire.CloseStalled
}

// hold keeps what a client sends before its response is complete: its next
// request. The connection of one that sends more than a request head is not
// kept.
func (v *viewer) hold(p []byte) {
	m := v.more
	if m == nil || !m.keeps {
		return
	}
	if len(p) > maxHead {
		m.keeps, m.in = false, nil
		return
	}
	m.in = append(m.in[:0], p...)
}

// reuse takes the connection of a response that is complete for one that was
// just accepted.
func (l *loop) reuse(v *viewer) {
	l.server.seats.leave(v.party)
	v.party, v.log, v.flags = nil, nil, 0
	v.state, v.heard = shaking, l.second
	v.more = &extra{in: v.more.in, keeps: true}
	if len(v.more.in) > 0 {
		l.kept = append(l.kept, v.token())
		l.wake()
	}
}

// askedAgain looks at requests that came before the response to the one before
// them was complete.
func (l *loop) askedAgain() {
	kept := l.kept
	l.kept = nil
	for _, token := range kept {
		if v := l.viewers.find(token); v != nil && v.state == shaking && v.more != nil {
			l.shake(v, v.more.in)
		}
	}
}

// poll is a request that waits for the first lines and is answered with them.
type poll struct {
	head  []byte // of the response, without its end
	until uint32 // second of the loop's clock
}

// answered stands for the close code of a poll that got what it waited for, or
// waited in vain.
const answered ws.StatusCode = 0

// answer returns the whole response with a body.
func (p *poll) answer(body []byte, cursor string, code ws.StatusCode) []byte {
	out := append(p.head, "Content-Length: "...)
	out = strconv.AppendInt(out, int64(len(body)), 10)
	out = append(out, "\r\n"...)
	if cursor != "" {
		out = append(out, wire.CursorHeader+": "+cursor+"\r\n"...)
	}
	if why := endings[code]; why != "" {
		out = append(out, wire.EndHeader+": "+why+"\r\n"...)
	}
	return append(append(out, "\r\n"...), body...)
}

// polls reports whether a viewer waits for its first lines.
func (v *viewer) polls() bool { return v.more != nil && v.more.poll != nil }

// pollBody is about how many bytes answer a poll.
const pollBody = 256 << 10

// gather answers a poll with what its ring has, up to a gap.
func (l *loop) gather(s *sub, view *view) progress {
	v := s.viewer
	to, _ := view.next(s.off)
	for _, b := range view.gather(l.bufs[:0], s.off, to, pollBody) {
		v.more.out = append(v.more.out, b...)
		s.off += uint64(len(b))
	}
	l.close(v, answered, "")
	return stopped
}

// due answers a poll whose time is over.
func (l *loop) due(v *viewer) {
	if v.polls() && l.second >= v.more.poll.until {
		l.close(v, answered, "")
	}
}

// idle keeps the connection of a viewer over HTTP alive and tells where it
// stands, where its encoding has a word for that.
func (l *loop) idle(v *viewer) {
	if v.polls() || v.more == nil || len(v.more.subs) == 0 {
		return
	}
	s := v.more.subs[0]
	enc, ok := s.encoder().(document)
	if !ok || s.legs != nil {
		return
	}
	v.more.out = append(v.more.out, enc.idle(l.cursor(v))...)
	l.flush(v)
}

// finish ends a subscription that wanted what there was when it began: the end
// of the file may still lack its newline.
func (l *loop) finish(s *subscription) {
	for i := range s.legs {
		if !s.legs[i].over && s.logs()[i].origin.History != nil {
			l.fetchPartial(s, i)
			return
		}
	}
	l.close(s.viewer, wire.CloseEnd, "")
}

// fetchPartial has a reader look for an unterminated line behind a leg.
func (l *loop) fetchPartial(s *subscription, i int) {
	s.legs[i].over = true
	s.reading = true
	j := l.jobOf(s, i)
	j.partial, j.max, j.since = true, l.server.config.MaxLine, s.since
	if g := &s.legs[i]; g.place.Last() == g.begin.place.Last() {
		j.begin = &g.begin
	}
	l.server.readers.add(j)
}
