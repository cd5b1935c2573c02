package history

import (
	"context"
	"slices"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
)

// Before returns the end of what lies before the newest generation in a file:
// what that follows on. It is the zero position where there is nothing, and
// where something is missing in between. A compressed file of more than
// maxPacked bytes is not unpacked for it, and the answer is the zero position as
// well. Nothing is kept.
func (h *History) Before(ctx context.Context, id disk.ID, maxPacked int64) (end line.Position, err error) {
	once := h.Archive.Open(h.path, h.root, h.follower)
	err = once.steady(ctx, func() error {
		c, err := once.now(ctx)
		if err != nil {
			return err
		}
		end, err = once.before(ctx, c, id, maxPacked)
		return err
	})
	return end, err
}

func (h *History) before(ctx context.Context, c *chain, id disk.ID, maxPacked int64) (line.Position, error) {
	var none line.Position
	i := slices.IndexFunc(c.records, func(r *record) bool { return r.readable() && r.info.ID == id })
	for i--; i >= 0; i-- {
		switch r := c.records[i]; {
		case r.gone() && !r.missed():
			continue
		case !r.readable() || r.packing != unpack.Plain && r.info.Size > maxPacked:
			return none, nil
		default:
			end, err := h.extent(ctx, r, c.phase(i))
			if err != nil {
				return none, err
			}
			if damage, err := h.damage(r, nil); err != nil || damage != nil {
				return none, err
			}
			if end > r.text() {
				return line.Position{Gen: r.ident, Off: end}, nil
			}
		}
	}
	return none, nil
}
