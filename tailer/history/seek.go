package history

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
)

// seek finds the generation that p names, in the chain as it was listed last
// if it is known there. It returns -1 for a p without a generation, which is
// in front of everything.
func (h *History) seek(ctx context.Context, p line.Position) (*chain, int, error) {
	c, err := h.listed(ctx)
	if err != nil {
		return nil, 0, err
	}
	if i, ok := h.known(c, p.Gen); ok && (i < 0 || c.records[i].head != 0) {
		return c, i, nil
	}
	// Of a file without a whole line little is known yet.
	if c, err = h.now(ctx); err != nil {
		return nil, 0, err
	}
	i, err := h.find(ctx, c, p)
	return c, i, err
}

// known finds a generation whose name was met before.
func (h *History) known(c *chain, name line.Generation) (int, bool) {
	if name == 0 {
		return -1, true
	}
	d := h.desk()
	d.mu.Lock()
	defer d.mu.Unlock()
	i, ok := c.names[name]
	return i, ok
}

// find finds the generation that p names, by what the name says of the file
// and of how it begins. The error is a GoneError where there is none, or where
// several may be meant.
func (h *History) find(ctx context.Context, c *chain, p line.Position) (int, error) {
	if i, ok := h.known(c, p.Gen); ok {
		return i, nil
	}
	may, sure := h.candidates(c, p.Gen)
	alike := may
	reason := "the cursor is of a file that is no longer there"
	if !sure {
		var fit []int
		for _, i := range may {
			ok, err := h.fits(ctx, c, i, p)
			if err != nil {
				return 0, err
			}
			if ok {
				fit = append(fit, i)
			}
		}
		may = fit
	}
	if len(may) > 1 {
		reason = "several files begin like the one that the cursor is of, and it cannot be told which it is"
	}
	if len(may) != 1 {
		to, err := h.start(ctx, c)
		if err == nil && !sure && len(may) == 0 && len(alike) == 1 {
			// It is this one, of which the end is gone.
			reason = "the end of the file that the cursor is of is gone"
			var j int
			if j, _, err = h.next(ctx, c, alike[0]); err == nil && j >= 0 {
				to = c.records[j].start()
			}
		}
		if err != nil {
			return 0, err
		}
		return 0, &line.GoneError{Gap: line.Gap{From: p, To: to, Bytes: line.UnknownBytes, Reason: reason}}
	}
	c.records[may[0]].alias(p.Gen)
	d := h.desk()
	d.mu.Lock()
	c.names[p.Gen] = may[0]
	d.mu.Unlock()
	return may[0], nil
}

// maxTwins is how many generations of one file that begin in the same way can
// be told from those of other files.
const maxTwins = 32

// candidates returns the generations that a name may mean. It is sure of one
// where the file and how it begins are those of the name, and no other is
// alike.
func (h *History) candidates(c *chain, name line.Generation) (may []int, sure bool) {
	head := disk.Head(name)
	other := c.followed(name)
	exact := -1
	for i, r := range c.records {
		if !r.readable() || other && c.followed(r.ident) {
			continue
		}
		if r.head == head && head != 0 || r.raw == head && r.by(name, r.raw) || head == 0 && r.by(name, 0) {
			may = append(may, i)
			if r.by(name, head) {
				exact = i
			}
		}
	}
	if exact < 0 {
		return may, false
	}
	// Others can only be copies of this file, made since there is this file.
	var copies []int
	for _, i := range may {
		if i == exact || c.records[i].info.Modified >= c.records[exact].info.ID.Birth {
			copies = append(copies, i)
		}
	}
	return copies, len(copies) == 1
}

// followed reports whether a name is one that the follower knows. Two of these
// are two generations.
func (c *chain) followed(name line.Generation) bool {
	return slices.ContainsFunc(c.known, func(k Generation) bool { return k.Ident == name })
}

// by reports whether a name was made of the file of r, beginning with a head.
func (r *record) by(name line.Generation, head disk.Head) bool {
	for twin := range maxTwins {
		if disk.Generation(r.info.ID, head, twin) == name {
			return true
		}
		if head == 0 {
			return false // these have no twins
		}
	}
	return false
}

