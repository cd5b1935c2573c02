package past

import (
	"context"

	"tailbeam/tailer/line"
)

// carry is the level that goes over from line to line.
type carry struct {
	level line.Level
	at    line.Position // of the line that has it
}

// take returns the level of the line at a position, whose own is none where it
// says nothing.
func (c *carry) take(p line.Position, own line.Level) line.Level {
	switch {
	case own != line.None:
		c.level, c.at = own, p
	case p.Gen != c.at.Gen || p.Off-c.at.Off > line.LevelReach:
		c.level = line.None
	}
	return c.level
}

// before finds what is carried over to a line by looking at those before it.
// What cannot be read carries nothing.
func (p *page) before(ctx context.Context, to line.Position) carry {
	for at := to; at.Off > 0 && to.Off-at.Off <= line.LevelReach; {
		b, err := p.read(ctx, at, p.History.Backward)
		if err != nil || b.Pos.Gen != to.Gen {
			break
		}
		raw := b.RawEnds()
		for i := b.Lines() - 1; i >= 0; i-- {
			pos := b.Pos
			if i > 0 {
				pos.Off += int64(raw[i-1])
			} else if b.Flags&line.Continues != 0 {
				break
			}
			if level := p.Marks.Level(b.Entry(i)); level != line.None {
				return carry{level, pos}
			}
		}
		at = b.Pos
	}
	return carry{}
}

// carryOver gives lines without a level that of a line before them.
func (p *page) carryOver(ctx context.Context) {
	if p.Marks == nil {
		return
	}
	var c carry
	for i := range p.Lines {
		l, pos := &p.Lines[i], line.Position{Gen: p.gens[i], Off: p.offs[i]}
		if i == 0 && p.levels[i] == line.None {
			c = p.before(ctx, pos)
		}
		if level := c.take(pos, p.levels[i]); level != line.None {
			l.Level = level.String()
		}
	}
}
