package history

import (
	"context"
	"errors"
	"io"

	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// forward reads from p, in the generations as they were listed last if that is
// enough.
func (h *History) forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	c, i, err := h.seek(ctx, p)
	if err != nil {
		return line.Batch{}, err
	}
	if i >= 0 && c.records[i].readable() {
		b, err := h.ahead(ctx, c.records[i], unsure, p, buf)
		if err != errEnd {
			return b, err
		}
	}
	// What follows depends on what there is now.
	if c, err = h.now(ctx); err != nil {
		return line.Batch{}, err
	}
	if i, err = h.find(ctx, c, p); err != nil {
		return line.Batch{}, err
	}
	if i >= 0 && c.records[i].readable() {
		b, err := h.ahead(ctx, c.records[i], c.phase(i), p, buf)
		if err != errEnd {
			return b, err
		}
	}
	return h.cross(ctx, c, i, p, buf)
}

// cross reads the generation behind record i, of which p is the end.
func (h *History) cross(ctx context.Context, c *chain, i int, p line.Position, buf []byte) (line.Batch, error) {
	j, missing, err := h.next(ctx, c, i)
	if err != nil {
		return line.Batch{}, err
	}
	if i >= 0 {
		if missing, err = h.rest(ctx, c.records[i], p, missing); err != nil {
			return line.Batch{}, err
		}
	}
	switch {
	case i >= 0 && j >= 0 && missing != nil:
		return line.Batch{}, missing.between(p, c.records[j].start())
	case j >= 0:
		r := c.records[j]
		b, err := h.ahead(ctx, r, c.phase(j), r.start(), buf)
		if err == errEnd && r.packing != unpack.Plain && j < len(c.records)-1 {
			return h.over(ctx, c, j, p, buf)
		}
		if err == errEnd {
			return c.end(i, p)
		}
		return b, err
	case i < 0:
	case !c.records[i].gone() && c.records[i].problem != "":
		_, err := h.open(c.records[i])
		return line.Batch{}, err
	case c.records[i].gone() && missing != nil:
		return line.Batch{}, missing.between(p, line.Position{})
	}
	return c.end(i, p)
}

// over reads on from p behind record j, which is damaged and has no whole line.
func (h *History) over(ctx context.Context, c *chain, j int, p line.Position, buf []byte) (line.Batch, error) {
	b, err := h.cross(ctx, c, j, c.records[j].start(), buf)
	if gone := (*line.GoneError)(nil); errors.As(err, &gone) {
		gone.Gap.From = p
	}
	return b, err
}

// end says that nothing lies behind p, which is in record i, and how p is named
// now.
func (c *chain) end(i int, p line.Position) (line.Batch, error) {
	b := line.Batch{Pos: p}
	if i >= 0 && c.records[i].ident != p.Gen {
		b.Pos.Gen = c.records[i].ident
		b.Flags = line.Renamed
	}
	return b, io.EOF
}

// ahead reads what follows p in the generation that holds it. The error is
// errEnd where nothing does, or where that depends on a phase that is unsure.
func (h *History) ahead(ctx context.Context, r *record, at phase, p line.Position, buf []byte) (line.Batch, error) {
	con, err := h.open(r)
	if err != nil {
		return line.Batch{}, err
	}
	defer con.close()
	p.Off = max(p.Off, r.first)
	text, ends := carve(buf)
	n, err := fill(ctx, con, text, p.Off)
	if err != nil {
		return line.Batch{}, err
	}
	if n == 0 {
		return line.Batch{}, h.ended(ctx, r, con, at, p)
	}
	begun, err := h.begun(ctx, r, con, p.Off)
	if err == errNoLine {
		return line.Batch{}, h.rewritten(r, con, p, "no line begins where the cursor points: the file was written anew")
	}
	if err != nil {
		return line.Batch{}, err
	}
	cut := h.cutter(r.file, p.Off, begun)
	b, used := cut.next(text[:n], ends)
	if used == 0 {
		t := tail{h: h, r: r, con: con, cut: cut, phase: at, off: p.Off, buf: buf, n: n, full: n == len(text)}
		if b, err = t.batch(ctx); err != nil {
			return line.Batch{}, err
		}
	}
	if err := con.still(); err != nil {
		return line.Batch{}, err
	}
	if b.Pos = p; p.Gen != r.ident {
		b.Pos.Gen = r.ident
		b.Flags |= line.Renamed
	}
	h.learn(r, &b)
	return b, nil
}

// begun tells whether a line or a further piece of one begins at an offset.
func (h *History) begun(ctx context.Context, r *record, con content, off int64) (split.Begun, error) {
	if off == r.first {
		return split.AtStart, nil
	}
	unit := int64(r.encoding.Unit())
	if off < r.text() || (off-r.first)%unit != 0 {
		return 0, errNoLine
	}
	var before [2]byte
	n, err := fill(ctx, con, before[:unit], off-unit)
	switch {
	case err != nil:
		return 0, err
	case int64(n) < unit:
		return 0, errMoved
	case r.encoding.AfterLastNewline(before[:n]) == n:
		return split.AtStart, nil
	case r.ends(off):
		return split.Midway, nil
	}
	w := &walk{h: h, r: r, con: con, phase: over}
	e, err := w.entry(ctx, off)
	if err != nil {
		return 0, err
	}
	if e.flags&line.Unfinished == 0 {
		return 0, errNoLine // the end, when it was looked at
	}
	return split.Midway, nil
}

// ended says why nothing could be read at p.
func (h *History) ended(ctx context.Context, r *record, con content, at phase, p line.Position) error {
	end, err := con.end(ctx)
	if err != nil {
		return err
	}
	switch end = max(end, r.first); {
	case end > p.Off:
		return errMoved // it has grown meanwhile
	case end < p.Off && at == newest:
		return h.rewritten(r, con, p, "the file is shorter than where the cursor points: it was cut")
	case at == unsure || end < p.Off:
		// A copy may lack what was read of the original, and a compressed
		// file what cannot be unpacked any more.
		return errEnd
	}
	if err := con.still(); err != nil {
		return err
	}
	return errEnd
}

// rewritten says that p is not in the generation that it names.
func (h *History) rewritten(r *record, con content, p line.Position, reason string) error {
	if err := con.still(); err != nil {
		return err
	}
	return &line.GoneError{Gap: line.Gap{From: p, To: r.start(), Bytes: line.UnknownBytes, Reason: reason}}
}
