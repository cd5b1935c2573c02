package remote

import (
	"context"
	"fmt"
	"time"

	"tailbeam/tailer/line"
)

// away is the history of a file, and line.ErrAway while the host cannot be read:
// what was not found when the connection was lost may be there all the same.
type away struct {
	host  *Host
	inner line.Finder
}

var _ line.Finder = away{}

// reached returns a number that changes when the host was lost meanwhile, or why
// it cannot be read.
func (h *Host) reached() (int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.up {
		return 0, fmt.Errorf("%s cannot be read now (%s): %w", h.name, h.state.reason, line.ErrAway)
	}
	return h.losses.Load(), nil
}

// while calls read, and has no word of it count if the host was lost meanwhile.
func while[T any](h *Host, read func() (T, error)) (T, error) {
	var none T
	before, err := h.reached()
	if err != nil {
		return none, err
	}
	found, err := read()
	after, err2 := h.reached()
	switch {
	case err2 != nil:
		return none, err2
	case after != before:
		return none, fmt.Errorf("the connection to %s was lost: %w", h.name, line.ErrAway)
	}
	return found, err
}

// Forward implements line.History.
func (a away) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	return while(a.host, func() (line.Batch, error) { return a.inner.Forward(ctx, p, buf) })
}

// Backward implements line.History.
func (a away) Backward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	return while(a.host, func() (line.Batch, error) { return a.inner.Backward(ctx, p, buf) })
}

// Start implements line.History.
func (a away) Start(ctx context.Context) (line.Position, error) {
	return while(a.host, func() (line.Position, error) { return a.inner.Start(ctx) })
}

// End implements line.History.
func (a away) End(ctx context.Context) (line.Position, error) {
	return while(a.host, func() (line.Position, error) { return a.inner.End(ctx) })
}

// Since implements line.History.
func (a away) Since(ctx context.Context, t time.Time) (line.Position, error) {
	return while(a.host, func() (line.Position, error) { return a.inner.Since(ctx, t) })
}

// Extent implements line.History.
func (a away) Extent(ctx context.Context) ([]line.Extent, error) {
	return while(a.host, func() ([]line.Extent, error) { return a.inner.Extent(ctx) })
}

// Near implements line.History.
func (a away) Near(ctx context.Context, p line.Position) (line.Position, error) {
	return while(a.host, func() (line.Position, error) { return a.inner.Near(ctx, p) })
}

// ReadAt implements line.History.
func (a away) ReadAt(ctx context.Context, p line.Position, buf []byte) (int, error) {
	return while(a.host, func() (int, error) { return a.inner.ReadAt(ctx, p, buf) })
}

// Find implements line.Finder.
func (a away) Find(ctx context.Context, p line.Position, way line.Way, texts []line.Text) (line.Found, error) {
	return while(a.host, func() (line.Found, error) { return a.inner.Find(ctx, p, way, texts) })
}
