package past

import (
	"context"
	"time"

	"tailbeam/tailer/line"
)

// Histogram is how many lines there were when, as JSON shows it.
type Histogram struct {
	Stream  string    `json:"stream"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	Seconds float64   `json:"seconds"` // of a bucket
	Lines   int64     `json:"lines"`   // of all
	Buckets []Bucket  `json:"buckets"`
	// Estimated says that a part of the lines was counted, as there are too
	// many.
	Estimated bool `json:"estimated"`
}

// Bucket is a stretch of time. A line without a level has that of the line
// before it, or "none".
type Bucket struct {
	At     time.Time        `json:"at"`
	Lines  int64            `json:"lines"`
	Levels map[string]int64 `json:"levels"`
}

// maxCounted is how many bytes are read for a histogram at the most.
const maxCounted = 64 << 20

// Count returns how many lines there were from one time to another, in so many
// buckets. Where they lie in more than 64 MiB, the first lines of each bucket
// are counted and stand for the others. The error is line.ErrNoStamps where
// lines carry no time.
func Count(ctx context.Context, s *Stream, since, until time.Time, buckets int) (*Histogram, error) {
	h := &Histogram{Stream: s.Name, Since: since, Until: until, Buckets: make([]Bucket, buckets)}
	width := until.Sub(since) / time.Duration(buckets)
	h.Seconds = width.Seconds()
	for i := range h.Buckets {
		h.Buckets[i] = Bucket{At: since.Add(time.Duration(i) * width), Levels: map[string]int64{}}
	}
	w, err := newWalk(ctx, s)
	if err != nil {
		return nil, err
	}
	defer w.block.free()
	from, err := s.History.Since(ctx, since)
	if err != nil {
		return nil, err
	}
	to, err := s.History.Since(ctx, until)
	if err != nil {
		return nil, err
	}
	bytes, err := w.between(ctx, from, to)
	switch {
	case err != nil:
		return nil, err
	case bytes <= maxCounted:
		err = h.count(ctx, w, from, to, width)
	default:
		err = h.sample(ctx, w, from, width)
	}
	for i := range h.Buckets {
		h.Lines += h.Buckets[i].Lines
	}
	return h, err
}

// count counts every line.
func (h *Histogram) count(ctx context.Context, w *walk, from, to line.Position, width time.Duration) error {
	return w.each(ctx, from, to, func(e *entry) bool {
		if e.continues || e.time.IsZero() || e.time.Before(h.Since) || !e.time.Before(h.Until) {
			return true
		}
		h.Buckets[min(int(e.time.Sub(h.Since)/width), len(h.Buckets)-1)].add(e.level, 1)
		return true
	})
}

func (b *Bucket) add(level line.Level, n int64) {
	b.Lines += n
	b.Levels[level.String()] += n
}

// sample counts the first lines of each bucket.
func (h *Histogram) sample(ctx context.Context, w *walk, from line.Position, width time.Duration) error {
	h.Estimated = true
	most := int64(maxCounted / len(h.Buckets))
	for i := range h.Buckets {
		behind := h.Until
		if i+1 < len(h.Buckets) {
			behind = h.Buckets[i+1].At
		}
		to, err := w.History.Since(ctx, behind)
		if err != nil {
			return err
		}
		whole, err := w.between(ctx, from, to)
		if err != nil {
			return err
		}
		var part Bucket
		part.Levels = map[string]int64{}
		read := int64(0)
		if err := w.each(ctx, from, to, func(e *entry) bool {
			if !e.continues {
				part.add(e.level, 1)
			}
			read += e.bytes
			return read < most
		}); err != nil {
			return err
		}
		h.Buckets[i].scale(&part, float64(whole)/float64(max(read, 1)))
		from = to
	}
	return nil
}

// scale takes the counts of a part for the whole, which is so many times as
// large.
func (b *Bucket) scale(part *Bucket, times float64) {
	for level, n := range part.Levels {
		n = int64(float64(n)*times + 0.5)
		b.Levels[level] = n
		b.Lines += n
	}
}

// between returns how many bytes lie between two positions, about.
func (w *walk) between(ctx context.Context, from, to line.Position) (int64, error) {
	if w.reached(from, to) {
		return 0, nil
	}
	all, err := w.History.Extent(ctx)
	if err != nil {
		return 0, err
	}
	bytes, counts := int64(0), false
	for _, one := range all {
		end := one.Pos.Off + one.Bytes
		begin := one.Pos.Off
		if one.Pos.Gen == from.Gen {
			counts, begin = true, from.Off
		}
		if one.Pos.Gen == to.Gen {
			end = to.Off
		}
		if counts {
			bytes += max(end-begin, 0)
		}
		if one.Pos.Gen == to.Gen {
			break
		}
	}
	return bytes, nil
}
