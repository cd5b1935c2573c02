package history

import (
	"context"
	"io"

	"tailbeam/tailer/line"
)

// Near implements line.History.
func (h *History) Near(ctx context.Context, p line.Position) (q line.Position, err error) {
	err = h.steady(ctx, func() error {
		r, con, err := h.at(ctx, p)
		if err != nil {
			return err
		}
		defer con.close()
		if q = r.start(); p.Off <= q.Off {
			return nil
		}
		unit := int64(r.encoding.Unit())
		off := p.Off + (unit-(p.Off-r.first)%unit)%unit
		s := search{h: h, r: r, con: con}
		buf := make([]byte, peeked)
		if q.Off, err = s.lineAt(ctx, max(off, r.first+unit), buf); err != nil {
			return err
		}
		n, err := fill(ctx, con, buf[:1], q.Off)
		if err == nil && n == 0 {
			err = io.EOF
		}
		if err != nil {
			return err
		}
		return con.still()
	})
	return q, err
}

// ReadAt implements line.History.
func (h *History) ReadAt(ctx context.Context, p line.Position, buf []byte) (n int, err error) {
	err = h.steady(ctx, func() error {
		r, con, err := h.at(ctx, p)
		if err != nil {
			return err
		}
		defer con.close()
		if n, err = con.readAt(ctx, buf, max(p.Off, r.first)); err != nil {
			return err
		}
		if err := con.still(); err != nil {
			return err
		}
		if n == 0 && len(buf) > 0 {
			return io.EOF
		}
		return nil
	})
	return n, err
}

// at opens the generation that p names.
func (h *History) at(ctx context.Context, p line.Position) (*record, content, error) {
	c, i, err := h.seek(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	if i < 0 || !c.records[i].readable() {
		return nil, nil, &line.GoneError{Gap: line.Gap{From: p, Bytes: line.UnknownBytes, Reason: "this file cannot be read any more"}}
	}
	con, err := h.open(c.records[i])
	return c.records[i], con, err
}
