package stream

import (
	"strconv"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// A viewer over plain HTTP follows a feed like any other. What it sends is not
// heard, and what ends it is the last chunk of its response, or the end of the
// connection.

// endings are why a response ends in order, by the code that would close a
// WebSocket. Any other breaks it off, so that the client sees that something is
// missing.
var endings = map[ws.StatusCode]string{
	wire.CloseEnd:     "end",
	wire.CloseAway:    "away",
	wire.CloseStalled: "stalled",
}

// respond begins the response of a viewer.
func (l *loop) respond(v *viewer, a *arrival) {
	v.flags |= uint8(a.wrap) << wrapShift
	v.sock.KeepAlive()
	m := v.extra()
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
		m.out = m.poll.answer(m.out, cursor, code)
		m.poll = nil
	case v.wrap() == chunks && endings[code] != "":
		m.out = wire.AppendLastChunk(m.out, cursor, endings[code])
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
	why := endings[code]
	if code == wire.CloseGap {
		why = "gap"
	}
	if why != "" {
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
	j.partial, j.max = true, l.server.config.MaxLine
	l.server.readers.add(j)
}
