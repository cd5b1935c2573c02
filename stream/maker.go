package stream

import (
	"context"
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// maker makes a filtered feed on a goroutine of its own, away from sources and
// loops: an expression may take its time over a line, and costs nobody else
// anything. Nobody waits for it. When the logs have dropped what it has not
// looked at, the feed is broken off: its viewers go on in replays, each from
// where it stands, and the feed goes on with what is new.
type maker struct {
	feed  *feed
	wakes chan struct{} // holds one
	every time.Duration // see Config.AdvanceEvery
	// One for each log: what goes over it, and since when viewers were not
	// told that they stand elsewhere.
	sifters []*sifter
	silent  []time.Time
}

// announced is a notice or an unfinished line that a maker will pass on.
type announced struct {
	log     int
	off     uint64 // of the log, behind the lines before it
	partial *partial
	notice  line.Notice // where there is no partial
	place   wire.Place
}

func newMaker(f *feed, every time.Duration) *maker {
	return &maker{feed: f, wakes: make(chan struct{}, 1), every: every, silent: make([]time.Time, len(f.logs))}
}

// made reports whether the feed holds all that its logs do.
func (m *maker) made() bool {
	f := m.feed
	f.mu.Lock()
	taken, told := slices.Clone(f.taken), len(f.announced) == 0
	f.mu.Unlock()
	for i, log := range f.logs {
		told = told && log.view().end == taken[i]
	}
	return told
}

// wake says that there is something new.
func (m *maker) wake() {
	select {
	case m.wakes <- struct{}{}:
	default:
	}
}

// run makes the feed until ctx ends.
func (m *maker) run(ctx context.Context, maxLine int) {
	for _, log := range m.feed.logs {
		m.sifters = append(m.sifters, newSifter(m.feed.sieve, log, maxLine))
	}
	clock := time.NewTimer(m.every)
	defer clock.Stop()
	for ctx.Err() == nil {
		again := false
		for i := range m.feed.logs {
			again = m.turn(ctx, i) || again
		}
		if again {
			continue
		}
		select {
		case <-ctx.Done():
		case <-m.wakes:
		case <-clock.C:
			m.advance()
			clock.Reset(m.every)
		}
	}
}

// turn goes over a part of what is new in a log and reports whether there was
// something.
func (m *maker) turn(ctx context.Context, i int) bool {
	f, log := m.feed, m.feed.logs[i]
	f.mu.Lock()
	off, next := f.taken[i], f.nextLocked(i)
	f.mu.Unlock()
	whole := log.view()
	v := whole
	if next != nil {
		v.end = next.off
	}
	switch {
	case off < v.start:
		m.breakOff()
		return true
	case off < v.end:
		m.sift(ctx, i, &whole, v, off)
		return true
	case next != nil && next.partial != nil:
		m.show(i, next)
		return true
	case next != nil:
		m.encoder(i).notice(f.to(i), log, next.notice, next.place)
		f.mu.Lock()
		f.announced = slices.DeleteFunc(f.announced, func(a *announced) bool { return a == next })
		f.ends[i], f.partials[i] = next.place, nil
		f.toldLocked(i, next.notice)
		taps := f.publishLocked()
		f.mu.Unlock()
		m.silent[i] = time.Time{}
		wake(taps)
		return true
	}
	return false
}

// show passes an unfinished line on that the filter chooses.
func (m *maker) show(i int, a *announced) {
	f := m.feed
	passes := m.sifters[i].passesPartial(a.partial)
	f.mu.Lock()
	place, before := f.ends[i], f.partials[i]
	f.mu.Unlock()
	if passes {
		m.encoder(i).partial(f.to(i), f.logs[i], a.partial, place)
	} else if before != nil { // it was chosen when it was shorter
		m.encoder(i).advance(f.to(i), f.logs[i], place)
	}
	f.mu.Lock()
	f.announced = slices.DeleteFunc(f.announced, func(other *announced) bool { return other == a })
	if f.partials[i] = nil; passes {
		f.partials[i] = a.partial
		m.silent[i] = time.Time{}
	}
	taps := f.publishLocked()
	f.mu.Unlock()
	wake(taps)
}

// encoder returns how lines of a log are encoded now.
func (m *maker) encoder(i int) encoder {
	f := m.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	return beside(f.enc, f.logs, f.ends, i)
}

// nextLocked returns the notice of a log that is to be passed on next, or nil.
func (f *feed) nextLocked(i int) *announced {
	for _, a := range f.announced {
		if a.log == i {
			return a
		}
	}
	return nil
}

// sift goes over what a view holds from an offset on.
func (m *maker) sift(ctx context.Context, i int, whole *view, v view, off uint64) {
	f, log := m.feed, m.feed.logs[i]
	begin, filled := off, f.filled()
	enough := func(at uint64) bool { return at-begin >= sifted }
	off, gap := m.sifters[i].encode(ctx, f.to(i), m.encoder(i), log, &v, off, enough, time.Now())
	place := whole.place(off)
	if f.partials[i] != nil && f.filled() == filled { // or it would stay with viewers whom its line is not for
		m.encoder(i).advance(f.to(i), log, place)
	}
	f.mu.Lock()
	before := f.end
	f.taken[i], f.ends[i], f.partials[i] = off, place, nil
	taps := f.publishLocked()
	if gap != nil {
		f.older = nil
		f.markLocked(*gap)
	}
	said := f.end != before
	f.mu.Unlock()
	switch {
	case said:
		m.silent[i] = time.Time{}
		wake(taps)
	case m.silent[i].IsZero():
		m.silent[i] = time.Now()
	}
}

// advance tells viewers where they stand in logs of which nothing was chosen
// for them.
func (m *maker) advance() {
	f := m.feed
	for i, log := range f.logs {
		if m.silent[i].IsZero() {
			continue
		}
		m.silent[i] = time.Time{}
		f.mu.Lock()
		place := f.ends[i]
		f.mu.Unlock()
		m.encoder(i).advance(f.to(i), log, place)
		wake(f.publish())
	}
}

// breakOff gives up what was to be looked at, and begins with what is new.
func (m *maker) breakOff() {
	f := m.feed
	views := make([]view, len(f.logs))
	for i, log := range f.logs {
		views[i] = log.view()
	}
	f.mu.Lock()
	f.awaitLocked(f.end) // so that who reads along stands at the end
	f.clearLocked()
	for i := range views {
		if end := views[i].end; f.taken[i] < end {
			f.taken[i], f.ends[i], f.partials[i] = end, views[i].stop.place(), nil
		}
	}
	for _, a := range slices.Clone(f.announced) { // replays find the lines, this the conditions
		if a.off < f.taken[a.log] || a.off == f.taken[a.log] && a.partial == nil {
			if a.partial == nil {
				f.toldLocked(a.log, a.notice)
			}
			f.announced = slices.DeleteFunc(f.announced, func(other *announced) bool { return other == a })
		}
	}
	taps := f.taps
	f.mu.Unlock()
	wake(taps)
}