// fits reports whether p can be a position in generation i: a line begins
// there, and if the follower knows what lay before its end, it is that.
func (h *History) fits(ctx context.Context, c *chain, i int, p line.Position) (bool, error) {
	r := c.records[i]
	con, err := h.open(r)
	if err != nil {
		return false, err
	}
	defer con.close()
	for _, k := range c.known {
		if k.Ident != p.Gen || len(k.Mark) == 0 {
			continue
		}
		mark := make([]byte, len(k.Mark))
		n, err := fill(ctx, con, mark, k.Length-int64(len(mark)))
		return err == nil && bytes.Equal(mark[:n], k.Mark), err
	}
	var one [1]byte
	off := max(p.Off, r.first)
	n, err := con.readAt(ctx, one[:], off)
	if err != nil {
		return false, err
	}
	if n == 0 {
		end, err := con.end(ctx)
		return err == nil && (off <= max(end, r.first) || con.damage() != nil), err
	}
	if _, err = h.begun(ctx, r, con, off); err == errNoLine || err == errMoved {
		return false, nil
	}
	return err == nil, err
}

// next returns the generation behind record i that has something to give out,
// or the newest, or -1; and what is missing in between.
func (h *History) next(ctx context.Context, c *chain, i int) (int, *loss, error) {
	var missing *loss
	for j := i + 1; j < len(c.records); j++ {
		r := c.records[j]
		switch {
		case r.gone():
			if r.missed() {
				missing = missing.add(r.bytes(r.first), r.lost)
			}
			continue
		case !r.readable():
			missing = missing.add(line.UnknownBytes, r.trouble())
			continue
		}
		empty, err := h.empty(ctx, r)
		if err != nil {
			return 0, nil, err
		}
		if !empty || j == len(c.records)-1 {
			return j, missing, nil
		}
		if missing, err = h.damage(r, missing); err != nil {
			return 0, nil, err
		}
	}
	return -1, missing, nil
}

// previous returns the generation in front of record i that has something to
// give out, or -1, where it ends, and what is missing in between.
func (h *History) previous(ctx context.Context, c *chain, i int) (j int, end int64, missing *loss, err error) {
	for j = i - 1; j >= 0; j-- {
		r := c.records[j]
		switch {
		case r.gone():
			if r.missed() {
				missing = missing.add(r.bytes(r.first), r.lost)
			}
			continue
		case !r.readable():
			missing = missing.add(line.UnknownBytes, r.trouble())
			continue
		}
		if end, err = h.extent(ctx, r, c.phase(j)); err != nil {
			return 0, 0, nil, err
		}
		if missing, err = h.damage(r, missing); err != nil || end > r.text() {
			return j, end, missing, err
		}
	}
	return -1, 0, missing, nil
}

// rest adds what is missing of the generation of p behind p.
func (h *History) rest(ctx context.Context, r *record, p line.Position, missing *loss) (*loss, error) {
	switch {
	case r.gone():
		if r.size == p.Off {
			return missing, nil
		}
		return missing.before(r.bytes(p.Off), r.lost), nil
	case !r.readable():
		return missing.before(line.UnknownBytes, r.trouble()), nil
	}
	damaged, err := h.damage(r, nil)
	if damaged != nil {
		missing = missing.before(damaged.bytes, damaged.reason)
	}
	return missing, err
}

// damage adds what could not be unpacked of a generation, the end of which was
// reached.
func (h *History) damage(r *record, missing *loss) (*loss, error) {
	if r.packing == unpack.Plain {
		return missing, nil
	}
	con, err := h.open(r)
	if err != nil {
		return nil, err
	}
	defer con.close()
	if d := con.damage(); d != nil {
		missing = missing.add(line.UnknownBytes, filepath.Base(r.path)+": "+d.Error())
	}
	return missing, nil
}

// empty reports whether a generation has no content.
func (h *History) empty(ctx context.Context, r *record) (bool, error) {
	con, err := h.open(r)
	if err != nil {
		return false, err
	}
	defer con.close()
	var one [1]byte
	n, err := con.readAt(ctx, one[:], r.text())
	return n == 0, err
}

// bytes returns how many bytes of a generation that is gone lie behind an
// offset.
func (r *record) bytes(off int64) int64 {
	if r.size < off {
		return line.UnknownBytes
	}
	return r.size - off
}

// trouble says why a generation cannot be read.
func (r *record) trouble() string { return filepath.Base(r.path) + ": " + r.problem }
