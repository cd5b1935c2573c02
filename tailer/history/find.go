package history

import (
	"context"
	"errors"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

var _ line.Finder = (*History)(nil)

const (
	// stretch is how much is looked through at once, in bytes: others who read
	// from the same host wait for as long as that takes.
	stretch = 64 << 20
	// worth is how much there must be, for reading it is as good otherwise.
	worth = 256 << 10
)

// Find implements line.Finder, for files that are on another machine, plain, and
// in UTF-8.
func (h *History) Find(ctx context.Context, p line.Position, way line.Way, texts []line.Text) (line.Found, error) {
	var found line.Found
	err := h.steady(ctx, func() (err error) {
		found, err = h.seekTexts(ctx, p, way, texts)
		return err
	})
	return found, err
}

func (h *History) seekTexts(ctx context.Context, p line.Position, way line.Way, texts []line.Text) (line.Found, error) {
	c, i, err := h.seek(ctx, p)
	if err != nil {
		return line.Found{}, err
	}
	if i < 0 || !c.records[i].live() || c.records[i].encoding != charset.UTF8 {
		return line.Found{}, line.ErrUnfindable
	}
	r := c.records[i]
	con, err := h.open(r)
	if err != nil {
		return line.Found{}, err
	}
	defer con.close()
	file, ok := con.(*plain)
	if !ok {
		return line.Found{}, line.ErrUnfindable
	}
	finder, ok := file.opened.File.(disk.Finder)
	if !ok {
		return line.Found{}, line.ErrUnfindable
	}
	from, to, err := h.part(ctx, r, con, p.Off, way)
	if err != nil {
		return line.Found{}, err
	}
	lines, all, err := finder.Find(from, to, way, texts)
	if err != nil {
		return line.Found{}, errors.Join(line.ErrUnfindable, wrap(r.file, err))
	}
	switch {
	case all:
	case way == line.Onward:
		to = lines[len(lines)-1]
		lines = lines[:len(lines)-1]
	default:
		from = lines[0]
	}
	return line.Found{From: line.Position{Gen: r.ident, Off: from}, To: line.Position{Gen: r.ident, Off: to}, Lines: lines}, con.still()
}

// part returns the whole lines to look through from an offset on, or up to it.
func (h *History) part(ctx context.Context, r *record, con content, off int64, way line.Way) (from, to int64, err error) {
	end, err := con.end(ctx)
	if err != nil {
		return 0, 0, err
	}
	w := &walk{h: h, r: r, con: con, phase: over}
	if way == line.Onward {
		from, to = max(off, r.first), min(end, off+stretch)
		if to-from >= worth {
			to, _, err = w.begin(ctx, to) // what is cut off may be a part of a text
		}
	} else {
		from, to = max(r.first, off-stretch), off
		if from > r.first && to <= end {
			from, _, err = w.begin(ctx, from+1)
		}
	}
	if err == nil && (to-from < worth || to > end) {
		err = line.ErrUnfindable
	}
	return from, to, err
}
