package search

import (
	"context"
	"io"
	"slices"
	"time"

	"tailbeam/tailer/line"
)

// An output gives to a sink what was found.
type output struct {
	sink     Sink
	plan     *plan
	of       Stream
	levels   levels
	progress Progress
	told     time.Time
	buf      []byte
	hit      Hit
}

// frame gives the hits of a frame, and reports whether there are as many as
// wanted.
func (o *output) frame(ctx context.Context, f *frame) (full bool, err error) {
	if f.gap != nil {
		return false, o.sink.Gap(*f.gap)
	}
	b := &f.batch
	if o.plan.Count {
		o.progress.Matches += len(f.hits)
		o.pass(f)
		return false, nil
	}
	if o.plan.Order == NewestFirst {
		slices.Reverse(f.hits)
	}
	for _, i := range f.hits {
		hit := &o.hit
		hit.Pos, hit.Text, hit.Level = f.position(i), text(b, i), o.levels.at(ctx, f, i)
		if hit.Before, err = o.before(ctx, f, i); err != nil {
			return false, err
		}
		if hit.After, err = o.after(ctx, f, i); err != nil {
			return false, err
		}
		o.progress.Matches++
		if err := o.sink.Hit(hit); err != nil {
			return false, err
		}
		if o.progress.Matches == o.plan.Limit {
			looked := len(b.Data)
			o.progress.Scanned = hit.Pos
			if o.plan.Order == OldestFirst {
				looked = int(b.Ends[i])
				o.progress.Scanned.Off = b.Pos.Off + int64(b.RawEnds()[i])
			} else if i > 0 {
				looked -= int(b.Ends[i-1])
			}
			o.progress.Bytes += int64(looked)
			return true, nil
		}
	}
	o.pass(f)
	return false, nil
}

// pass notes that all of a frame was looked at.
func (o *output) pass(f *frame) {
	b := &f.batch
	o.progress.Bytes += int64(len(b.Data)) + f.skipped
	o.progress.Scanned = b.Pos
	if o.plan.Order == OldestFirst {
		o.progress.Scanned = b.End()
	}
}

const (
	// little is how many bytes are read first for lines around a hit: as a rule
	// they are enough, and what is on another host is far.
	little = 4 << 10
	// around is how many are read at most, unless a line is longer.
	around = 64 << 10
)

// before returns the lines in front of line i.
func (o *output) before(ctx context.Context, f *frame, i int) ([][]byte, error) {
	var lines [][]byte
	for k := i - 1; k >= 0 && len(lines) < o.plan.Before; k-- {
		lines = append(lines, text(&f.batch, k))
	}
	size := little
	for at := f.batch.Pos; len(lines) < o.plan.Before; {
		b, err := o.of.History.Backward(ctx, at, o.scratch(size))
		if err == io.ErrShortBuffer {
			size *= 2
			continue
		}
		if err != nil {
			break // there are no more, or they are missing
		}
		for k := b.Lines() - 1; k >= 0 && len(lines) < o.plan.Before; k-- {
			lines = append(lines, slices.Clone(text(&b, k)))
		}
		at, size = b.Pos, max(size, min(4*size, around))
	}
	slices.Reverse(lines)
	return lines, ctx.Err()
}

// after returns the lines behind line i.
func (o *output) after(ctx context.Context, f *frame, i int) ([][]byte, error) {
	var lines [][]byte
	for k := i + 1; k < f.batch.Lines() && len(lines) < o.plan.After; k++ {
		lines = append(lines, text(&f.batch, k))
	}
	if f.batch.Flags&line.Partial != 0 {
		return lines, nil
	}
	size := little
	for at := f.batch.End(); len(lines) < o.plan.After; {
		b, err := o.of.History.Forward(ctx, at, o.scratch(size))
		if err == io.ErrShortBuffer {
			size *= 2
			continue
		}
		if err != nil {
			break
		}
		for k := 0; k < b.Lines() && len(lines) < o.plan.After; k++ {
			lines = append(lines, slices.Clone(text(&b, k)))
		}
		if b.Flags&line.Partial != 0 {
			break
		}
		at, size = b.End(), max(size, min(4*size, around))
	}
	return lines, ctx.Err()
}

func (o *output) scratch(size int) []byte {
	if len(o.buf) < size {
		o.buf = make([]byte, size)
	}
	return o.buf[:size]
}
