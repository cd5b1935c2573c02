// Package wire is the only place that knows bytes on the wire: WebSocket
// frames as a server sends them, the repair of text, close codes, cursors, and
// the messages of the subprotocol tailbeam.v1. It does no input or output and
// starts no goroutine; every function may be called from any goroutine.
//
// Functions named Append extend the slice that they are given and return it,
// as append does.
package wire

import (
	"encoding/binary"

	"github.com/gobwas/ws"
)

// MaxHeader is the size in bytes of the longest header of a frame that a
// server sends: two bytes and a 64-bit length, no mask (RFC 6455, section
// 5.2).
const MaxHeader = 10

// HeaderLen returns how many bytes the header of an unmasked frame with a
// payload of n bytes takes.
func HeaderLen(n int) int {
	switch {
	case n < 126:
		return 2
	case n < 1<<16:
		return 4
	}
	return MaxHeader
}

// AppendHeader appends the header of one final, unmasked frame with a payload
// of n bytes. The length is the shortest that can hold n, as RFC 6455, section
// 5.2, demands.
func AppendHeader(dst []byte, op ws.OpCode, n int) []byte {
	first := 0x80 | byte(op)
	switch {
	case n < 126:
		return append(dst, first, byte(n))
	case n < 1<<16:
		return append(dst, first, 126, byte(n>>8), byte(n))
	}
	dst = append(dst, first, 127)
	return binary.BigEndian.AppendUint64(dst, uint64(n))
}

// AppendFrame appends a whole frame.
func AppendFrame(dst []byte, op ws.OpCode, payload []byte) []byte {
	return append(AppendHeader(dst, op, len(payload)), payload...)
}

// PayloadAt returns where the payload of the unmasked frame at the beginning
// of p begins and ends. p holds the whole header at least.
func PayloadAt(p []byte) (start, end int) {
	switch p[1] {
	case 126:
		return 4, 4 + int(binary.BigEndian.Uint16(p[2:]))
	case 127:
		return MaxHeader, MaxHeader + int(binary.BigEndian.Uint64(p[2:]))
	}
	return 2, 2 + int(p[1])
}

// Boundary returns the first frame boundary at or behind cut in a run of whole
// frames.
func Boundary(p []byte, cut int) int {
	at := 0
	for at < cut {
		_, end := PayloadAt(p[at:])
		at += end
	}
	return at
}

// Ping is a finished ping frame without a payload (RFC 6455, section 5.5.2).
var Ping = ws.CompiledPing
