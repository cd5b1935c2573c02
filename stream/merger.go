package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// merger merges one piece of a replay, for a reader. It has its own copies of
// the legs; those of the subscription stand where the viewer does until the loop
// has taken what came of it.
type merger struct {
	strands []strand
	views   []view // of the logs, when it began
	goals   []goal
	enc     encoder
	logs    []*Log
	max     int           // bytes of frames
	wait    time.Duration // see Config.MergeWait
	out     chunk
	held    int // bytes of what was read ahead
	last    int // the leg that moved last, or in which the event is
	event   *event
}

// event is what ends a piece early: a gap that the encoding has no word for, or
// why nothing comes from the files.
type event struct {
	gap  *line.Gap
	err  error
	left wire.Place // see result
	away bool
}

// strand is a leg and what was read ahead of it.
type strand struct {
	leg
	over bool // nothing more of it belongs to this piece

	source *Log   // the log itself, or a batch of its files; nil: nothing is open
	view   view   // what counts of it
	walk   lines  // over view, behind the entry that is next
	at     uint64 // the viewer has what is before
	limit  uint64 // up to where the walk goes
	entry  shown  // that is next, if ready
	ready  bool
	moved  bool // the place is not at any more

	// Of a batch: its position in the place, where it ends, and its size.
	index int
	end   line.Position
	bytes int
}

// What is read ahead of one leg at the least, and of all of them, in bytes.
const (
	minAhead = 4 << 10
	maxAhead = 2 << 20
)

// newMerger returns what merges the next piece, of about so many bytes. The legs
// stand in views.
func (l *loop) newMerger(s *subscription, views []view, most int) *merger {
	m := &merger{views: views, goals: s.goals, logs: s.logs(), enc: s.encoder(), max: most, wait: l.server.config.MergeWait}
	for i, log := range m.logs {
		g := &s.legs[i]
		if s.filtered() && g.sifter == nil {
			g.sifter = newSifter(s.feed.sieve, log, l.server.config.MaxLine)
		}
		st := strand{leg: *g, over: !g.present()}
		st.place = slices.Clone(g.place)
		m.strands = append(m.strands, st)
	}
	return m
}

// run merges until there is enough, or something happens.
func (m *merger) run(ctx context.Context, buf []byte) {
	for begin := time.Now(); len(m.out.buf) < m.max && time.Since(begin) < siftTime; {
		first, second := m.choose(ctx, buf, begin)
		if first < 0 || m.event != nil || ctx.Err() != nil {
			break
		}
		m.take(ctx, buf, first, second)
	}
	for i := range m.strands {
		m.strands[i].settle(&m.views[i])
	}
}

// choose returns the strand whose next line is the earliest, and the one that
// comes after it; -1 where there is none.
func (m *merger) choose(ctx context.Context, buf []byte, begin time.Time) (first, second int) {
	first, second = -1, -1
	for i := range m.strands {
		st := &m.strands[i]
		if !st.over && !st.known {
			if time.Since(begin) < siftTime {
				m.ahead(ctx, buf, i)
			}
			if m.held > maxAhead {
				m.close(i) // it is read again when its turn comes
			}
			if m.event != nil || !st.over && !st.known {
				return -1, -1 // with the times of the others known
			}
		}
		switch {
		case st.over:
		case first < 0 || st.next.Before(m.strands[first].next):
			first, second = i, first
		case second < 0 || st.next.Before(m.strands[second].next):
			second = i
		}
	}
	return first, second
}

// ahead finds what comes next in a leg, and its time. It may give up for now.
func (m *merger) ahead(ctx context.Context, buf []byte, i int) {
	st := &m.strands[i]
	for begin := time.Now(); !st.ready; {
		switch {
		case st.over || m.event != nil || time.Since(begin) > siftTime || ctx.Err() != nil:
			return
		case st.source == nil:
			m.open(ctx, buf, i)
		default:
			m.step(ctx, i)
		}
	}
	m.date(i)
}

// date takes the time of the entry that is next.
func (m *merger) date(i int) {
	st, marks := &m.strands[i], m.logs[i].origin.Marks
	st.known = true
	if marks == nil || st.entry.flags&entryContinues != 0 {
		return
	}
	if t, ok := marks.Time(st.entry.text); ok {
		st.next = t
	}
}

// open turns to what memory holds of a leg, up to the next gap, or to a batch of
// its files.
func (m *merger) open(ctx context.Context, buf []byte, i int) {
	st := &m.strands[i]
	m.last = i
	if st.reached(m.goals[i]) {
		st.over = true
		return
	}
	if !st.inMemory {
		m.read(ctx, buf, i)
		return
	}
	part := st.part(m.views[i], m.goals[i].off)
	limit, gap := part.next(st.off)
	if gap == nil {
		st.begin(m.logs[i], part, st.off, min(limit, part.end))
		return
	}
	off := st.off
	st.off++
	st.place = m.views[i].passed(st.place, off, st.off)
	if !m.encoder(i).gap(&m.out, m.logs[i], *gap) {
		m.event = &event{gap: gap}
	}
}

