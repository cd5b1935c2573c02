package stream

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// maxMessage is the most bytes of text that one message holds. A longer line
// travels in several.
const maxMessage = 1 << 20

// Log is the newest part of one stream in memory: its lines as finished text
// frames, with their positions. It is the feed of every plain viewer of this
// one stream; other encodings are made from it for as long as somebody wants
// them.
//
// A Log is the line.PartialSink of its source: Append, Partial, Notice and Gap
// are called by one goroutine at a time. Everything else may be called from any goroutine.
type Log struct {
	ring
	name   string
	json   atomic.Pointer[[]byte] // see quoted
	seal   wire.Seal
	origin line.Origin

	viewers atomic.Int64
	left    atomic.Int64          // when a viewer left, in seconds since 1970, or 0
	rates   atomic.Pointer[rates] // nil until there was a line

	// feeds are made from this log. They are replaced, never changed in
	// place, under ring.mu, so that they change between two appends.
	feeds  []*feed
	notice line.Notice // the newest one, under ring.mu
	// partial is the last line as far as it is there, or nil. Under ring.mu.
	partial *partial
	gens    generations // under ring.mu; only the appender changes them
}

func newLog(name string, origin line.Origin, memory int64) *Log {
	l := &Log{name: name, seal: wire.SealOf(name), origin: origin}
	l.ring.init(memory)
	return l
}

// scratch returns an empty log of the same name for a batch that was read from
// files, with room for its frames.
func (l *Log) scratch(b *line.Batch) *Log {
	s := &Log{name: l.name, seal: l.seal}
	s.json.Store(l.json.Load())
	s.ring.init(math.MaxInt64)
	s.grow(len(b.Data) + wire.HeaderLen(1<<10)*len(b.Ends) + wire.MaxHeader).nextEntries = make([]entry, 0, len(b.Ends))
	return s
}

// quoted returns the name as a JSON string. It is not to be changed.
func (l *Log) quoted() []byte {
	if known := l.json.Load(); known != nil {
		return *known
	}
	quoted := wire.Quote(l.name)
	l.json.Store(&quoted)
	return quoted
}

// Name returns the stream's name.
func (l *Log) Name() string { return l.name }

// Origin returns where the stream comes from, and what reads its past.
func (l *Log) Origin() line.Origin { return l.origin }

// leave notes that a viewer left.
func (l *Log) leave() {
	l.viewers.Add(-1)
	l.left.Store(time.Now().Unix())
}

// Append takes lines from the source and wakes who waits for them. It copies
// what it keeps.
func (l *Log) Append(b *line.Batch) {
	l.older = l.gens.beside(b.Pos.Gen)
	l.fill(b)
	l.count(b)

	l.mu.Lock()
	l.keep = math.MaxUint64
	if len(l.feeds) > 0 {
		l.keep = l.end // they have taken what comes before
	}
	l.gens = l.gens.reach(b.Pos, b.End().Off)
	l.partial = nil
	taps, feeds := l.publishLocked(), l.feeds
	l.mu.Unlock()
	wake(taps)
	for _, f := range feeds {
		f.pull(l)
	}
}

// fill makes the frames of a batch.
func (l *Log) fill(b *line.Batch) {
	valid := utf8.Valid(b.Data)
	raw := b.RawEnds()
	start, pos := uint32(0), b.Pos
	for i, end := range b.Ends {
		var flags uint32
		if i == 0 && b.Flags&line.Continues != 0 {
			flags |= entryContinues
		}
		if i == len(b.Ends)-1 && b.Flags&line.Unfinished != 0 {
			flags |= entryUnfinished
		}
		if i == len(b.Ends)-1 && b.Flags&line.Partial != 0 {
			flags |= entryPartial
		}
		behind := b.Pos.Off + int64(raw[i])
		l.add(b.Data[start:end], pos, behind, flags, valid)
		start, pos.Off = end, behind
	}
}

// add makes the frame of one entry, or several where it does not fit into one
// message or has to be repaired beyond that. It lies from pos to end.
func (l *Log) add(raw []byte, pos line.Position, end int64, flags uint32, valid bool) {
	text := wire.Text(raw, pos.Off)
	if len(text) <= maxMessage && (valid || utf8.Valid(text)) {
		n := wire.HeaderLen(len(text)) + len(text)
		wire.AppendFrame(l.frame(n), ws.OpText, text)
		l.note(n, 0, pos, l.older, end, flags)
		return
	}
	pos.Off += int64(cap(raw) - cap(text)) // a byte order mark that is not shown
	l.addRepaired(text, pos, end, flags)
}

