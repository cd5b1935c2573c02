package stream

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// feed is what several viewers want alike that is not one log as it stands: a
// log as messages of tailbeam.v1, or several logs on one connection. It is
// made from its logs as they grow, once for all its viewers, and goes away
// with the last of them.
//
// The lines of a feed begin where it was made. Whoever wants older ones, or
// fell behind, gets them from a replay of its own until that has caught up
// with the feed (replay.go).
type feed struct {
	ring
	key  string
	logs []*Log
	enc  encoder
	refs int // under Hub.mu

	// Of a filtered feed, or nil. Cancel ends the maker.
	sieve  *sieve
	maker  *maker
	cancel context.CancelFunc

	making sync.Mutex // one appender at a time
	// For each log: the offset up to which the feed holds it, and whether it
	// ended. They change together with ring.end and ring.ends, under ring.mu.
	taken []uint64 // beside ring.ends
	over  []bool
	// partials are the unfinished lines that viewers at the end were told of. They
	// change together with ring.end too.
	partials []*partial
	// Of a filtered feed: what is to be passed on beside lines, in its order.
	announced []*announced
}

// frames is where an encoder puts its frames.
type frames interface {
	// frame returns room to be filled by appending exactly n bytes.
	frame(n int) []byte
	// note says where the lines of the frame that was filled last lie in the
	// file.
	note(frameLen int, pos line.Position, older wire.Place, end int64)
}

// encoder makes frames from what logs hold. An implementation keeps no state
// and may be used from any goroutine.
type encoder interface {
	// lines writes one message or several with what the log holds in [from,
	// limit), where there is no gap, and returns the offset behind the last.
	// It writes one entry at least and about messageText bytes at most. live
	// is when the lines were read, or zero for older ones.
	lines(to frames, log *Log, v *view, from, limit uint64, live time.Time) uint64
	// gap writes that lines are missing. It reports false where the encoding
	// has no word for it.
	gap(to frames, log *Log, g line.Gap) bool
	// notice writes a change of condition, and where the viewer stands if that
	// is to be told.
	notice(to frames, log *Log, n line.Notice, at wire.Place)
	// advance writes where a viewer stands to which nothing else was sent, if
	// that is to be told.
	advance(to frames, log *Log, at wire.Place)
	// partial writes an unfinished line where that is shown to viewers, who
	// stand at a place.
	partial(to frames, log *Log, p *partial, at wire.Place)
}

// pull takes what log holds beyond what the feed has of it. It is called by
// the log's appender.
func (f *feed) pull(log *Log) {
	if f.maker != nil {
		f.maker.wake()
		return
	}
	f.making.Lock()
	taps := f.pullLocked(log, nil, nil)
	f.making.Unlock()
	wake(taps)
}

// tell passes a notice on, behind the lines before it.
func (f *feed) tell(log *Log, n line.Notice) {
	if f.maker != nil {
		v := log.view()
		f.announce(&announced{log: slices.Index(f.logs, log), off: v.end, notice: n, place: v.stop.place()})
		return
	}
	f.making.Lock()
	taps := f.pullLocked(log, &n, nil)
	f.making.Unlock()
	wake(taps)
}

// announce has the maker pass something on. An unfinished line to which it did not
// come yet is passed over.
func (f *feed) announce(a *announced) {
	f.mu.Lock()
	f.announced = append(slices.DeleteFunc(f.announced, func(other *announced) bool {
		return other.log == a.log && other.partial != nil
	}), a)
	f.mu.Unlock()
	f.maker.wake()
}

// pullLocked takes what log holds, and then a notice or an unfinished line where
// there is one. It holds f.making.
func (f *feed) pullLocked(log *Log, n *line.Notice, p *partial) []*tap {
	at := 0
	for f.logs[at] != log {
		at++
	}
	v := log.view()
	off := f.taken[at] // only appenders write it, and they hold f.making
	enc := beside(f.enc, f.logs, f.ends, at)
	for {
		var g *line.Gap
		off, g = encode(f.to(at), enc, log, &v, off, math.MaxInt, time.Now())
		if g == nil {
			break
		}
		f.publish()
		f.mu.Lock()
		f.older = nil
		f.markLocked(*g)
		f.mu.Unlock()
	}
	if n != nil {
		enc.notice(f.to(at), log, *n, v.stop.place())
	}
	if p != nil {
		enc.partial(f.to(at), log, p, v.stop.place())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken[at], f.ends[at], f.partials[at] = off, v.stop.place(), p
	if n != nil {
		f.toldLocked(at, *n)
	}
	return f.publishLocked()
}

// toldLocked takes whether a log ended.
func (f *feed) toldLocked(i int, n line.Notice) {
	f.over[i] = n.Condition == line.Ended || n.Event == line.Removed
	f.ended = !slices.Contains(f.over, false)
}

// source is a feed's ring that notes which log its frames are from.
type source struct {
	*feed
	log int
}

func (f *feed) to(log int) source { return source{f, log} }

func (s source) note(frameLen int, pos line.Position, older wire.Place, end int64) {
	s.feed.note(frameLen, s.log, pos, older, end, 0)
}

// encode writes what the view holds from off on until about max bytes of text
// were written, and returns the offset behind it. It stops behind a gap that
// the encoding has no word for and returns it.
func encode(to frames, enc encoder, log *Log, v *view, off uint64, max int, live time.Time) (uint64, *line.Gap) {
	for begin := off; off < v.end && off-begin < uint64(max); {
		limit, g := v.next(off)
		if g == nil {
			off = enc.lines(to, log, v, off, limit, live)
			continue
		}
		off++
		if !enc.gap(to, log, *g) {
			return off, g
		}
	}
	return off, nil
}
