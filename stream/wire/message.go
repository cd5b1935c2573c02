package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tailbeam/tailer/line"
)

// Subprotocol is the name of the protocol of messages that the page speaks.
const Subprotocol = "tailbeam.v1"

// Pieces says which ends of a message of lines are pieces of a longer line.
type Pieces uint8

const (
	// FirstPiece: the first entry goes on with a line begun before.
	FirstPiece Pieces = 1 << iota
	// LastPiece: the last entry is not finished.
	LastPiece
)

var piecesName = [...]string{
	FirstPiece:             "first",
	LastPiece:              "last",
	FirstPiece | LastPiece: "both",
}

// Lines is the header of a message of lines in tailbeam.v1. The lines follow
// it, each after a newline.
type Lines struct {
	Subscription int
	Stream       []byte   // as a JSON string, see Quote
	Seal         Seal     // of the stream
	Base         Place    // of the first line
	Offsets      []uint32 // of each line, from Base
	To           Place    // behind the last line
	Pieces       Pieces
	Partial      bool  // the last line, which is the only one, has no end yet
	Time         int64 // when the server read the lines, Unix milliseconds; 0 = not told
}

// Append appends the header without the newline that ends it.
func (l *Lines) Append(dst []byte) []byte {
	dst = append(dst, `{"id":`...)
	dst = strconv.AppendInt(dst, int64(l.Subscription), 10)
	dst = append(dst, `,"stream":`...)
	dst = append(dst, l.Stream...)
	dst = append(dst, `,"base":"`...)
	dst = AppendCursor(dst, l.Seal, l.Base)
	dst = append(dst, `","n":`...)
	dst = strconv.AppendInt(dst, int64(len(l.Offsets)), 10)
	dst = append(dst, `,"off":[`...)
	for i, off := range l.Offsets {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(dst, uint64(off), 10)
	}
	dst = append(dst, `],"to":"`...)
	dst = AppendCursor(dst, l.Seal, l.To)
	dst = append(dst, '"')
	if l.Pieces != 0 {
		dst = append(dst, `,"cont":"`...)
		dst = append(dst, piecesName[l.Pieces]...)
		dst = append(dst, '"')
	}
	if l.Partial {
		dst = append(dst, `,"partial":true`...)
	}
	if l.Time != 0 {
		dst = append(dst, `,"t":`...)
		dst = strconv.AppendInt(dst, l.Time, 10)
	}
	return append(dst, '}')
}

