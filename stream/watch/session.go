package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// maxDoublings bounds the wait between two attempts to connect.
const maxDoublings = 5

// session is what is followed on one server, over one connection after the
// other.
type session struct {
	*Config
	server *server
	out    *writer
	subs   []subscription // by id
	once   bool           // was connected before
}

// subscription is one stream and where to go on in it.
type subscription struct {
	stream  string
	cursor  string
	ended   bool
	started bool // the server sent something of it
}

func newSession(c *Config, s *server, out *writer) *session {
	all := &session{Config: c, server: s, out: out}
	for _, name := range s.streams {
		all.subs = append(all.subs, subscription{stream: name})
	}
	return all
}

// run follows until all streams have ended. It connects again for as long as
// that may help.
func (s *session) run(ctx context.Context) error {
	for failures := 0; ; failures++ {
		before := s.progress()
		err := s.follow(ctx)
		var refused *Refused
		switch {
		case err == nil, err == errClosed:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &refused):
			return err
		case !s.once:
			return &Refused{fmt.Sprintf("%s: %s", s.server.URL, plain(err))}
		case s.progress() != before:
			failures = 0
		}
		if failures == 0 {
			s.out.say("%s: connection lost (%s); connecting again", s.server.URL, plain(err))
		}
		wait := s.Retry << min(failures, maxDoublings)
		select {
		case <-time.After(wait/2 + rand.N(wait)):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// progress changes whenever a line has come.
func (s *session) progress() string {
	var b strings.Builder
	for _, sub := range s.subs {
		b.WriteString(sub.cursor)
		b.WriteByte(' ')
	}
	return b.String()
}

// plain says in one line what broke a connection.
func plain(err error) string {
	if text := strings.ReplaceAll(cause(err), "\n", ": "); text != "EOF" && text != "unexpected EOF" {
		return text
	}
	return "the connection broke"
}

// follow is one connection. The error is nil where all streams have ended.
func (s *session) follow(ctx context.Context) error {
	k, err := dial(ctx, s.server.Server, s.Silence)
	if err != nil {
		return err
	}
	defer k.conn.Close()
	defer context.AfterFunc(ctx, func() { k.conn.Close() })()
	again := s.once
	s.once = true
	for id := range s.subs {
		if s.subs[id].ended {
			continue
		}
		if err := k.send(ws.OpText, s.wish(id)); err != nil {
			return err
		}
	}
	for {
		text, err := k.next()
		if err != nil {
			return s.end(err)
		}
		if again {
			s.out.say("%s: connected again; going on behind the last line", s.server.URL)
			again = false
		}
		if err := s.take(text); err != nil {
			return err
		}
		if s.ended() {
			_ = k.send(ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, "")) // all that was wanted is here
			return nil
		}
	}
}

// end returns how a connection ended: for good, or so that trying again may
// help.
func (s *session) end(err error) error {
	var how *closed
	if !errors.As(err, &how) {
		return err
	}
	switch how.code {
	case wire.CloseEnd:
		return nil
	case wire.ClosePolicy, wire.CloseProtocol, wire.CloseKind, wire.CloseText, wire.CloseBig:
		return &Refused{fmt.Sprintf("%s: %s", s.server.URL, how)}
	}
	return err
}

func (s *session) ended() bool {
	for _, sub := range s.subs {
		if !sub.ended {
			return false
		}
	}
	return true
}

// wish returns the message that subscribes to a stream, from where it was left.
func (s *session) wish(id int) []byte {
	type subscribe struct {
		ID     int      `json:"id"`
		Stream []string `json:"stream"`
		N      string   `json:"n,omitempty"`
		Since  string   `json:"since,omitempty"`
		From   string   `json:"from,omitempty"`
		Grep   []string `json:"grep,omitempty"`
		Not    []string `json:"not,omitempty"`
		Level  string   `json:"level,omitempty"`
	}
	sub := &s.subs[id]
	w := subscribe{ID: id, Stream: []string{sub.stream}, Grep: s.Filter.Grep, Not: s.Filter.Not, Level: s.Filter.Level}
	switch {
	case sub.cursor != "":
		w.From = sub.cursor
	case s.Start.Since != "":
		w.Since = s.Start.Since
	default:
		w.N = s.Start.Backlog
	}
	text, err := json.Marshal(map[string]subscribe{"subscribe": w})
	if err != nil {
		panic(err) // strings and numbers only
	}
	return text
}

// header is the first line of a message.
type header struct {
	ID     *int     `json:"id"`
	Base   string   `json:"base"`
	N      int      `json:"n"`
	Off    []int64  `json:"off"`
	To     string   `json:"to"`
	Live   int64    `json:"t"` // when it was read, 0 for older lines
	Cont   string   `json:"cont"`
	Part   bool     `json:"partial"`
	Gap    *gap     `json:"gap"`
	Notice *notice  `json:"notice"`
	Error  *refusal `json:"error"`
}

type gap struct {
	Bytes  *int64 `json:"bytes"`
	Reason string `json:"reason"`
}

type notice struct {
	Event     string `json:"event"`
	Condition string `json:"condition"`
	Reason    string `json:"reason"`
}

type refusal struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// take writes what one message says. The error is a *Refused where the server
// will not send a stream.
func (s *session) take(message []byte) error {
	head, rest := cut(message)
	var h header
	if err := json.Unmarshal(head, &h); err != nil {
		return fmt.Errorf("a message that is not understood: %w", err)
	}
	if h.Error != nil {
		return s.refuse(h)
	}
	if h.ID == nil || *h.ID < 0 || *h.ID >= len(s.subs) || h.Part {
		return nil // a line that is not complete comes again when it is
	}
	sub := &s.subs[*h.ID]
	sub.started = true
	var err error
	switch {
	case h.N > 0:
		err = s.out.lines(s.server, sub.stream, &h, rest)
	case h.Gap != nil:
		err = s.out.gap(s.server, sub.stream, h.Gap)
	case h.Notice != nil:
		err = s.out.notice(s.server, sub.stream, h.Notice)
		sub.ended = h.Notice.Condition == "ended" || h.Notice.Event == "removed"
	}
	if err == nil && h.To != "" {
		sub.cursor = h.To
	}
	return err
}

// refuse takes an error of the server. A stream that it had before may come
// back, as after a restart, before its file does.
func (s *session) refuse(h header) error {
	text := s.server.URL + ": " + h.Error.Message
	if h.ID != nil && *h.ID >= 0 && *h.ID < len(s.subs) && s.subs[*h.ID].started &&
		(h.Error.Status == http.StatusNotFound || h.Error.Status >= 500) {
		return errors.New(h.Error.Message)
	}
	return &Refused{text}
}

// cut takes the first line off a message.
func cut(message []byte) (head, rest []byte) {
	for i, c := range message {
		if c == '\n' {
			return message[:i], message[i+1:]
		}
	}
	return message, nil
}
