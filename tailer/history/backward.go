package history

import (
	"context"
	"io"
	"path/filepath"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

// backward reads what ends at p.
func (h *History) backward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	c, i, err := h.seek(ctx, p)
	if err != nil {
		return line.Batch{}, err
	}
	if i < 0 {
		return line.Batch{}, io.EOF
	}
	if r := c.records[i]; r.readable() && p.Off > r.first {
		b, err := h.behind(ctx, r, unsure, p, buf)
		if err != errEnd {
			return b, err
		}
	}
	if c, err = h.now(ctx); err != nil {
		return line.Batch{}, err
	}
	if i, err = h.find(ctx, c, p); err != nil {
		return line.Batch{}, err
	}
	if r := c.records[i]; r.readable() && p.Off > r.first {
		b, err := h.behind(ctx, r, c.phase(i), p, buf)
		if err == errEnd {
			return line.Batch{}, h.beyond(ctx, r, c.phase(i), p)
		}
		return b, err
	}
	j, end, missing, err := h.previous(ctx, c, i)
	if err != nil {
		return line.Batch{}, err
	}
	if r := c.records[i]; p.Off > r.first {
		if r.gone() {
			missing = missing.add(p.Off-r.first, r.lost)
		} else {
			missing = missing.add(p.Off-r.first, r.trouble())
		}
	}
	var from line.Position
	if j >= 0 {
		from = line.Position{Gen: c.records[j].ident, Off: end}
	}
	switch {
	case missing != nil:
		return line.Batch{}, missing.between(from, p)
	case j < 0:
		return line.Batch{}, io.EOF
	}
	return h.behind(ctx, c.records[j], c.phase(j), from, buf)
}

// behind reads what ends at p in the generation that holds it. The error is
// errEnd where that depends on a phase that is unsure.
func (h *History) behind(ctx context.Context, r *record, at phase, p line.Position, buf []byte) (line.Batch, error) {
	con, err := h.open(r)
	if err != nil {
		return line.Batch{}, err
	}
	defer con.close()
	text, ends := carve(buf)
	from := max(r.first, p.Off-int64(len(text)))
	from += (p.Off - from) % int64(r.encoding.Unit())
	data := text[:p.Off-from]
	n, err := fill(ctx, con, data, from)
	if err != nil {
		return line.Batch{}, err
	}
	if n < len(data) {
		return line.Batch{}, h.short(ctx, r, con, at, p)
	}
	b, ok := h.run(r, p, data, ends, from)
	if !ok {
		b, err = h.single(ctx, r, con, at, p, buf)
	}
	if err == errNoLine {
		err = h.rewritten(r, con, p, "no line ends where the cursor points: the file was written anew")
	}
	if err != nil {
		return line.Batch{}, err
	}
	if err := con.still(); err != nil {
		return line.Batch{}, err
	}
	if b.Pos.Gen != r.ident {
		b.Pos.Gen = r.ident
		b.Flags |= line.Renamed
	}
	h.learn(r, &b)
	return b, nil
}

// beyond leads from a position behind the end of a generation to that end.
func (h *History) beyond(ctx context.Context, r *record, at phase, p line.Position) error {
	end, err := h.extent(ctx, r, at)
	if err != nil {
		return err
	}
	missing, err := h.damage(r, nil)
	if err != nil {
		return err
	}
	if missing == nil {
		missing = missing.add(p.Off-end, filepath.Base(r.path)+" is shorter than what was read of it: it is a copy, or was cut")
	}
	return missing.between(line.Position{Gen: p.Gen, Off: end}, p)
}

// short says why not all of what ends at p could be read. The error is errEnd
// where p is behind the end of a generation that is over.
func (h *History) short(ctx context.Context, r *record, con content, at phase, p line.Position) error {
	end, err := con.end(ctx)
	if err != nil {
		return err
	}
	switch {
	case max(end, r.first) >= p.Off:
		return errMoved
	case at == newest:
		return h.rewritten(r, con, p, "the file is shorter than where the cursor points: it was cut")
	}
	return errEnd
}

// run makes a batch of the whole lines at the end of data, which ends at p.
// There is none where p is within a line, or where the last line begins before
// data.
func (h *History) run(r *record, p line.Position, data []byte, ends []uint32, from int64) (line.Batch, bool) {
	if len(data) == 0 || (from-r.first)%int64(r.encoding.Unit()) != 0 || r.encoding.AfterLastNewline(data) != len(data) {
		return line.Batch{}, false
	}
	if from > r.first {
		i := r.encoding.AfterNewline(data)
		if i == len(data) {
			return line.Batch{}, false
		}
		data = data[i:]
		from += int64(i)
	}
	// A line beyond the limit makes a batch of each of its pieces: the last
	// batch is the one.
	c := h.cutter(r.file, from, split.AtStart)
	b := line.Batch{Ends: ends}
	n := 0
	for len(data) > 0 {
		b, n = c.next(data, b.Ends[:0])
		data = data[n:]
	}
	b.Pos = line.Position{Gen: p.Gen, Off: p.Off - int64(n)}
	return b, true
}

// single makes a batch of the one entry that ends at p.
func (h *History) single(ctx context.Context, r *record, con content, at phase, p line.Position, buf []byte) (line.Batch, error) {
	w := &walk{h: h, r: r, con: con, phase: at}
	e, err := w.entry(ctx, p.Off)
	if err != nil {
		return line.Batch{}, err
	}
	n := p.Off - e.from
	if n > int64(len(buf)) {
		return line.Batch{}, io.ErrShortBuffer
	}
	m, err := fill(ctx, con, buf[:n], e.from)
	if err == nil && int64(m) < n {
		err = errMoved
	}
	b := line.Batch{Data: buf[:n], Ends: []uint32{uint32(n)}}
	if r.encoding != charset.UTF8 {
		h.cutter(r.file, e.from, split.AtStart).Rest(buf[:n], new(charset.Buffer), &b)
	}
	b.Pos, b.Flags = line.Position{Gen: p.Gen, Off: e.from}, e.flags
	return b, err
}
