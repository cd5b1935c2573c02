package spool

import "tailbeam/tailer/line"

// A Tap is the sink of a source that knows nothing of positions: it keeps what
// it gets in a Spool and passes it on with its place there. A line can be read
// from the Spool before the next sink knows of it.
type Tap struct {
	spool *Spool
	sink  line.Sink
	batch line.Batch // passed on by reference, without an allocation
}

// NewTap returns the sink in front of another.
func NewTap(s *Spool, sink line.Sink) *Tap { return &Tap{spool: s, sink: sink} }

// Append implements line.Sink.
func (t *Tap) Append(b *line.Batch) {
	t.batch = line.Batch{Pos: t.spool.Append(b), Data: b.Data, Ends: b.Ends, Flags: b.Flags}
	t.sink.Append(&t.batch)
	t.batch = line.Batch{}
}

// Notice implements line.Sink.
func (t *Tap) Notice(n line.Notice) {
	n.Pos = t.spool.here()
	t.sink.Notice(n)
}

// Gap implements line.Sink.
func (t *Tap) Gap(g line.Gap) {
	t.sink.Gap(t.spool.Gap(g))
}
