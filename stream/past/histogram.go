package past

import (
	"context"
	"errors"
	"time"

	"tailbeam/tailer/line"
)

// Histogram is how many lines there were when, as JSON shows it.
type Histogram struct {
	Stream string `json:"stream"`
	// By says what the buckets are equal stretches of: "time", or "bytes" of
	// the history where its lines carry no times.
	By      string    `json:"by"`
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Seconds float64   `json:"seconds"` // of a bucket, 0 by bytes
	Lines   int64     `json:"lines"`   // of all
	Buckets []Bucket  `json:"buckets"`
	// Estimated says that a part of the lines was counted, as there are too
	// many.
	Estimated bool `json:"estimated"`
	// To is the cursor behind what was counted. It is there where all of
	// history was.
	To string `json:"to,omitempty"`
}

// Bucket is a stretch of time, or of bytes. A line without a level has that of
// the line before it, or "none".
type Bucket struct {
	At     time.Time        `json:"at,omitzero"`
	Lines  int64            `json:"lines"`
	Levels map[string]int64 `json:"levels"`
}

// Count returns how many lines of a selection there were from its beginning to
// its end, in so many buckets. Where they lie in more than 64 MiB, the first
// lines of each bucket are counted and stand for the others. The error is
// line.ErrNoStamps where lines carry no time.
func Count(ctx context.Context, s *Stream, of Selection, buckets int) (*Histogram, error) {
	c, err := newCensus(ctx, s, of, buckets)
	if err != nil {
		return nil, err
	}
	defer c.free()
	c.spread(of.Since, of.Until)
	from, to, err := of.bounds(ctx, s.History)
	if err != nil {
		return nil, err
	}
	if err := c.take(ctx, from, to); err != nil {
		return nil, err
	}
	return c.told(), nil
}

// CountAll is Count over all of history, whatever times the selection names:
// from the first line that carries a time to the last one, or by bytes where
// none does. A line that lies outside of these counts at the nearer end.
func CountAll(ctx context.Context, s *Stream, of Selection, buckets int) (*Histogram, error) {
	c, err := newCensus(ctx, s, of, buckets)
	if err != nil {
		return nil, err
	}
	defer c.free()
	c.whole = true
	from, err := s.History.Start(ctx)
	if err != nil {
		return nil, err
	}
	to, err := s.History.End(ctx)
	if err != nil {
		return nil, err
	}
	c.To = s.cursor(to)
	first, last, err := c.times(ctx, from, to)
	switch {
	case errors.Is(err, line.ErrNoStamps):
		c.By = "bytes"
		err = c.byBytes(ctx)
	case err == nil:
		c.spread(first, last)
		err = c.take(ctx, from, to)
	}
	if err != nil {
		return nil, err
	}
	return c.told(), nil
}
