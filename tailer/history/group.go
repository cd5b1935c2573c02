package history

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/sibling"
)

// A group is the files that hold one generation: as a rule one, and for a
// while two, while it is compressed or copied. The first is the one to read.
type group []look

// main returns the file to read.
func (g group) main() look { return g[0] }

// groups puts together which files hold the same generation, and the
// generations in their order, oldest first.
func (h *History) groups(files []look) []group {
	var all []group
	byHead, byName := map[disk.Head][]int{}, map[string][]int{}
	for _, f := range files {
		at := -1
		for _, i := range slices.Concat(byName[f.plain], byHead[f.head]) {
			if slices.ContainsFunc(all[i], func(other look) bool { return h.same(f, other) }) {
				at = i
				break
			}
		}
		if at < 0 {
			at = len(all)
			all = append(all, nil)
		}
		all[at] = append(all[at], f)
		byHead[f.head] = append(byHead[f.head], at)
		byName[f.plain] = append(byName[f.plain], at)
	}
	for _, g := range all {
		slices.SortStableFunc(g, better)
	}
	return ordered(all)
}

// better puts the copy in front that has more of a generation and is easier to
// read.
func better(a, b look) int {
	return cmp.Or(
		cmp.Compare(len(a.problem), len(b.problem)),
		cmp.Compare(min(b.print.n, 1), min(a.print.n, 1)), // one that is empty has only begun
		cmp.Compare(a.packing, b.packing),
		cmp.Compare(b.end, a.end),
		cmp.Compare(b.role, a.role),
	)
}

// same reports whether two files hold the same generation: one that is being
// compressed to the other, or copied.
func (h *History) same(a, b look) bool {
	if a.problem != "" || b.problem != "" {
		return false
	}
	if a.packs() || b.packs() {
		// The name tells; a file that has only begun to be written is empty.
		return a.plain == b.plain && (a.print.n == 0 || b.print.n == 0 || a.alike(b))
	}
	if !a.alike(b) || !a.sameTime(b) && !a.copyOf(b) && !b.copyOf(a) {
		return false
	}
	if a.end > b.end {
		a, b = b, a
	}
	return h.ends(a, b)
}

// sameTime reports whether both files begin with the same time: what is written
// later may begin with the same words, as a header does, but not with that.
func (l look) sameTime(other look) bool {
	return !l.began.IsZero() && l.began.Equal(other.began)
}

// copyOf reports whether a predecessor may be a copy of what the name leads to:
// it does not hold more, and was not made before.
func (l look) copyOf(of look) bool {
	made, was := l.info.ID.Birth, of.info.ID.Birth
	return l.role == former && of.role == current && l.end <= of.end && (made == 0 || was == 0 || made > was)
}

// packs reports whether a file is compressed, or is about to be: it is empty
// yet.
func (l look) packs() bool {
	return l.packing != unpack.Plain || l.print.n == 0 && l.path != l.plain
}

// alike reports whether one file begins with what was looked at of the other.
func (l look) alike(other look) bool {
	if l.print.n == other.print.n {
		return l.print.n > 0 && l.print == other.print
	}
	return l.print.of(other.begin) || other.print.of(l.begin)
}

// ends reports whether b holds, at the place where the shorter a ends, what a
// ends with.
func (h *History) ends(a, b look) bool {
	if a.first != b.first {
		return false
	}
	n := min(sample, a.end-a.first)
	x, ok := h.peek(a.file, a.end-n, n)
	if !ok {
		return false
	}
	y, ok := h.peek(b.file, a.end-n, n)
	return ok && bytes.Equal(x, y)
}

// peek reads n bytes of a plain file, if they are there.
func (h *History) peek(f *file, off, n int64) ([]byte, bool) {
	opened, err := h.store.take(f.info.ID, func() (disk.File, error) { return h.openFile(f) })
	if err != nil {
		return nil, false
	}
	defer h.store.give(opened)
	data := make([]byte, n)
	m, err := readFull(opened, data, off)
	return data, err == nil && int64(m) == n
}

// ordered sorts generations by age, oldest first: what the name leads to is
// the newest. Families, by the form of their names, are sorted each for itself
// and then merged by time.
func ordered(all []group) []group {
	var families [3][]group
	var newest []group
	for _, g := range all {
		if i := slices.IndexFunc(g, func(l look) bool { return l.role == current }); i >= 0 {
			newest = append(newest, g)
		} else {
			form := g.main().age.Form
			families[form] = append(families[form], g)
		}
	}
	sortNumbered(families[sibling.Numbered])
	sortDated(families[sibling.Dated])
	sortOld(families[sibling.Old])
	var merged []group
	for {
		first := -1
		for i, family := range families {
			if len(family) > 0 && (first < 0 || older(family[0].main(), families[first][0].main()) < 0) {
				first = i
			}
		}
		if first < 0 {
			return append(merged, newest...)
		}
		merged = append(merged, families[first][0])
		families[first] = families[first][1:]
	}
}

// sortNumbered sorts by number. As a rule a higher one is older; log4j counts
// the other way round.
func sortNumbered(groups []group) {
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(b.main().age.Count, a.main().age.Count) })
	if wrong(groups) {
		slices.Reverse(groups)
	}
}

// sortDated sorts by date, and by number where there are several of a date.
func sortDated(groups []group) {
	slices.SortStableFunc(groups, func(a, b group) int {
		x, y := a.main().age, b.main().age
		return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(x.Count, y.Count))
	})
	for len(groups) > 0 {
		n := 1
		for n < len(groups) && groups[n].main().age.Date == groups[0].main().age.Date {
			n++
		}
		if wrong(groups[:n]) {
			slices.Reverse(groups[:n])
		}
		groups = groups[n:]
	}
}

func sortOld(groups []group) {
	slices.SortStableFunc(groups, func(a, b group) int { return older(a.main(), b.main()) })
}

// wrong reports whether neighbours are in the wrong order: by most of their
// first stamps, or where they have none by when all of them were last written.
// Two files tell nothing by that, for one may have been touched since.
func wrong(groups []group) bool {
	stamps, times := 0, 0
	for i := 1; i < len(groups); i++ {
		a, b := groups[i-1].main(), groups[i].main()
		if a.began.IsZero() || b.began.IsZero() {
			times += older(a, b)
		} else {
			stamps += older(a, b)
		}
	}
	return stamps > 0 || stamps == 0 && times > 1 && times == len(groups)-1
}

// older compares two files by time: by the stamps they begin with, or by when
// they were last written.
func older(a, b look) int {
	if !a.began.IsZero() && !b.began.IsZero() {
		return a.began.Compare(b.began)
	}
	const same = int64(time.Second) // files that were copied together
	if d := a.info.Modified - b.info.Modified; d < -same || d > same {
		return cmp.Compare(d, 0)
	}
	return 0
}