// addRepaired makes frames of at most maxMessage bytes of valid text.
func (l *Log) addRepaired(text []byte, pos line.Position, end int64, flags uint32) {
	last := flags & (entryUnfinished | entryPartial)
	flags &^= last
	for {
		piece, rest := wire.Repair(nil, text, maxMessage)
		n := wire.HeaderLen(len(piece)) + len(piece)
		wire.AppendFrame(l.frame(n), ws.OpText, piece)
		if len(rest) == 0 {
			l.note(n, 0, pos, l.older, end, flags|last)
			return
		}
		next := min(pos.Off+int64(len(text)-len(rest)), end)
		l.note(n, 0, pos, l.older, next, flags|entryUnfinished)
		pos.Off, text, flags = next, rest, entryContinues
	}
}

// Notice takes a change of the stream's condition. A stream that ended or was
// removed sends its plain viewers away when they have every line.
func (l *Log) Notice(n line.Notice) {
	if n.Event == line.Drained {
		l.mu.Lock()
		if len(l.gens) == 0 {
			l.gens = generations{{gen: n.Pos.Gen, first: n.Pos.Off, end: n.Pos.Off, before: true}}
		}
		l.gens.drained(n.Pos.Gen)
		l.mu.Unlock()
		return
	}
	l.mu.Lock()
	l.notice, l.partial = n, nil
	if n.Event == line.Rotated {
		l.gens.rotated()
	}
	l.beginLocked(n.Pos)
	if n.Condition == line.Ended || n.Event == line.Removed {
		l.ended = true
	}
	taps, feeds := l.taps, l.feeds
	l.mu.Unlock()
	wake(taps)
	for _, f := range feeds {
		f.tell(l, n)
	}
}

// beginLocked takes where the next line will begin, where that is known.
func (l *Log) beginLocked(p line.Position) {
	if !p.IsZero() && (p != l.newPos || l.apart) {
		l.older = l.gens.beside(p.Gen)
		l.gens = l.gens.reach(p, p.Off)
		l.moveLocked(p)
	}
}

// Gap takes the word that lines are missing here.
func (l *Log) Gap(g line.Gap) {
	l.mu.Lock()
	if !g.To.IsZero() {
		l.older = l.gens.beside(g.To.Gen)
		l.gens = l.gens.reach(g.To, g.To.Off)
	}
	l.markLocked(g)
	l.partial = nil
	taps, feeds := l.taps, l.feeds
	l.mu.Unlock()
	wake(taps)
	for _, f := range feeds {
		f.pull(l)
	}
}

// condition returns the newest notice and the place behind the last line.
func (l *Log) condition() (line.Notice, wire.Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.notice, l.stop.place()
}

// Info is what lists say about a stream.
type Info struct {
	Name           string
	Source         string // as the operator wrote it
	Path           string // the file behind it, or empty
	Condition      string
	Reason         string
	Size           int64  // bytes of the current generation that were read
	Lines          uint64 // since the server started
	Bytes          uint64 // since the server started
	LinesPerSecond float64
	BytesPerSecond float64
	LastLine       time.Time // zero where there was none
	Viewers        int
}

// Info returns what there is to say about the stream now.
func (l *Log) Info() Info {
	notice, end := l.condition()
	i := Info{
		Name:      l.name,
		Source:    l.origin.Source,
		Path:      l.origin.Path,
		Condition: notice.Condition.String(),
		Reason:    notice.Reason,
		Size:      end.Last().Off,
		Viewers:   int(l.viewers.Load()),
	}
	if r := l.rates.Load(); r != nil {
		r.fill(&i, time.Now())
	}
	return i
}

// rates counts lines and bytes, and how many there were lately.
type rates struct {
	mu           sync.Mutex
	lines, bytes uint64
	last         int64 // in nanoseconds since 1970; 0: there was none
	second       int64 // the Unix second that now counts
	now, before  [2]float64
}

// count counts the lines of a batch.
func (l *Log) count(b *line.Batch) {
	r := l.rates.Load()
	if r == nil { // there is one appender
		r = new(rates)
		l.rates.Store(r)
	}
	r.add(b.Lines(), len(b.Data))
}

func (r *rates) add(lines, bytes int) {
	t := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turnLocked(t)
	r.lines += uint64(lines)
	r.bytes += uint64(bytes)
	r.now[0] += float64(lines)
	r.now[1] += float64(bytes)
	r.last = t.UnixNano()
}

// turnLocked begins a new second if one has begun.
func (r *rates) turnLocked(t time.Time) {
	switch second := t.Unix(); second - r.second {
	case 0:
		return
	case 1:
		r.before, r.now, r.second = r.now, [2]float64{}, second
	default:
		r.before, r.now, r.second = [2]float64{}, [2]float64{}, second
	}
}

// fill writes the counts, and as rates those of the last whole second.
func (r *rates) fill(i *Info, t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turnLocked(t)
	i.Lines, i.Bytes = r.lines, r.bytes
	if r.last != 0 {
		i.LastLine = time.Unix(0, r.last)
	}
	i.LinesPerSecond, i.BytesPerSecond = r.before[0], r.before[1]
}
