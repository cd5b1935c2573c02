package stream

import (
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// partial is what there is of the last line of a log while that has no end. It is
// no part of any ring of lines, and no position depends on it: it is shown in
// messages of tailbeam.v1, which leave a viewer where it stands, and the line
// comes like any other. Whatever comes of the log next takes the place of it.
type partial struct {
	pos   line.Position
	end   int64  // offset behind what is there
	text  []byte // valid UTF-8
	flags uint32 // entryContinues, entryUnfinished where it is longer than text
	read  time.Time
}

// Partial implements line.PartialSink. It copies what it keeps.
func (l *Log) Partial(b *line.Batch) {
	p := &partial{pos: b.Pos, end: b.End().Off, read: time.Now()}
	text, rest := wire.Repair(nil, wire.Text(b.Data, b.Pos.Off), maxMessage)
	p.text = text
	if b.Flags&line.Continues != 0 {
		p.flags |= entryContinues
	}
	if b.Flags&line.Unfinished != 0 || len(rest) > 0 {
		p.flags |= entryUnfinished
	}
	l.mu.Lock()
	l.partial = p
	feeds := l.feeds
	l.mu.Unlock()
	for _, f := range feeds {
		f.show(l, p)
	}
}

// show tells viewers of an unfinished line, behind the lines before it.
func (f *feed) show(log *Log, p *partial) {
	if f.maker != nil {
		f.announce(&announced{log: slices.Index(f.logs, log), off: log.view().end, partial: p})
		return
	}
	f.making.Lock()
	taps := f.pullLocked(log, nil, p)
	f.making.Unlock()
	wake(taps)
}

// passesPartial reports whether a filter chooses an unfinished line, as far as it is
// there.
func (f *sifter) passesPartial(p *partial) bool {
	if !f.passes(p.text) {
		return false
	}
	if f.marks == nil {
		return true
	}
	own, over := line.None, carry{gen: p.pos.Gen, at: p.pos.Off}
	if p.flags&entryContinues == 0 {
		own = f.marks.Level(p.text)
	}
	if i := slices.IndexFunc(f.carries, func(c carry) bool { return c.gen == p.pos.Gen && c.end == p.pos.Off }); i >= 0 {
		over = f.carries[i]
	}
	level := over.take(p.pos.Off, p.end, p.flags&entryContinues, own)
	return level == line.None || level >= f.filter.Level
}

// partial writes an unfinished line. At is where the viewer stands, before and
// behind it: at the line, if nothing came yet.
func (e batches) partial(to frames, log *Log, p *partial, at wire.Place) {
	if len(at) == 0 {
		at = wire.Place{p.pos}
	}
	header := wire.Lines{
		Subscription: e.id, Stream: log.quoted(), Seal: log.seal,
		Base: at, Offsets: []uint32{0}, To: at, Partial: true, Time: p.read.UnixMilli(),
	}
	if at.Last() != p.pos {
		header.Base = wire.Place{p.pos}
	}
	if p.flags&entryContinues != 0 {
		header.Pieces |= wire.FirstPiece
	}
	if p.flags&entryUnfinished != 0 {
		header.Pieces |= wire.LastPiece
	}
	message(to, append(append(header.Append(nil), '\n'), p.text...), at)
}

// partial writes nothing: a line is given when it is whole.
func (prefixed) partial(frames, *Log, *partial, wire.Place) {}

// partial writes nothing: a line is given when it is whole.
func (document) partial(frames, *Log, *partial, wire.Place) {}
