package stream

import (
	"errors"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// Lag is what becomes of a viewer whose next line is no longer held in memory,
// because it reads more slowly than lines come. One that paused does not lag:
// it goes on where it stood.
type Lag uint8

const (
	// LagReplay reads on from the files, at the viewer's own pace.
	LagReplay Lag = iota
	// LagSkip goes on at the live end. A gap tells what was skipped, where the
	// encoding has a word for it; on Plain the viewer knows that it may be. The
	// gap counts all lines of the stream that lie between its two ends, those too
	// that a filter would not have chosen: which ones it would have is not known
	// before they are read, which is what the viewer asked to spare. Where it was
	// the filter that fell behind memory, the gap does not say how many they are.
	LagSkip
	// LagClose closes with ClosePolicy.
	LagClose
)

// ParseLag returns the Lag that a viewer asks for with a word. The error is one
// line for a person.
func ParseLag(word string) (Lag, error) {
	switch word {
	case "":
		return LagReplay, nil
	case "skip":
		return LagSkip, nil
	case "close":
		return LagClose, nil
	}
	return 0, errors.New("want skip or close, or leave it out to read on from the file")
}

// lags does with a viewer that was overtaken what it asked for, and returns how
// far it has come.
func (l *loop) lags(s *sub) progress {
	v := s.viewer
	switch {
	case s.paused != 0 || s.lag == LagReplay:
		l.demote(s)
		return stopped
	case s.lag == LagClose:
		l.close(v, wire.ClosePolicy, "a subscription with lag close fell behind what is held in memory")
		return stopped
	}
	l.skip(s)
	if !l.flush(v) {
		return stopped
	}
	return done
}

// skip moves a viewer to the end of its ring, behind the word of what it missed.
func (l *loop) skip(s *sub) {
	v := s.viewer
	l.server.counters.skipped.Add(1)
	if v.standing(s) == nil { // it reads along, and its filter fell behind
		v.stand(s, v.places(s))
	}
	stood := v.standing(s)
	out := chunk{buf: v.extra().out}
	l.unpack(s)
	if s == &v.sub {
		view := v.log.view()
		s.off = view.end
	} else {
		f := v.subscriptionOf(s).feed
		f.mu.Lock()
		end, taken, ends := f.end, append([]uint64(nil), f.taken...), append([]wire.Place(nil), f.ends...)
		f.mu.Unlock()
		s.off = end
		for i, log := range f.logs {
			gap := log.skipped(stood, i, ends[i], taken[i])
			if gap.Bytes != 0 {
				f.enc.gap(&out, log, gap)
			}
		}
	}
	v.more.out = out.buf
	l.tally.frames += out.frames
	v.moved(s)
}

// skipped tells what lies between where a viewer stood in its i-th log and the
// place to of that log, which is at off.
func (l *Log) skipped(stood *standing, i int, to wire.Place, off uint64) line.Gap {
	gap := line.Gap{To: to.Last(), Bytes: line.UnknownBytes, Reason: "the viewer fell behind and asked to skip"}
	if stood == nil {
		return gap
	}
	v, gens := l.snapshot()
	gap.From = stood.places[i].Last()
	gap.Bytes = gens.between(stood.places[i], to)
	if n := stood.lines[i]; n.known {
		gap.Lines = int64(v.linesBefore(off) - n.lines)
	}
	return gap
}

// between returns how many bytes were delivered between two places, or
// UnknownBytes.
func (g generations) between(from, to wire.Place) (bytes int64) {
	first, last := -1, -1
	for _, p := range from {
		first = max(first, g.find(p.Gen))
	}
	for _, p := range to {
		last = max(last, g.find(p.Gen))
	}
	if first < 0 || last < 0 {
		return line.UnknownBytes
	}
	for i := range g[:last+1] {
		begin, end := g[i].first, g[i].end
		if k := indexOf(from, g[i].gen); k >= 0 {
			begin = from[k].Off
		} else if i < first {
			continue
		}
		if k := indexOf(to, g[i].gen); k >= 0 {
			end = to[k].Off
		}
		bytes += max(end-begin, 0)
	}
	return bytes
}

// count is how many lines of a log lie before a place, where that is known.
type count struct {
	lines uint64
	known bool
}

// counted returns the number of lines before a place that is in memory.
func (l *Log) counted(place wire.Place) count {
	v, off, clean, ok := l.enter(place)
	if !ok || !clean {
		return count{}
	}
	return count{v.linesBefore(off), true}
}

// linesBefore returns how many lines began before off since the ring was made.
// Pieces of one line count once.
func (v *view) linesBefore(off uint64) uint64 {
	if len(v.segs) == 0 {
		return 0
	}
	i := v.find(max(off, v.start))
	seg := v.segs[i]
	n := seg.lines
	entries, _ := v.index(i)
	for _, e := range entries {
		if seg.base+uint64(e.at()) >= off {
			break
		}
		if e.frame&entryContinues == 0 {
			n++
		}
	}
	return n
}
