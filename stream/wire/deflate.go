package wire

import (
	"bytes"
	"compress/flate"
	"io"
	"strconv"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// windowBits is the size of the window of compress/flate, which cannot be made
// smaller (RFC 7692, section 7.1.2.1).
const windowBits = 15

// AcceptDeflate answers an offer of an extension (RFC 7692, section 7.1). It
// accepts permessage-deflate where the server may keep its context from message
// to message, in the largest window; the client keeps none, so that nothing
// has to be kept for it. An option of no size declines.
func AcceptDeflate(offer httphead.Option) httphead.Option {
	var p wsflate.Parameters
	if !bytes.Equal(offer.Name, wsflate.ExtensionNameBytes) || p.Parse(offer) != nil ||
		p.ServerNoContextTakeover || p.ServerMaxWindowBits.Defined() && p.ServerMaxWindowBits != windowBits {
		return httphead.Option{}
	}
	answer := httphead.Option{Name: wsflate.ExtensionNameBytes}
	answer.Parameters.Set([]byte("client_no_context_takeover"), nil)
	if p.ServerMaxWindowBits.Defined() {
		answer.Parameters.Set([]byte("server_max_window_bits"), strconv.AppendInt(nil, windowBits, 10))
	}
	return answer
}

// deflateLevel is where more time would buy little: measured on logs.
const deflateLevel = 3

// flushed is how a sync flush ends, which is left out of the message (RFC 7692,
// section 7.2.1).
var flushed = []byte{0, 0, 0xff, 0xff}

// Deflater compresses messages that may refer to those before. It takes about
// 0.8 MB.
type Deflater struct {
	w   *flate.Writer
	out sink
}

// sink takes what a flate.Writer writes.
type sink struct{ buf []byte }

// Write appends p.
func (s *sink) Write(p []byte) (int, error) {
	s.buf = append(s.buf, p...)
	return len(p), nil
}

// NewDeflater returns a Deflater that has compressed nothing yet.
func NewDeflater() *Deflater {
	d := new(Deflater)
	d.w, _ = flate.NewWriter(&d.out, deflateLevel) // the level is valid
	return d
}

// Reset forgets all messages: the next one refers to nothing.
func (d *Deflater) Reset() { d.w.Reset(&d.out) }

// Compress returns the payload of a message in compressed form. It is valid
// until the next call.
func (d *Deflater) Compress(payload []byte) []byte {
	d.out.buf = d.out.buf[:0]
	d.w.Write(payload) //nolint:errcheck // a sink fails never
	d.w.Flush()        //nolint:errcheck
	return bytes.TrimSuffix(d.out.buf, flushed)
}

// AppendCompressed appends a whole text frame with a compressed payload: its
// bit RSV1 is set (RFC 7692, section 6).
func AppendCompressed(dst, payload []byte) []byte {
	at := len(dst)
	dst = AppendFrame(dst, ws.OpText, payload)
	dst[at] |= rsv1 << 4
	return dst
}

// rsv1 is the bit RSV1 as ws.Header has it.
const rsv1 = 4

// tail completes a message: the end of its sync flush, and an empty last block.
var tail = []byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff}

// inflaters are readers that are not in use.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

var errInflate = &ProtocolError{CloseProtocol, "compressed message"}

// inflate returns the payload of a message that was compressed without context,
// of max bytes at the most.
func inflate(payload []byte, max int) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	in := io.MultiReader(bytes.NewReader(payload), bytes.NewReader(tail))
	if err := r.(flate.Resetter).Reset(in, nil); err != nil {
		return nil, errInflate
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, int64(max)+1))
	if n > int64(max) {
		return nil, errTooBig
	}
	if err != nil {
		return nil, errInflate
	}
	return out.Bytes(), nil
}
