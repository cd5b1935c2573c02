package stream

import (
	"sync"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// documentText is about how many bytes of text one frame of a document holds,
// but for a line that is longer.
const documentText = 32 << 10

// document encodes as text that scripts read: lines as they are, server-sent
// events, or JSON records. A frame holds many lines, except on a WebSocket,
// where it holds one.
type document struct {
	form  Encoding // Text, Events or Records
	wrap  framing
	named bool // each line of text begins with the name of its stream
	joint wire.Joint
}

// beside returns the encoder for lines of log i while the viewers stand at
// places.
func (e document) beside(logs []*Log, places []wire.Place, i int) encoder {
	if len(places) > 1 && e.form != Text {
		e.joint = wire.NewJoint(seals(logs), places, i)
	}
	return e
}

// sheets are where a frame is written before its length is known.
var sheets = sync.Pool{New: func() any { return new(sheet) }}

type sheet struct{ text, cursor []byte }

// maxSheet bounds what is kept for the next frame.
const maxSheet = 256 << 10

func (s *sheet) free() {
	if cap(s.text) <= maxSheet {
		s.text = s.text[:0]
		sheets.Put(s)
	}
}

func (e document) lines(to frames, log *Log, v *view, from, limit uint64, _ time.Time) uint64 {
	page := sheets.Get().(*sheet)
	defer page.free()
	off, n := from, 0
	var first shown
	var behind line.Position
	for walk := v.from(from); off < limit && len(page.text) < documentText; n++ {
		s, ok := walk.step()
		if !ok || s.off >= limit {
			break
		}
		if n == 0 {
			first = s
		} else if s.pos != behind || e.wrap == webSocket {
			break
		}
		e.line(page, log, &s)
		behind = line.Position{Gen: s.pos.Gen, Off: s.end}
		off = s.next
	}
	if n == 0 {
		return limit // a viewer has all of it
	}
	e.put(to, page.text, first.pos, first.older, behind.Off)
	return off
}

// line writes one entry.
func (e document) line(page *sheet, log *Log, s *shown) {
	behind := at(s.older, line.Position{Gen: s.pos.Gen, Off: s.end})
	if s.flags&entryPartial != 0 {
		behind = s.place() // it comes again, whole
	}
	switch e.form {
	case Events:
		page.cursor = e.joint.Append(page.cursor[:0], log.seal, behind)
		if e.named {
			named := append([]byte(log.name+"\t"), s.text...)
			page.text = wire.AppendEvent(page.text, "", page.cursor, named)
			return
		}
		page.text = wire.AppendEvent(page.text, "", page.cursor, s.text)
	case Records:
		page.cursor = e.joint.Append(page.cursor[:0], log.seal, behind)
		page.text = e.record(page.text, log, s, page.cursor)
	default:
		if e.named {
			page.text = append(append(page.text, log.name...), '\t')
		}
		page.text = append(page.text, s.text...)
		if e.named || s.flags&(entryUnfinished|entryPartial) == 0 {
			page.text = append(page.text, '\n')
		}
	}
}

// record writes one entry as a JSON object, and a newline where no frame ends
// it.
func (e document) record(dst []byte, log *Log, s *shown, cursor []byte) []byte {
	r := wire.Record{
		Stream: log.quoted(), Cursor: cursor, Line: s.text,
		Continues:  s.flags&entryContinues != 0,
		Unfinished: s.flags&entryUnfinished != 0,
		Partial:    s.flags&entryPartial != 0,
		Level:      s.level,
	}
	if m := log.origin.Marks; m != nil && !r.Continues {
		r.Time, _ = m.Time(s.text)
	}
	return e.end(r.Append(dst))
}

// end ends a record.
func (e document) end(record []byte) []byte {
	if e.wrap == webSocket {
		return record
	}
	return append(record, '\n')
}

// put makes a frame of text that ends at an offset of the generation of pos.
func (e document) put(to frames, text []byte, pos line.Position, older wire.Place, end int64) {
	n := e.wrap.len(len(text))
	e.wrap.append(to.frame(n), text)
	to.note(n, pos, older, end)
}

func (e document) gap(to frames, log *Log, g line.Gap) bool {
	if e.form == Text {
		return false
	}
	var place wire.Place
	if !g.To.IsZero() {
		place = wire.Place{g.To}
	}
	cursor := e.joint.Append(nil, log.seal, place)
	e.tell(to, "gap", wire.AppendGapRecord(nil, log.quoted(), log.seal, g, cursor), cursor, place)
	return true
}

func (e document) notice(to frames, log *Log, n line.Notice, at wire.Place) {
	if e.form == Text {
		return
	}
	cursor := e.joint.Append(nil, log.seal, at)
	e.tell(to, "notice", wire.AppendNoticeRecord(nil, log.quoted(), n, cursor), cursor, at)
}

// tell writes a record that is no line. At is where a viewer stands behind it.
func (e document) tell(to frames, kind string, record, cursor []byte, at wire.Place) {
	if e.form == Events {
		record = wire.AppendEvent(nil, kind, cursor, record)
	} else {
		record = e.end(record)
	}
	pos := at.Last()
	e.put(to, record, pos, at[:max(len(at)-1, 0)], pos.Off)
}

func (e document) advance(to frames, log *Log, at wire.Place) {
	if text := e.standing(string(e.joint.Append(nil, log.seal, at))); text != nil {
		pos := at.Last()
		e.put(to, text, pos, at[:max(len(at)-1, 0)], pos.Off)
	}
}

// idle returns a frame that keeps the connection of a viewer alive that stands
// at a cursor, or nothing where there is no word for that.
func (e document) idle(cursor string) []byte {
	text := e.standing(cursor)
	if text == nil {
		return nil
	}
	return e.wrap.append(nil, text)
}

// standing returns what says nothing but where a viewer stands.
func (e document) standing(cursor string) []byte {
	switch {
	case e.form == Events && cursor == "":
		return []byte(wire.EventsIdle)
	case e.form == Events:
		return wire.AppendEventID(nil, cursor)
	case e.form == Records && cursor != "":
		return e.end(wire.AppendCursorRecord(nil, cursor))
	}
	return nil
}
