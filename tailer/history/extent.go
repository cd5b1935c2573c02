package history

import (
	"context"
	"path/filepath"

	"tailbeam/tailer/line"
)

// Extent implements line.History.
func (h *History) Extent(ctx context.Context) (all []line.Extent, err error) {
	err = h.steady(ctx, func() error {
		all = nil
		c, err := h.now(ctx)
		if err != nil {
			return err
		}
		for _, r := range c.records {
			if !r.readable() {
				continue
			}
			e, err := h.measure(ctx, r)
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	return all, err
}

// measure returns how large a generation is, as far as that can be told
// without unpacking it.
func (h *History) measure(ctx context.Context, r *record) (line.Extent, error) {
	e := line.Extent{Pos: r.start(), Name: filepath.Base(r.path)}
	con, err := h.open(r)
	if err != nil {
		return e, err
	}
	defer con.close()
	var end int64
	if p, ok := con.(packed); ok {
		var exact bool
		end, exact, err = p.Estimate()
		e.Estimated = !exact
	} else {
		end, err = con.end(ctx)
	}
	e.Bytes = max(end-r.first, 0)
	return e, wrap(r.file, err)
}
