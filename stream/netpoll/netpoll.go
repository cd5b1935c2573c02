// Package netpoll is non-blocking sockets: descriptors under epoll where the
// system has it, and connections with two goroutines each everywhere else. A
// loop drives both through the same Socket and hears of both through Events.
//
// # Goroutines
//
// A Poller runs one goroutine that is parked in the runtime's poller while
// nothing happens and holds no thread. A Conn runs two, a reader and a writer,
// that end when it is closed. A Socket over a descriptor runs none.
//
// # Ownership
//
// A Socket belongs to one loop: its methods are called from one goroutine at a
// time. It takes over the descriptor or connection it is made from and closes
// it in Close.
package netpoll

import "errors"

// ErrAgain says that an operation would block. An Event tells when to try
// again.
var ErrAgain = errors.New("would block")

// MaxVector is how many buffers one Write takes at most; IOV_MAX is 1,024 on
// Linux.
const MaxVector = 64

// Ready says what a socket is ready for.
type Ready uint8

const (
	// Readable: there are bytes, an end of stream or an error to read.
	Readable Ready = 1 << iota
	// Writable: there is room in the send buffer.
	Writable
)

// Event says that the socket that was added under Token is ready. An event may
// be stale or without cause: a token is compared with what it should be, and
// ErrAgain is no surprise.
type Event struct {
	Token uint64
	Ready Ready
}

// Progress is what the peer's side of a connection did lately.
type Progress struct {
	// Unacked is how many bytes were sent and not acknowledged, or -1 where
	// the system does not tell.
	Unacked int
	// AckAge is how long ago the peer acknowledged anything, in milliseconds;
	// -1 where the system does not tell.
	AckAge int
	// Unanswered is how often the system has asked again since the peer last
	// answered: by sending something once more, or by probing a closed window.
	// A peer whose window is closed is asked at growing intervals of up to two
	// minutes, so AckAge alone does not tell that it is gone.
	Unanswered int
}
