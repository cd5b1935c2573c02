package search

import (
	"context"
	"io"

	"tailbeam/tailer/line"
)

const reach = line.LevelReach

// levels finds the levels of lines.
type levels struct {
	of  Stream
	buf []byte
}

// at returns the level of line i of a frame: its own, or that of a line before
// it.
func (l *levels) at(ctx context.Context, f *frame, i int) line.Level {
	if l.of.Marks == nil {
		return line.None
	}
	pos := f.position(i)
	b := &f.batch
	for k := i; k >= 0 && pos.Off-f.position(k).Off <= reach; k-- {
		if k == 0 && b.Flags&line.Continues != 0 {
			continue
		}
		if level := l.of.Marks.Level(text(b, k)); level != line.None {
			return level
		}
	}
	if l.buf == nil {
		l.buf = make([]byte, reach)
	}
	// As a rule it is near, and what is on another host is far.
	size := reach / 16
	for at := b.Pos; at.Off > 0 && pos.Off-at.Off < reach; size = min(4*size, reach) {
		before, err := l.of.History.Backward(ctx, at, l.buf[:size])
		if err == io.ErrShortBuffer && size < reach {
			continue
		}
		if err != nil || before.Pos.Gen != pos.Gen {
			break
		}
		raw := before.RawEnds()
		for k := before.Lines() - 1; k >= 0; k-- {
			off := before.Pos.Off
			if k > 0 {
				off += int64(raw[k-1])
			}
			if pos.Off-off > reach {
				return line.None
			}
			if level := l.of.Marks.Level(text(&before, k)); level != line.None {
				return level
			}
		}
		at = before.Pos
	}
	return line.None
}
