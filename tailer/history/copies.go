package history

import (
	"bytes"
	"context"
	"slices"

	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
)

// A trial is a look whether a file holds what was followed in another.
type trial struct {
	ident  line.Generation
	length int64
	key    unpack.Key
}

// maxTrials bounds how many looks are remembered.
const maxTrials = 256

// copied finds generations that were followed in files of which there is only
// a copy by now, plain or compressed, and tells the group that holds each. So
// they have the same name here as where they were followed. A group is told
// where it is the only one that begins in the same way and goes on as what
// was followed.
func (h *History) copied(ctx context.Context, groups []group, known []Generation) (map[line.Generation]int, error) {
	found := map[line.Generation]int{}
	for _, k := range known {
		if k.Head == 0 || len(k.Mark) == 0 || slices.ContainsFunc(groups, func(g group) bool {
			return slices.ContainsFunc(g, func(l look) bool { return l.info.ID == k.ID && (l.head == k.Head || l.raw == k.Head) })
		}) {
			continue
		}
		fit := -1
		for i, g := range groups {
			m := g.main()
			if m.problem != "" || m.head != k.Head || m.role == current {
				continue
			}
			ok, err := h.holdsMark(ctx, m, k)
			if err != nil {
				return nil, err
			}
			if ok && fit >= 0 {
				fit = -1
				break
			}
			if ok {
				fit = i
			}
		}
		if fit >= 0 {
			found[k.Ident] = fit
		}
	}
	return found, nil
}

// holdsMark reports whether a file has, where following came to, the bytes that
// were read last there.
func (h *History) holdsMark(ctx context.Context, l look, k Generation) (bool, error) {
	t := trial{k.Ident, k.Length, unpack.Key{ID: l.info.ID, Size: l.info.Size, Modified: l.info.Modified}}
	d := h.desk()
	if held, ok := d.trials[t]; ok {
		return held, nil
	}
	r := &record{look: l, id: l.info.ID, first: l.first, head: l.head}
	con, err := h.open(r)
	if err != nil {
		return false, err
	}
	defer con.close()
	mark := make([]byte, len(k.Mark))
	n, err := fill(ctx, con, mark, k.Length-int64(len(mark)))
	if err != nil {
		return false, err
	}
	if len(d.trials) >= maxTrials || d.trials == nil {
		d.trials = map[trial]bool{}
	}
	held := bytes.Equal(mark[:n], k.Mark)
	d.trials[t] = held
	return held, nil
}
