package search

import (
	"context"
	"errors"
	"io"
	"sort"

	"tailbeam/stream/hunt"
	"tailbeam/tailer/line"
)

// A reading reads the blocks of a search one after the other.
type reading struct {
	pool *Pool
	*lookout
	of   Stream
	plan *plan
	err  error
	at   line.Position
	size int        // of the next buffer
	hunt *hunt.Hunt // nil where lines have to be read to know what they hold
	// midway says that at is within a line: what follows may match although no
	// line begins there.
	midway bool
}

// run calls each with every block until it returns false.
func (r *reading) run(ctx context.Context, each func(*frame) bool) {
	r.size, r.hunt = block, newHunt(r.of.History, r.plan)
	if r.err = r.begin(ctx, each); r.err != nil {
		return
	}
	for {
		f, last, err := r.next(ctx)
		switch {
		case err == io.EOF:
			return
		case err != nil:
			r.err = err
			return
		}
		if !each(f) || last {
			return
		}
	}
}

// begin finds where to begin. Newest first a line comes first that has no end
// yet.
func (r *reading) begin(ctx context.Context, each func(*frame) bool) (err error) {
	q, h := &r.plan.Query, r.of.History
	if q.From, err = r.named(ctx, q.From); err != nil {
		return err
	}
	if q.To, err = r.named(ctx, q.To); err != nil {
		return err
	}
	newest := q.Order == NewestFirst
	switch {
	case newest && !q.To.IsZero():
		r.at = q.To
		return nil
	case !newest && !q.From.IsZero():
		r.at = q.From
		return nil
	case !newest:
		if r.at, err = h.Start(ctx); err == nil && !r.at.IsZero() {
			r.inFront(ctx, each)
		}
		return err
	}
	if r.at, err = h.End(ctx); err != nil || r.at.IsZero() {
		return err
	}
	buf := r.pool.buffer(2 << 20)
	b, err := h.Forward(ctx, r.at, buf.data)
	if err == nil && b.Flags&line.Partial != 0 {
		f := newFrame(buf)
		f.batch = b
		each(f)
	}
	return nil
}

// inFront passes on what is missing in front of the oldest line, where that is
// known.
func (r *reading) inFront(ctx context.Context, each func(*frame) bool) {
	buf := r.pool.buffer(block)
	_, err := r.of.History.Backward(ctx, r.at, buf.data)
	if gone := (*line.GoneError)(nil); errors.As(err, &gone) && gone.Gap.From.IsZero() && gone.Gap.To == r.at {
		f := newFrame(buf)
		f.gap = &gone.Gap
		each(f)
		return
	}
	r.pool.buffers.Put(buf)
}

// named returns a position by the name that its generation has now.
func (r *reading) named(ctx context.Context, p line.Position) (line.Position, error) {
	if p.IsZero() {
		return p, nil
	}
	buf := r.pool.buffer(block)
	defer r.pool.buffers.Put(buf)
	b, err := r.of.History.Forward(ctx, p, buf.data)
	if err == nil && b.Flags&line.Renamed != 0 {
		p.Gen = b.Pos.Gen
	}
	return p, ctx.Err()
}

// next reads the next block, and reports whether it is the last.
func (r *reading) next(ctx context.Context) (f *frame, last bool, err error) {
	if r.at.IsZero() {
		return nil, false, io.EOF
	}
	size := r.size
	if r.hunt != nil && !r.midway {
		to, worth := r.hunt.Next(ctx, r.at)
		if to != r.at {
			f, last := r.skip(to)
			return f, last, ctx.Err()
		}
		if worth > 0 {
			size = worth
		}
	}
	if r.of.Host == "" { // who waits for another host is in nobody's way
		if err := r.pool.take(ctx); err != nil {
			return nil, false, err
		}
		defer r.pool.give(r.lookout)
	}
	for {
		f = newFrame(r.pool.buffer(size))
		if r.plan.Order == NewestFirst {
			f.batch, err = r.of.History.Backward(ctx, r.at, f.buf.data[:size])
		} else {
			f.batch, err = r.of.History.Forward(ctx, r.at, f.buf.data[:size])
		}
		if err != io.ErrShortBuffer {
			break
		}
		size *= 2
		r.size = max(r.size, size)
	}
	var gone *line.GoneError
	if errors.As(err, &gone) {
		return r.gap(f, gone.Gap)
	}
	if err != nil {
		return nil, false, err
	}
	if r.plan.Order == NewestFirst {
		r.at = f.batch.Pos
		return f, f.notBefore(r.plan.From), nil
	}
	r.at, r.midway = f.batch.End(), f.batch.Flags&line.Unfinished != 0
	return f, f.notBehind(r.plan.To) || f.batch.Flags&line.Partial != 0, nil
}

// skip goes on at a position: no line on the way there matches. It reports whether
// nothing is left to look at.
func (r *reading) skip(to line.Position) (f *frame, last bool) {
	f = newFrame(r.pool.buffer(block))
	f.batch, f.skipped = line.Batch{Pos: to}, to.Off-r.at.Off
	r.at = to
	if r.plan.Order == NewestFirst {
		f.skipped = -f.skipped
		return f, r.plan.From.Gen == to.Gen && to.Off <= r.plan.From.Off
	}
	return f, r.plan.To.Gen == to.Gen && to.Off >= r.plan.To.Off
}

// gap passes on that lines are missing, and goes on behind them.
func (r *reading) gap(f *frame, gap line.Gap) (*frame, bool, error) {
	f.gap, f.batch = &gap, line.Batch{}
	from := r.at
	r.at = gap.To
	if r.plan.Order == NewestFirst {
		if gap.To != from {
			return nil, false, &line.GoneError{Gap: gap} // the beginning is no place
		}
		r.at = gap.From
	}
	return f, r.at.IsZero() || r.at == from, nil
}

// notBehind leaves out what begins at p or behind it, and reports whether the
// frame reaches p.
func (f *frame) notBehind(p line.Position) bool {
	b := &f.batch
	if p.IsZero() || b.Pos.Gen != p.Gen || b.End().Off < p.Off {
		return false
	}
	n := sort.Search(b.Lines(), func(i int) bool { return f.position(i).Off >= p.Off })
	f.keep(0, n)
	return true
}

// notBefore leaves out what begins before p, and reports whether the frame
// reaches p.
func (f *frame) notBefore(p line.Position) bool {
	b := &f.batch
	if p.IsZero() || b.Pos.Gen != p.Gen || b.Pos.Off > p.Off {
		return false
	}
	f.keep(sort.Search(b.Lines(), func(i int) bool { return f.position(i).Off >= p.Off }), b.Lines())
	return true
}

// keep leaves lines from one to another.
func (f *frame) keep(from, to int) {
	b := &f.batch
	if from == 0 && to == b.Lines() {
		return
	}
	pos := f.position(from)
	cut, raw := uint32(0), b.RawEnds()
	rawCut := uint32(0)
	if from > 0 {
		cut, rawCut = b.Ends[from-1], raw[from-1]
		b.Flags &^= line.Continues
	}
	ends := make([]uint32, 0, to-from)
	raws := make([]uint32, 0, to-from)
	for i := from; i < to; i++ {
		ends = append(ends, b.Ends[i]-cut)
		raws = append(raws, raw[i]-rawCut)
	}
	b.Pos, b.Data, b.Ends = pos, b.Data[cut:], ends
	if b.Raw != nil {
		b.Raw = raws
	}
	if len(ends) > 0 {
		b.Data = b.Data[:ends[len(ends)-1]]
	} else {
		b.Data = nil
	}
}
