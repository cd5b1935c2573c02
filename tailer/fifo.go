package tailer

import (
	"context"
	"errors"
	"io"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/spool"
)

// fifoHistory is the history of a name that may lead to a FIFO: what came
// through that is in a spool, behind what is in files. It is kept until the name
// leads to a file again.
type fifoHistory struct {
	files line.History
	st    *stream
}

// pipe returns what is kept of the FIFO to which the name leads now, or nil.
func (h fifoHistory) pipe() line.History {
	if kept := h.st.kept.Load(); kept != nil {
		return kept.History()
	}
	return nil
}

// in reports whether a position is one of the FIFO.
func (h fifoHistory) in(ctx context.Context, pipe line.History, p line.Position) bool {
	start, err := pipe.Start(ctx)
	return err == nil && start.Gen == p.Gen
}

// Forward implements line.History.
func (h fifoHistory) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	pipe := h.pipe()
	switch {
	case pipe == nil:
		return h.files.Forward(ctx, p, buf)
	case h.in(ctx, pipe, p):
		return pipe.Forward(ctx, p, buf)
	}
	b, err := h.files.Forward(ctx, p, buf)
	var gone *line.GoneError
	switch {
	case err == io.EOF:
		start, err := pipe.Start(ctx)
		if err != nil {
			return b, err
		}
		return pipe.Forward(ctx, start, buf)
	case errors.As(err, &gone) && gone.Gap.To.IsZero():
		start, _ := pipe.Start(ctx)
		gap := gone.Gap
		gap.To = start
		return b, &line.GoneError{Gap: gap}
	}
	return b, err
}

// Backward implements line.History.
func (h fifoHistory) Backward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	pipe := h.pipe()
	if pipe == nil || !h.in(ctx, pipe, p) {
		return h.files.Backward(ctx, p, buf)
	}
	b, err := pipe.Backward(ctx, p, buf)
	if err != io.EOF {
		return b, err
	}
	end, err := h.files.End(ctx)
	switch {
	case err != nil:
		return b, err
	case end.IsZero():
		return b, io.EOF
	}
	return h.files.Backward(ctx, end, buf)
}

// Start implements line.History.
func (h fifoHistory) Start(ctx context.Context) (line.Position, error) {
	p, err := h.files.Start(ctx)
	if pipe := h.pipe(); pipe != nil && err == nil && p.IsZero() {
		return pipe.Start(ctx)
	}
	return p, err
}

// End implements line.History.
func (h fifoHistory) End(ctx context.Context) (line.Position, error) {
	if pipe := h.pipe(); pipe != nil {
		return pipe.End(ctx)
	}
	return h.files.End(ctx)
}

// Since implements line.History.
func (h fifoHistory) Since(ctx context.Context, t time.Time) (line.Position, error) {
	pipe := h.pipe()
	p, err := h.files.Since(ctx, t)
	if pipe == nil {
		return p, err
	}
	if end, _ := h.files.End(ctx); err != nil || p.IsZero() || p == end {
		return pipe.Since(ctx, t)
	}
	return p, nil
}

// Extent implements line.History.
func (h fifoHistory) Extent(ctx context.Context) ([]line.Extent, error) {
	all, err := h.files.Extent(ctx)
	pipe := h.pipe()
	if err != nil || pipe == nil {
		return all, err
	}
	kept, err := pipe.Extent(ctx)
	return append(all, kept...), err
}

// Near implements line.History.
func (h fifoHistory) Near(ctx context.Context, p line.Position) (line.Position, error) {
	if pipe := h.pipe(); pipe != nil && h.in(ctx, pipe, p) {
		return pipe.Near(ctx, p)
	}
	return h.files.Near(ctx, p)
}

// ReadAt implements line.History.
func (h fifoHistory) ReadAt(ctx context.Context, p line.Position, buf []byte) (int, error) {
	if pipe := h.pipe(); pipe != nil && h.in(ctx, pipe, p) {
		return pipe.ReadAt(ctx, p, buf)
	}
	return h.files.ReadAt(ctx, p, buf)
}

// keep begins to keep what comes through a FIFO, and returns its sink.
func (st *stream) keep(s *spool.Spool, sink line.Sink) line.Sink {
	st.kept.Store(s)
	return spool.NewTap(s, sink)
}
