package stream

import (
	"math"
	"slices"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// messageText is about how many bytes of text one message of lines holds, and
// messageLines how many lines.
const (
	messageText  = 256 << 10
	messageLines = 4096
)

// beside returns the encoder for lines of log i while the viewers stand at
// places, for an encoding that tells the cursor of each line.
func beside(enc encoder, logs []*Log, places []wire.Place, i int) encoder {
	if e, ok := enc.(document); ok {
		return e.beside(logs, places, i)
	}
	return enc
}

// batches encodes as messages of tailbeam.v1 for one subscription.
type batches struct{ id int }

func (e batches) lines(to frames, log *Log, v *view, from, limit uint64, live time.Time) uint64 {
	var offsets [messageLines]uint32
	header := wire.Lines{Subscription: e.id, Stream: log.quoted(), Seal: log.seal}
	if !live.IsZero() {
		header.Time = live.UnixMilli()
	}
	// The first walk finds how far the message goes and how long it is.
	off, text, n := from, 0, 0
	var first, last shown
	var behind line.Position
	for walk := v.from(from); off < limit && n < messageLines; n++ {
		s, ok := walk.step()
		if !ok || s.off >= limit {
			break
		}
		if n == 0 {
			first, header.Base = s, s.place()
			if s.flags&entryContinues != 0 {
				header.Pieces |= wire.FirstPiece
			}
		} else if !follows(&s, &first, behind) || text+len(s.text) > messageText {
			break
		}
		offsets[n] = uint32(s.pos.Off - first.pos.Off)
		behind = line.Position{Gen: s.pos.Gen, Off: s.end}
		text += len(s.text)
		off, last = s.next, s
	}
	if n == 0 {
		return limit // a viewer has all of it
	}
	header.To = at(first.older, behind)
	header.Offsets = offsets[:n]
	if last.flags&entryUnfinished != 0 {
		header.Pieces |= wire.LastPiece
	}
	var room [512]byte
	head := header.Append(room[:0])
	length := len(head) + n + text // a newline before each line
	dst := wire.AppendHeader(to.frame(wire.HeaderLen(length)+length), ws.OpText, length)
	dst = append(dst, head...)
	walk := v.from(from)
	for range n {
		s, _ := walk.step()
		dst = append(dst, '\n')
		dst = append(dst, s.text...)
	}
	to.note(wire.HeaderLen(length)+length, first.pos, first.older, behind.Off)
	return off
}

// follows reports whether an entry can go into the message of another that is
// full up to a position. A filter may have left out what lies between.
func follows(s, first *shown, behind line.Position) bool {
	return s.pos.Gen == first.pos.Gen && s.pos.Off >= behind.Off && s.end-first.pos.Off <= math.MaxUint32 &&
		slices.Equal(s.older, first.older)
}

func (e batches) gap(to frames, log *Log, g line.Gap) bool {
	message(to, wire.AppendGap(nil, e.id, log.quoted(), log.seal, g), wire.Place{g.To})
	return true
}

func (e batches) notice(to frames, log *Log, n line.Notice, at wire.Place) {
	message(to, wire.AppendNotice(nil, e.id, log.quoted(), log.seal, n, at), at)
}

func (e batches) advance(to frames, log *Log, at wire.Place) {
	if len(at) > 0 {
		message(to, wire.AppendAdvance(nil, e.id, log.quoted(), log.seal, at), at)
	}
}

// message writes one text frame that holds no line. At is where the viewer
// stands behind it.
func message(to frames, payload []byte, at wire.Place) {
	n := wire.HeaderLen(len(payload)) + len(payload)
	wire.AppendFrame(to.frame(n), ws.OpText, payload)
	pos := at.Last()
	to.note(n, pos, at[:max(len(at)-1, 0)], pos.Off)
}

// prefixed encodes one line a frame, after its stream's name and a tab.
type prefixed struct{}

func (prefixed) lines(to frames, log *Log, v *view, from, limit uint64, live time.Time) uint64 {
	off, text := from, 0
	for walk := v.from(from); off < limit && text < messageText; {
		s, ok := walk.step()
		if !ok || s.off >= limit {
			return limit
		}
		length := len(log.name) + 1 + len(s.text)
		dst := wire.AppendHeader(to.frame(wire.HeaderLen(length)+length), ws.OpText, length)
		dst = append(dst, log.name...)
		dst = append(dst, '\t')
		_ = append(dst, s.text...)
		to.note(wire.HeaderLen(length)+length, s.pos, s.older, s.end)
		off = s.next
		text += length
	}
	return off
}

// gap has nothing to write: plain viewers are given lines only.
func (prefixed) gap(frames, *Log, line.Gap) bool { return false }

// notice writes nothing.
func (prefixed) notice(frames, *Log, line.Notice, wire.Place) {}

// advance has nothing to write: the cursor is in the close.
func (prefixed) advance(frames, *Log, wire.Place) {}

// single encodes one line a frame, as a log holds it.
type single struct{ prefixed }

func (single) lines(to frames, log *Log, v *view, from, limit uint64, live time.Time) uint64 {
	off, text := from, 0
	for walk := v.from(from); off < limit && text < messageText; {
		s, ok := walk.step()
		if !ok || s.off >= limit {
			return limit
		}
		n := wire.HeaderLen(len(s.text)) + len(s.text)
		wire.AppendFrame(to.frame(n), ws.OpText, s.text)
		to.note(n, s.pos, s.older, s.end)
		off = s.next
		text += n
	}
	return off
}
