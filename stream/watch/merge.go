package watch

import (
	"bytes"
	"time"
)

const (
	// mergeTime is how long the first lines of several streams wait for each
	// other.
	mergeTime = 2 * time.Second
	// mergeBytes is how many bytes of them wait at most.
	mergeBytes = 8 << 20
)

// merge holds back the first lines of several streams until each has come to
// what is live, and then gives them in the order of their times.
type merge struct {
	queues  map[streamOf]*queue
	order   []streamOf // as the streams were named
	waiting int        // streams of which more is to come
	bytes   int
	timer   *time.Timer
}

// queue is what was held of one stream.
type queue struct {
	entries []entry
	came    bool // to what is live
	stamped bool // a line has a time
	last    time.Time
}

// entry is a line, or a record of something else, that waits.
type entry struct {
	cursor string
	text   []byte
	piece  piece
	record []byte    // instead of a line
	at     time.Time // of the line, or of the newest one before it
}

func newMerge(order []streamOf) *merge {
	m := &merge{queues: map[streamOf]*queue{}, order: order, waiting: len(order)}
	for _, key := range order {
		m.queues[key] = &queue{}
	}
	return m
}

// hold takes an entry of a stream. Its bytes are copied.
func (m *merge) hold(key streamOf, e entry, at time.Time) {
	q := m.queues[key]
	if !at.IsZero() {
		q.stamped = true
	}
	if at.After(q.last) { // the order within a stream stays
		q.last = at
	}
	e.text, e.record, e.at = bytes.Clone(e.text), bytes.Clone(e.record), q.last
	q.entries = append(q.entries, e)
	m.bytes += len(e.text) + len(e.record)
}

// arrived notes that a stream came to what is live.
func (m *merge) arrived(key streamOf) {
	if q := m.queues[key]; !q.came {
		q.came = true
		m.waiting--
	}
}

// full reports whether there is no use in waiting any longer.
func (m *merge) full() bool { return m.waiting == 0 || m.bytes > mergeBytes }

// each visits what was held, by time where all that has lines has stamps, else
// stream by stream. Pieces of one line stay together.
func (m *merge) each(visit func(streamOf, *entry)) {
	byTime := true
	for _, q := range m.queues {
		byTime = byTime && (q.stamped || len(q.entries) == 0)
	}
	for {
		var best *queue
		var key streamOf
		for _, k := range m.order {
			q := m.queues[k]
			if len(q.entries) > 0 && (best == nil || byTime && q.entries[0].at.Before(best.entries[0].at)) {
				best, key = q, k
			}
		}
		if best == nil {
			return
		}
		for more := true; more; {
			e := &best.entries[0]
			best.entries = best.entries[1:]
			visit(key, e)
			more = e.piece.goesOn && len(best.entries) > 0
		}
	}
}