// read turns to the next batch of the files of a leg.
func (m *merger) read(ctx context.Context, buf []byte, i int) {
	st := &m.strands[i]
	r := result{job: job{log: m.logs[i], place: st.place, max: min(max(m.max/len(m.strands), minAhead), replayChunk)}}
	limited, cancel := context.WithTimeout(ctx, m.wait)
	b, k, err := r.read(limited, buf)
	late := limited.Err() != nil && ctx.Err() == nil
	cancel()
	if err != nil {
		st.place = r.place
		m.event = &event{err: err, left: r.left, away: err != io.EOF && late || errors.Is(err, line.ErrAway)}
		return
	}
	batch, k := r.lay(&b, k)
	st.place, st.index, st.end, st.bytes = r.place, k, b.End(), len(batch.cur.buf)
	m.held += st.bytes
	v := batch.view()
	st.begin(batch, v, v.start, v.end)
}

// begin turns to the entries of a source in [at, end).
func (st *strand) begin(source *Log, v view, at, end uint64) {
	v.end = end
	st.source, st.view, st.at, st.limit = source, v, at, at
}

// step turns to the entry that is next in what is open, or closes that.
func (m *merger) step(ctx context.Context, i int) {
	st := &m.strands[i]
	if st.at < st.limit && st.advance() {
		return
	}
	if st.limit == st.view.end {
		m.close(i)
		return
	}
	st.limit = st.view.end
	if st.sifter != nil {
		st.view.only = nil // what it chose before
		st.limit = st.sifter.choose(ctx, &st.view, st.at, st.view.end)
	}
	st.walk = st.view.from(st.at)
}

// advance takes the next entry of the walk. At its end there is none, and the
// viewer lacks nothing up to there.
func (st *strand) advance() bool {
	e, ok := st.walk.step()
	if st.ready = ok && e.off < st.limit; st.ready {
		st.entry = e
		return true
	}
	st.at, st.moved = st.limit, true
	return false
}

// close settles a leg and lets go of what was read ahead of it.
func (m *merger) close(i int) {
	st := &m.strands[i]
	st.settle(&m.views[i])
	m.held -= st.bytes
	st.source, st.view, st.walk, st.ready, st.bytes = nil, view{}, lines{}, false, 0
}

// settle moves the place of a leg to where the viewer is.
func (st *strand) settle(whole *view) {
	if st.source == nil || !st.moved {
		return
	}
	st.moved = false
	if st.inMemory {
		st.place = whole.passed(st.place, st.off, st.at)
		st.off = st.at
		return
	}
	st.place[st.index] = st.end
	if st.at < st.view.end {
		walk := st.view.from(st.at)
		if e, ok := walk.advance(); ok {
			st.place[st.index] = e.pos
		}
	}
}

// take encodes lines of one leg, those that do not come after what is next in
// another.
func (m *merger) take(ctx context.Context, buf []byte, i, other int) {
	st := &m.strands[i]
	if !st.ready {
		if m.ahead(ctx, buf, i); !st.ready {
			return
		}
	}
	m.last = i
	at, to, text := st.at, st.at, 0
	for more := true; more; {
		to = st.entry.next
		text += len(st.entry.text)
		st.known = false
		if !st.advance() {
			to = st.limit
			break
		}
		m.date(i)
		more = st.entry.flags&entryContinues != 0 || text < m.max && (other < 0 || m.precedes(i, other))
	}
	enc, v := m.encoder(i), st.view
	for from := at; from < to; {
		from = enc.lines(&m.out, st.source, &v, from, to, time.Time{})
	}
	st.at, st.moved = to, true
}

// precedes reports whether what is next in a leg comes before that of another.
func (m *merger) precedes(i, other int) bool {
	a, b := m.strands[i].next, m.strands[other].next
	return a.Before(b) || a.Equal(b) && i < other
}

// encoder returns how lines of a leg are encoded while the viewer stands where it
// does in the others.
func (m *merger) encoder(i int) encoder {
	if e, ok := m.enc.(document); !ok || e.form == Text {
		return m.enc
	}
	places := make([]wire.Place, len(m.strands))
	for k := range m.strands {
		m.strands[k].settle(&m.views[k])
		places[k] = m.strands[k].standing()
	}
	return beside(m.enc, m.logs, places, i)
}
