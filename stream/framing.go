package stream

import (
	"sort"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// framing is what a ring wraps around what it holds, and with it how a viewer
// is spoken to.
type framing uint8

const (
	// frames are those of a WebSocket.
	webSocket framing = iota
	// chunks are those of a response of HTTP/1.1.
	chunks
	// unframed is nothing: the text as it is, whose end is that of the connection,
	// or that is gathered for a response of known length.
	unframed
)

// len returns how many bytes n bytes of text take.
func (f framing) len(n int) int {
	switch f {
	case chunks:
		return wire.ChunkLen(n)
	case unframed:
		return n
	}
	return wire.HeaderLen(n) + n
}

// append appends text as one frame.
func (f framing) append(dst, text []byte) []byte {
	switch f {
	case chunks:
		return wire.AppendChunk(dst, text)
	case unframed:
		return append(dst, text...)
	}
	return wire.AppendFrame(dst, ws.OpText, text)
}

// boundary returns the offset of the first frame that begins at off or behind,
// or stop where none does before that.
func (v *view) boundary(off, stop uint64) uint64 {
	i := v.find(off)
	entries, _ := v.index(i)
	base := v.segs[i].base
	k := sort.Search(len(entries), func(k int) bool { return base+uint64(entries[k].at()) >= off })
	if k == len(entries) {
		return stop
	}
	return min(base+uint64(entries[k].at()), stop)
}
