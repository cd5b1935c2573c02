package charset

import (
	"unicode/utf8"

	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// A Cutter is a split.Splitter for text of any encoding: it cuts what follows
// each other in one generation, and gives it out in UTF-8. A line is cut into
// pieces where its text in UTF-8 is longer than MaxLine.
type Cutter struct {
	Encoding Encoding
	MaxLine  int // bytes of UTF-8, at least split.MinLine
	// Begun says that the beginning of the next line was given out before.
	Begun split.Begun
	// Mark is how many bytes, a byte order mark, come before the next line
	// and are not shown. It is 0 again when they were passed.
	Mark int
}

// A Buffer is what a Cutter works with. The zero value is ready for use; it may
// serve many Cutters, one at a time.
type Buffer struct {
	text       []byte
	ends, raws []uint32
}

// Next finds the next run of entries at the front of raw and makes a batch of
// it, all but its Pos. It returns how many bytes of raw the run takes; 0 says
// that there is no complete line and more is needed, at most Ahead bytes in all.
// The batch is valid until buf is used again, and as long as raw is: it aliases
// both.
func (c *Cutter) Next(raw []byte, buf *Buffer, b *line.Batch) int {
	if c.Encoding == UTF8 {
		s := split.Splitter{MaxLine: c.MaxLine, Begun: c.Begun}
		return c.asIs(&s, s.Next, raw, buf, b)
	}
	return c.convert(raw, buf, b, more)
}

// Rest makes a batch of raw, which Next left over, as the last entry of a
// generation that ended without a newline. A mark without text makes a batch
// without entries, which is not to be given out.
func (c *Cutter) Rest(raw []byte, buf *Buffer, b *line.Batch) int {
	if c.Encoding == UTF8 {
		s := split.Splitter{MaxLine: c.MaxLine, Begun: c.Begun}
		return c.asIs(&s, s.Rest, raw, buf, b)
	}
	return c.convert(raw, buf, b, nothing)
}

// Ahead returns how many bytes must be there for Next to find something.
func (c *Cutter) Ahead() int {
	return MarkLen + c.Encoding.Unit()*(c.MaxLine+split.Ahead)
}

// asIs makes a batch of bytes that stay what they are.
func (c *Cutter) asIs(s *split.Splitter, cut func([]byte, []uint32) (int, []uint32, line.Flags), raw []byte, buf *Buffer, b *line.Batch) int {
	n, ends, flags := cut(raw, buf.ends[:0])
	buf.ends = ends
	c.Begun, c.Mark = s.Begun, 0
	*b = line.Batch{Data: raw[:n], Ends: ends, Flags: flags}
	return n
}

// follows says what comes behind the bytes at hand.
type follows uint8

const (
	more    follows = iota // more, perhaps
	nothing                // nothing any more
)

// convert makes a batch of the complete lines at the front of raw, or of one
// piece or rest.
func (c *Cutter) convert(raw []byte, buf *Buffer, b *line.Batch, behind follows) int {
	buf.text, buf.ends, buf.raws = buf.text[:0], buf.ends[:0], buf.raws[:0]
	at := min(c.Mark, len(raw))
	for at < len(raw) {
		end := at + c.Encoding.AfterNewline(raw[at:])
		if end < at || !c.short(raw[at:end], buf) {
			break
		}
		at = buf.entry(end)
	}
	if len(buf.ends) == 0 {
		return c.one(raw, at, buf, b, behind)
	}
	return c.finish(buf, b, split.AtStart)
}

// short converts a line that cannot be too long, whatever is in it.
func (c *Cutter) short(raw []byte, buf *Buffer) bool {
	const most = 3 // bytes in UTF-8 of what is one unit
	if most*(len(raw)/c.Encoding.Unit()) > c.MaxLine {
		return false
	}
	for len(raw) > 0 {
		if ascii, n := c.Encoding.ascii(raw); n > 0 {
			buf.text = append(buf.text, ascii)
			raw = raw[n:]
			continue
		}
		r, n := c.Encoding.decode(raw)
		buf.text = utf8.AppendRune(buf.text, r)
		raw = raw[n:]
	}
	return true
}

// one converts the line or piece that begins at raw[at:].
func (c *Cutter) one(raw []byte, at int, buf *Buffer, b *line.Batch, behind follows) int {
	text, limit, cut := buf.text[:0], -1, 0 // where the text reaches the limit, and the bytes
	for at < len(raw) {
		r, n := c.Encoding.decode(raw[at:])
		if n == 0 && behind == more {
			break
		} else if n == 0 {
			n = len(raw) - at
			if n > 2 {
				n = 2 // the first half of a pair, and half a unit
			}
		}
		if r == '\n' && (limit < 0 || string(text[limit:]) == "\r") {
			buf.text = append(text, '\n')
			buf.entry(at + n)
			return c.finish(buf, b, split.AtStart)
		}
		if limit >= 0 && string(text[limit:]) == "\r" {
			return c.piece(text[:limit], cut, buf, b)
		}
		if limit < 0 && len(text)+utf8.RuneLen(r) > c.MaxLine {
			limit, cut = len(text), at
			if r != '\r' {
				return c.piece(text, cut, buf, b)
			}
		}
		text = utf8.AppendRune(text, r)
		at += n
	}
	buf.text = text
	switch {
	case behind == more:
		buf.text = buf.text[:0]
		*b = line.Batch{}
		return 0
	case limit >= 0:
		return c.piece(text[:limit], cut, buf, b)
	case len(text) > 0:
		buf.entry(at)
		return c.finish(buf, b, split.AtStart)
	}
	c.Mark = 0
	*b = line.Batch{}
	return len(raw)
}

// piece gives out a text that the line goes on behind.
func (c *Cutter) piece(text []byte, cut int, buf *Buffer, b *line.Batch) int {
	buf.text = text
	buf.entry(cut)
	return c.finish(buf, b, split.Midway)
}

// entry notes that an entry ends, and returns where.
func (buf *Buffer) entry(raw int) int {
	buf.ends = append(buf.ends, uint32(len(buf.text)))
	buf.raws = append(buf.raws, uint32(raw))
	return raw
}

// finish makes the batch, behind which the next line stands as given.
func (c *Cutter) finish(buf *Buffer, b *line.Batch, after split.Begun) int {
	*b = line.Batch{Data: buf.text, Ends: buf.ends, Raw: buf.raws}
	if c.Begun == split.Midway {
		b.Flags |= line.Continues
	}
	if after == split.Midway {
		b.Flags |= line.Unfinished
	}
	c.Begun, c.Mark = after, 0
	return int(buf.raws[len(buf.raws)-1])
}
