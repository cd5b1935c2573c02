package stream

import (
	"bytes"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"tailbeam/stream/wire"
)

// contentTypes are those of the encodings that travel over plain HTTP.
var contentTypes = map[Encoding]string{
	Text:    "text/plain; charset=utf-8",
	Events:  "text/event-stream",
	Records: "application/x-ndjson",
}

// Tail makes a viewer over plain HTTP of a request at the second door, or
// answers why not. The request was admitted: ask is what it gets. What
// w.Header holds already goes along.
func (s *Server) Tail(w http.ResponseWriter, r *http.Request, ask Ask) {
	wrap := chunks
	if !r.ProtoAtLeast(1, 1) || ask.Wait != nil {
		wrap = unframed // RFC 9112, section 6.1: no chunks for an older client
	}
	remote, _ := netip.ParseAddrPort(r.RemoteAddr)
	party, refusal := s.admit(remote.Addr(), &ask, wrap)
	if refusal != nil {
		refuse(w, refusal)
		return
	}
	if !s.tail(w, r, arrival{ask: ask, wrap: wrap, party: party}) {
		s.dismiss(party, &ask)
	}
}

// tail gives the connection of a request to a loop, or answers by itself. It
// reports whether there is a viewer now.
func (s *Server) tail(w http.ResponseWriter, r *http.Request, a arrival) bool {
	ask := &a.ask
	if err := a.findBeginning(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	if ask.Encoding == Events && ask.From != "" && a.sated() {
		w.WriteHeader(http.StatusNoContent) // an EventSource comes back no more
		return false
	}
	if r.Method == http.MethodHead {
		describe(w.Header(), &a)
		return false
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.log.Warn("take over a connection", "err", err)
		http.Error(w, "this connection cannot be taken over: ask with HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return false
	}
	buffered, _ := rw.Reader.Peek(rw.Reader.Buffered())
	a.rest = bytes.Clone(buffered)
	if err := a.adopt(conn); err != nil {
		conn.Close()
		s.log.Warn("take over a connection", "err", err)
		return false
	}
	a.keeps = a.ends() && a.conn == nil && !r.Close && r.ContentLength == 0 && r.ProtoAtLeast(1, 1)
	a.trailers = accepts(r.Header.Values("TE"), "trailers")
	a.head = head(w.Header(), r, &a)
	s.nextLoop().leave(func(in *inbox) { in.conns = append(in.conns, a) })
	return true
}

// sated reports whether a viewer that goes on from a cursor has everything that
// it will ever get.
func (a *arrival) sated() bool {
	for i, log := range a.ask.Streams {
		view, off, ok := a.begin[i].inMemory(log)
		if !ok || off < view.end || !view.ended && !a.ask.Once {
			return false
		}
	}
	return true
}

// findBeginning finds where the viewer begins, by time too.
func (a *arrival) findBeginning(r *http.Request) (err error) {
	if a.ask.Since.IsZero() {
		a.begin, err = beginnings(a.ask.Streams, a.ask.Backlog, a.ask.From)
		return err
	}
	a.begin = since(a.ask.Streams, a.ask.Since)
	return findTimes(r.Context(), a.ask.Streams, a.begin)
}

// ends reports whether the response has an end of its own.
func (a *arrival) ends() bool { return a.ask.Wait != nil || a.ask.Once }

// accepts reports whether a header that is a list holds a word.
func accepts(lists []string, word string) bool {
	for _, list := range lists {
		for one := range strings.SplitSeq(list, ",") {
			if one, _, _ = strings.Cut(one, ";"); strings.EqualFold(strings.TrimSpace(one), word) {
				return true
			}
		}
	}
	return false
}

// describe says in a header what the body is.
func describe(h http.Header, a *arrival) {
	h.Set("Content-Type", contentTypes[a.ask.Encoding])
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx passes on at once what comes
	h.Add("Vary", "Accept, Last-Event-ID")
}

const connectionClose = "Connection: close\r\n"

// head completes the header of a response and returns it with its status line.
// That of a long poll lacks its end.
func head(h http.Header, r *http.Request, a *arrival) []byte {
	describe(h, a)
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	if a.wrap == chunks {
		h.Set("Transfer-Encoding", "chunked")
		h.Set("Trailer", wire.CursorHeader+", "+wire.EndHeader)
	}
	var b bytes.Buffer
	version := "HTTP/1.1"
	if !r.ProtoAtLeast(1, 1) {
		version = "HTTP/1.0"
	}
	b.WriteString(version + " 200 OK\r\n")
	h.Write(&b) //nolint:errcheck // memory
	if a.ask.Wait != nil {
		return b.Bytes()
	}
	if !a.keeps {
		b.WriteString(connectionClose)
	}
	b.WriteString("\r\n")
	if a.ask.Encoding == Events {
		return a.wrap.append(b.Bytes(), []byte(wire.EventsBegin))
	}
	return b.Bytes()
}
