package past

import (
	"context"
	"errors"
	"io"
	"time"

	"tailbeam/tailer/line"
)

// maxCounted is how many bytes are read for a histogram at the most.
const maxCounted = 64 << 20

// census is a histogram in the making.
type census struct {
	*walk
	Histogram
	of    Selection
	whole bool // lines outside of the time count too
	width time.Duration
}

func newCensus(ctx context.Context, s *Stream, of Selection, buckets int) (*census, error) {
	w, err := newWalk(ctx, s)
	if err != nil {
		return nil, err
	}
	c := &census{walk: w, of: of, Histogram: Histogram{Stream: s.Name, By: "time", Buckets: make([]Bucket, buckets)}}
	for i := range c.Buckets {
		c.Buckets[i].Levels = map[string]int64{}
	}
	return c, nil
}

// spread makes the buckets equal parts of a time, which is a millisecond for
// each at the least.
func (c *census) spread(since, until time.Time) {
	n := time.Duration(len(c.Buckets))
	if least := since.Add(n * time.Millisecond); until.Before(least) {
		until = least
	}
	c.Since, c.Until, c.width = since, until, until.Sub(since)/n
	c.Seconds = c.width.Seconds()
	for i := range c.Buckets {
		c.Buckets[i].At = since.Add(time.Duration(i) * c.width)
	}
}

// told returns what was counted.
func (c *census) told() *Histogram {
	for i := range c.Buckets {
		c.Lines += c.Buckets[i].Lines
	}
	return &c.Histogram
}

// counts reports whether a line begins at an entry that is selected.
func (c *census) counts(e *entry) bool {
	return !e.continues && c.of.chooses(e)
}

// take counts the lines from one position to another by their times.
func (c *census) take(ctx context.Context, from, to line.Position) error {
	bytes, err := c.between(ctx, from, to)
	switch {
	case err != nil:
		return err
	case bytes > maxCounted:
		return c.sample(ctx, from, to)
	}
	return c.each(ctx, from, to, func(e *entry) bool {
		if inside := !e.time.Before(c.Since) && e.time.Before(c.Until); (inside || c.whole) && c.counts(e) {
			c.Buckets[min(max(int(e.time.Sub(c.Since)/c.width), 0), len(c.Buckets)-1)].add(e.level, 1)
		}
		return true
	})
}

func (b *Bucket) add(level line.Level, n int64) {
	b.Lines += n
	b.Levels[level.String()] += n
}

// sample counts the first lines of each bucket.
func (c *census) sample(ctx context.Context, from, to line.Position) error {
	c.Estimated = true
	for i := range c.Buckets {
		end := to
		if i+1 < len(c.Buckets) {
			var err error
			if end, err = c.History.Since(ctx, c.Buckets[i+1].At); err != nil {
				return err
			}
		}
		if err := c.part(ctx, &c.Buckets[i], from, end); err != nil {
			return err
		}
		from = end
	}
	return nil
}

// byBytes makes each bucket an equal part of the bytes, and counts its first
// lines.
func (c *census) byBytes(ctx context.Context) error {
	n := len(c.Buckets)
	all, err := c.History.Extent(ctx)
	if err != nil {
		return err
	}
	from, err := near(ctx, c.History, 0)
	for i := range c.Buckets {
		if err != nil || from.IsZero() {
			return err
		}
		var end line.Position
		share := float64(i+1) / float64(n)
		switch _, p := place(all, share); {
		case i+1 == n:
			end, err = c.History.End(ctx)
		case !p.IsZero() && c.reached(from, p):
			end = from // one line is longer than a bucket: what follows it is known
		default:
			end, err = near(ctx, c.History, share)
		}
		if err == nil {
			err = c.part(ctx, &c.Buckets[i], from, end)
		}
		from = end
	}
	return err
}

// part counts the first lines between two positions, and takes them for all
// there.
func (c *census) part(ctx context.Context, b *Bucket, from, to line.Position) error {
	whole, err := c.between(ctx, from, to)
	if err != nil || whole == 0 {
		return err
	}
	most := int64(maxCounted / len(c.Buckets))
	counted := Bucket{Levels: map[string]int64{}}
	read, more := int64(0), false
	if err := c.each(ctx, from, to, func(e *entry) bool {
		if more = read >= most; more {
			return false
		}
		if c.counts(e) {
			counted.add(e.level, 1)
		}
		read += e.bytes
		return true
	}); err != nil {
		return err
	}
	if !more {
		*b = Bucket{b.At, counted.Lines, counted.Levels}
		return nil
	}
	c.Estimated = true
	b.scale(&counted, float64(whole)/float64(max(read, 1)))
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

// maxUnstamped is how many bytes before the end are looked through for a line
// that carries a time.
const maxUnstamped = 4 << 20

// times returns when the first lines that carry a time were written, and the
// last ones, between two positions. Late lines among them do not count. The error is line.ErrNoStamps where no line
// carries one.
func (c *census) times(ctx context.Context, from, to line.Position) (first, last time.Time, err error) {
	if c.Marks == nil || from.IsZero() {
		return first, last, line.ErrNoStamps
	}
	at, err := c.History.Since(ctx, time.Unix(0, 1))
	if err != nil {
		return first, last, err
	}
	end := at
	end.Off += blockSize
	if err := c.each(ctx, at, to, func(e *entry) bool {
		if first.IsZero() || e.time.Before(first) {
			first = e.time
		}
		return !c.reached(e.pos, end)
	}); err != nil {
		return first, last, err
	}
	if first.IsZero() {
		return first, last, line.ErrNoStamps
	}
	c.time, c.carry = time.Time{}, carry{}
	last, err = c.lastTime(ctx, to)
	if last.Before(first) {
		last = first
	}
	// The last line lies inside.
	return first, last.Add(time.Millisecond), err
}

// lastTime returns the latest time of the last lines before a position, or zero
// where none is near that carries one.
func (c *census) lastTime(ctx context.Context, to line.Position) (time.Time, error) {
	last := time.Time{}
	for read := 0; read < maxUnstamped && last.IsZero(); {
		b, err := c.read(ctx, to, c.History.Backward)
		if _, gone := goneAt(err); gone || errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return time.Time{}, err
		}
		for i := b.Lines() - 1; i >= 0; i-- {
			if t, ok := c.Marks.Time(b.Entry(i)); ok && t.After(last) {
				last = t
			}
		}
		read, to = read+len(b.Data), b.Pos
	}
	return last, nil
}