// Quote returns s as a JSON string.
func Quote(s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`)
	}
	return quoted
}

// AppendGap appends a message that tells of a gap.
func AppendGap(dst []byte, subscription int, stream []byte, of Seal, g line.Gap) []byte {
	dst = append(dst, `{"id":`...)
	dst = strconv.AppendInt(dst, int64(subscription), 10)
	dst = append(dst, `,"stream":`...)
	dst = append(dst, stream...)
	dst = appendGap(dst, of, g)
	dst = append(dst, `,"to":"`...)
	dst = AppendCursor(dst, of, known(g.To))
	return append(dst, `"}`...)
}

// appendGap appends the member that tells of a gap.
func appendGap(dst []byte, of Seal, g line.Gap) []byte {
	dst = append(dst, `,"gap":{"from":"`...)
	dst = AppendCursor(dst, of, known(g.From))
	dst = append(dst, `","to":"`...)
	dst = AppendCursor(dst, of, known(g.To))
	dst = append(dst, `","bytes":`...)
	if g.Bytes < 0 {
		dst = append(dst, "null"...)
	} else {
		dst = strconv.AppendInt(dst, g.Bytes, 10)
	}
	if g.Lines > 0 {
		dst = append(dst, `,"lines":`...)
		dst = strconv.AppendInt(dst, g.Lines, 10)
	}
	dst = append(dst, `,"reason":`...)
	dst = append(dst, Quote(g.Reason)...)
	return append(dst, '}')
}

// known returns the place of a position, which is empty for the zero position.
func known(p line.Position) Place {
	if p.IsZero() {
		return nil
	}
	return Place{p}
}

// AppendNotice appends a message that tells of a stream's condition. At is
// where the viewer stands, or empty where that is not told.
func AppendNotice(dst []byte, subscription int, stream []byte, of Seal, n line.Notice, at Place) []byte {
	dst = append(dst, `{"id":`...)
	dst = strconv.AppendInt(dst, int64(subscription), 10)
	dst = append(dst, `,"stream":`...)
	dst = append(dst, stream...)
	dst = appendNotice(dst, n)
	if len(at) > 0 {
		dst = append(dst, `,"to":"`...)
		dst = AppendCursor(dst, of, at)
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

// appendNotice appends the member that tells of a condition.
func appendNotice(dst []byte, n line.Notice) []byte {
	dst = append(dst, `,"notice":{"event":"`...)
	dst = append(dst, n.Event.String()...)
	dst = append(dst, `","condition":"`...)
	dst = append(dst, n.Condition.String()...)
	dst = append(dst, `","reason":`...)
	dst = append(dst, Quote(n.Reason)...)
	return append(dst, '}')
}

// AppendAdvance appends a message that tells where a viewer stands to which
// nothing else is sent.
func AppendAdvance(dst []byte, subscription int, stream []byte, of Seal, at Place) []byte {
	dst = append(dst, `{"id":`...)
	dst = strconv.AppendInt(dst, int64(subscription), 10)
	dst = append(dst, `,"stream":`...)
	dst = append(dst, stream...)
	dst = append(dst, `,"to":"`...)
	dst = AppendCursor(dst, of, at)
	return append(dst, `"}`...)
}

// NoSubscription stands for an id where an error belongs to none.
const NoSubscription = -1

// AppendError appends a message that says that a subscription was refused or
// ended, with the status that HTTP would give.
func AppendError(dst []byte, subscription, status int, message string) []byte {
	dst = append(dst, '{')
	if subscription != NoSubscription {
		dst = append(dst, `"id":`...)
		dst = strconv.AppendInt(dst, int64(subscription), 10)
		dst = append(dst, ',')
	}
	dst = append(dst, `"error":{"status":`...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, `,"message":`...)
	dst = append(dst, Quote(message)...)
	return append(dst, `}}`...)
}

// Subscribe is a client's wish for streams.
type Subscribe struct {
	ID      int
	Streams []string
	Backlog int    // lines, or AllLines
	From    string // a cursor, or empty
	Since   string // a point in time, or empty
	Lag     string // what to do when the client falls behind, or empty
	// Expressions that lines match or do not match, and the least level, all as
	// the client wrote them.
	Grep, Not []string
	Level     string
}

// AllLines as a Backlog asks for every line that can still be had.
const AllLines = -1

// MaxLines is how many lines a client may ask for by number.
const MaxLines = 1<<31 - 1

// Request is one message of a client in tailbeam.v1: exactly one field is set.
type Request struct {
	Subscribe   *Subscribe
	Unsubscribe *int
	Pause       *int
	Resume      *int
}

// maxSubscription is the largest id that a client may choose.
const maxSubscription = 1<<31 - 1

// ParseRequest reads a client's message. backlog is what a subscription that
// does not say n gets. The id is the one that the message names, or
// NoSubscription; it goes with the error, which is one line for a person.
func ParseRequest(p []byte, backlog int) (r Request, id int, err error) {
	var m struct {
		Subscribe                  *subscribe
		Unsubscribe, Pause, Resume *int
	}
	if err := json.Unmarshal(p, &m); err != nil {
		return r, NoSubscription, errors.New("not understood: send one JSON object with subscribe, unsubscribe, pause or resume")
	}
	given := 0
	for _, field := range []*int{m.Unsubscribe, m.Pause, m.Resume} {
		if field != nil {
			given++
			id = *field
		}
	}
	if m.Subscribe != nil {
		given++
		id = m.Subscribe.ID
	}
	if given != 1 {
		return r, NoSubscription, errors.New("not understood: send exactly one of subscribe, unsubscribe, pause and resume")
	}
	if id < 0 || id > maxSubscription {
		return r, NoSubscription, fmt.Errorf("id %d: choose an integer from 0 to %d", id, maxSubscription)
	}
	if m.Subscribe == nil {
		return Request{Unsubscribe: m.Unsubscribe, Pause: m.Pause, Resume: m.Resume}, id, nil
	}
	r.Subscribe, err = m.Subscribe.wish(backlog)
	return r, id, err
}

// subscribe is the message as it lies on the wire.
type subscribe struct {
	ID     int
	Stream json.RawMessage
	N      json.RawMessage
	From   *string
	Since  *string
	Lag    string
	Grep   json.RawMessage
	Not    json.RawMessage
	Level  string
}

func (s *subscribe) wish(backlog int) (*Subscribe, error) {
	w := &Subscribe{ID: s.ID, Lag: s.Lag, Backlog: backlog, Level: s.Level}
	var ok bool
	if w.Streams, ok = texts(s.Stream); !ok || len(w.Streams) == 0 {
		return nil, errors.New(`stream: name one stream, or several in an array`)
	}
	if w.Grep, ok = texts(s.Grep); !ok {
		return nil, errors.New(`grep: write one expression, or several in an array`)
	}
	if w.Not, ok = texts(s.Not); !ok {
		return nil, errors.New(`not: write one expression, or several in an array`)
	}
	slices.Sort(w.Streams)
	w.Streams = slices.Compact(w.Streams)
	switch {
	case s.From != nil && (s.N != nil || s.Since != nil), s.N != nil && s.Since != nil:
		return nil, errors.New("n, from and since: give one of them")
	case s.From != nil:
		w.From = *s.From
	case s.Since != nil:
		w.Since = *s.Since
	}
	if s.N == nil {
		return w, nil
	}
	text := strings.Trim(string(s.N), `"`)
	if text == "all" || text == "-1" {
		w.Backlog = AllLines
		return w, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > MaxLines || !utf8.ValidString(text) {
		return nil, fmt.Errorf(`n %s: give a number of lines from 0 to %d, or "all"`, text, MaxLines)
	}
	w.Backlog = n
	return w, nil
}

// texts reads a text or an array of texts. Nothing is none.
func texts(p json.RawMessage) (list []string, ok bool) {
	if len(p) == 0 {
		return nil, true
	}
	var one string
	if p[0] == '"' && json.Unmarshal(p, &one) == nil {
		return []string{one}, true
	}
	err := json.Unmarshal(p, &list)
	return list, err == nil
}

// ChooseProtocol returns Subprotocol if a client's Sec-WebSocket-Protocol
// offers it, and "" for the plain protocol otherwise (RFC 6455, section 4.2.2).
func ChooseProtocol(offer string) string {
	for name := range strings.SplitSeq(offer, ",") {
		if strings.TrimSpace(name) == Subprotocol {
			return Subprotocol
		}
	}
	return ""
}
