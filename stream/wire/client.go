package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// Message is what a client sent: a whole text or binary message, or one
// control frame. Data is valid until the Reader is called again.
type Message struct {
	Op   ws.OpCode
	Data []byte
}

// ProtocolError says how a client broke the protocol and the code to close
// with.
type ProtocolError struct {
	Code   ws.StatusCode
	Reason string
}

// Error returns the reason.
func (e *ProtocolError) Error() string { return e.Reason }

var (
	errTooBig   = &ProtocolError{CloseBig, "message too big"}
	errNotUTF8  = &ProtocolError{CloseText, "text that is not UTF-8"}
	errLength   = &ProtocolError{CloseProtocol, "length of a frame"}
	errReserved = &ProtocolError{CloseProtocol, "reserved bit"}
	errBadClose = &ProtocolError{CloseProtocol, "close frame"}
)

// Reader cuts the bytes of a client into messages (RFC 6455, sections 5 and
// 8.1). It knows no socket: the caller shows it bytes, and it says how many it
// used. Its zero value is ready; it holds memory only while a fragmented
// message is under way.
type Reader struct {
	// Deflate takes messages that are compressed without context (RFC 7692).
	Deflate bool

	op         ws.OpCode // of the fragmented message under way, or 0
	compressed bool      // it is
	fragment   []byte
	checked    int // bytes of fragment that are valid text
}

// Idle reports whether nothing is kept between calls.
func (r *Reader) Idle() bool { return r.op == 0 }

// Next takes the first frame off p and returns how many bytes it took: 0 means
// that p does not hold the whole frame yet. It unmasks in place. The message
// is one with Op set where the frame ended one; an unfinished message gives
// the zero Message. A payload, and a whole message, may have max bytes. The
// error is a *ProtocolError, and the connection is to be closed with its code.
func (r *Reader) Next(p []byte, max int) (n int, m Message, err error) {
	h, size, err := clientHeader(p, max)
	if err != nil || size == 0 {
		return 0, m, err
	}
	state := ws.StateServerSide
	if r.op != 0 {
		state = state.Set(ws.StateFragmented)
	}
	if r.Deflate {
		if h.Rsv&^rsv1 != 0 || h.Rsv != 0 && (h.OpCode.IsControl() || h.OpCode == ws.OpContinuation) {
			return 0, m, errReserved
		}
		state = state.Set(ws.StateExtended)
	}
	if err := ws.CheckHeader(h, state); err != nil {
		return 0, m, &ProtocolError{CloseProtocol, err.Error()}
	}
	if h.Length > int64(max-len(r.fragment)) && !h.OpCode.IsControl() {
		return 0, m, errTooBig
	}
	n = size + int(h.Length)
	if len(p) < n {
		return 0, m, nil
	}
	payload := p[size:n]
	ws.Cipher(payload, h.Mask, 0)
	if h.OpCode.IsControl() {
		return n, Message{Op: h.OpCode, Data: payload}, nil
	}
	m, err = r.data(h, payload, max)
	return n, m, err
}

// data takes a data frame and returns the message that it ends, if any.
func (r *Reader) data(h ws.Header, payload []byte, max int) (m Message, err error) {
	compressed := h.Rsv != 0
	switch {
	case h.OpCode == ws.OpContinuation:
		r.fragment = append(r.fragment, payload...)
		if !h.Fin {
			return m, r.checkFragment()
		}
		m, compressed = Message{Op: r.op, Data: r.fragment}, r.compressed
		r.op, r.fragment, r.compressed, r.checked = 0, nil, false, 0
	case !h.Fin:
		r.op, r.compressed = h.OpCode, compressed
		r.fragment = bytes.Clone(payload)
		return m, r.checkFragment()
	default:
		m = Message{Op: h.OpCode, Data: payload}
	}
	if compressed {
		if m.Data, err = inflate(m.Data, max); err != nil {
			return Message{}, err
		}
	}
	if m.Op == ws.OpText && !utf8.Valid(m.Data) {
		return Message{}, errNotUTF8
	}
	return m, nil
}

// checkFragment fails fast on text that cannot become valid any more (RFC
// 6455, section 8.1).
func (r *Reader) checkFragment() error {
	if r.op != ws.OpText || r.compressed {
		return nil
	}
	fresh := r.fragment[r.checked:]
	whole := WholeCharacters(fresh)
	if !utf8.Valid(fresh[:whole]) {
		return errNotUTF8
	}
	r.checked += whole
	return nil
}

// clientHeader parses the header of the frame at the beginning of p. A size of
// 0 means that p ends within it. A length must be written in as few bytes as it
// takes (RFC 6455, section 5.2).
func clientHeader(p []byte, max int) (h ws.Header, size int, err error) {
	if len(p) < 2 {
		return h, 0, nil
	}
	h.Fin = p[0]&0x80 != 0
	h.Rsv = p[0] & 0x70 >> 4
	h.OpCode = ws.OpCode(p[0] & 0x0f)
	h.Masked = p[1]&0x80 != 0
	size = 2
	switch short := p[1] & 0x7f; short {
	case 126:
		if size += 2; len(p) < size {
			return h, 0, nil
		}
		if h.Length = int64(binary.BigEndian.Uint16(p[2:])); h.Length < 126 {
			return h, 0, errLength
		}
	case 127:
		if size += 8; len(p) < size {
			return h, 0, nil
		}
		length := binary.BigEndian.Uint64(p[2:])
		if length>>63 != 0 || length <= math.MaxUint16 {
			return h, 0, errLength
		}
		h.Length = int64(length)
	default:
		h.Length = int64(short)
	}
	if h.Masked {
		if size += 4; len(p) < size {
			return h, 0, nil
		}
		copy(h.Mask[:], p[size-4:])
	}
	return h, size, nil
}

// maxCloseCode is the greatest code that may be used (RFC 6455, section 7.4.2).
// The others are in use since then (the registry that section 11.7 begins).
const (
	closeRestart ws.StatusCode = 1012
	closeGateway ws.StatusCode = 1014
	maxCloseCode ws.StatusCode = 4999
)

// CloseAnswer returns the code to answer a client's close frame with: its own,
// or CloseProtocol where the frame is not well-formed (RFC 6455, sections
// 5.5.1 and 7.4).
func CloseAnswer(payload []byte) (ws.StatusCode, error) {
	if len(payload) == 0 {
		return CloseEnd, nil
	}
	if len(payload) == 1 {
		return CloseProtocol, errBadClose
	}
	code := ws.StatusCode(binary.BigEndian.Uint16(payload))
	if code > maxCloseCode {
		return CloseProtocol, errBadClose
	}
	known := code
	if code >= closeRestart && code <= closeGateway {
		known = CloseEnd
	}
	if err := ws.CheckCloseFrameData(known, string(payload[2:])); err != nil {
		if errors.Is(err, ws.ErrProtocolInvalidUTF8) {
			return CloseText, errNotUTF8
		}
		return CloseProtocol, errBadClose
	}
	return code, nil
}
