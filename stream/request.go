package stream

import (
	"net/http"
	"net/netip"
	"time"
)

// Request is what an upgrade request says, as far as anyone here needs to
// know. Both doors fill it: the loops from the bytes on the descriptor, the
// HTTP server from its http.Request.
type Request struct {
	URI           string // the request target, as sent
	Host          string
	Origin        string // empty where the header is absent
	Authorization string
	Cookie        string
	Protocols     string // Sec-WebSocket-Protocol, as sent
	Remote        netip.AddrPort
}

// All as a Backlog asks for every line that can still be had.
const All = -1

// Encoding is how lines lie on the wire.
type Encoding uint8

const (
	// Plain is one line, one text frame, and nothing else.
	Plain Encoding = iota
	// Batches is the subprotocol tailbeam.v1.
	Batches
	// Text is each line with a newline, over plain HTTP.
	Text
	// Events are server-sent events, over plain HTTP.
	Events
	// Records are JSON objects, one a line over plain HTTP, and one a text
	// frame on a WebSocket.
	Records
	// Echo is no lines: each message of the client is sent back to it. It is
	// for conformance suites of the protocol, on a WebSocket.
	Echo
)

// Ask is what an admitted viewer wants.
type Ask struct {
	Encoding Encoding
	// Streams are the logs to send. With Batches there are none: the viewer
	// subscribes by message.
	Streams []*Log
	// Prefix puts the stream's name and a tab before each line (Plain, Text and
	// Events only).
	Prefix bool
	// Backlog is how many of the newest lines of each stream come first; All
	// for every one.
	Backlog int
	// From is the cursor to go on from, or empty. It goes before Backlog.
	From string
	// Since is the time of the first line to send, or zero. It goes before
	// Backlog; finding that line reads files, which only the second door does.
	Since time.Time
	// Filter chooses lines. Backlog counts those that it chooses. It was
	// checked.
	Filter Filter
	// Lag is what happens when the viewer falls behind what memory holds. With
	// Batches each subscription says it.
	Lag Lag
	// IgnoreGaps goes on after a gap instead of closing (Plain and Text only).
	IgnoreGaps bool
	// Once ends when the viewer has what there was when it came, an
	// unterminated last line too.
	Once bool
	// Wait is nil, or how long a request over plain HTTP waits for the first
	// lines, with which it is answered.
	Wait *time.Duration

	deflates bool  // compressed messages were negotiated
	feed     *feed // held for the viewer, where what it wants is not a log as it stands
}

// Gate decides about requests for a WebSocket. It is asked on a loop and must
// not block. A refusal is a *Refusal.
type Gate interface {
	Admit(*Request) (Ask, error)
}

// Site is what stands behind the two doors: it admits viewers, and answers
// every request that is not for a WebSocket, or was refused one, over HTTP.
type Site interface {
	Gate
	http.Handler
}

// Refusal is the answer to a request that is not admitted: an HTTP status and
// one line that says what is wrong and what to do.
type Refusal struct {
	Status  int
	Message string
}

// Error returns the line for the person who sent the request.
func (r *Refusal) Error() string { return r.Message }
