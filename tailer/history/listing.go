package history

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/sibling"
)

// A listing is what was found of a stream on disk.
type listing struct {
	files []look // no order, each file once
	dirs  []place
	named disk.ID // what the name leads to, or zero
	// until is when a directory has to be listed again even if nothing has
	// happened in it, or zero.
	until time.Time
}

// place is a directory in which predecessors lie, and the name whose
// predecessors they are.
type place struct {
	dir, base string
	info      disk.Info
	settled   bool // it was not changed for a while when it was listed
}

const (
	// calm is how long ago a directory must have been changed for its time to
	// tell whether it is changed again: file systems count in steps of this.
	calm = 100 * time.Millisecond
	// coarse is the same where times are whole seconds.
	coarse = 2500 * time.Millisecond
	// maxPasses is how often files are looked at that are moved meanwhile.
	maxPasses = 20
)

func settled(modified int64, now time.Time) bool {
	step := calm
	if modified%1e9 == 0 {
		step = coarse
	}
	return now.UnixNano()-modified > int64(step)
}

// list finds the files of the stream and the generations in them, at a moment
// at which nothing was renamed or cut. What was known of a file that has not
// changed is taken over from before.
func (h *History) list(ctx context.Context, before []look) (*listing, []group, error) {
	for pass := range maxPasses {
		l := &listing{}
		found := h.scan(l)
		err := h.examineAll(ctx, l, found, before)
		if err == nil {
			groups := h.groups(l.files)
			if h.holds(l) || h.stands(l, found, pass) {
				return l, groups, nil
			}
		} else if err != errMoved && !disk.Gone(err) {
			return nil, nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, errMoved
}

// stands reports whether the files are where they were found, and those of
// which little is known have not changed since: a copy that has filled while its
// original was cut is seen as both or neither. One that changes all the time
// is taken as it is in the end.
func (h *History) stands(l *listing, found []file, pass int) bool {
	again := h.scan(&listing{})
	if len(again) != len(found) {
		return false
	}
	for i, a := range again {
		seen := l.files[i]
		changed := a.info.Size != seen.info.Size || a.info.Modified != seen.info.Modified
		switch {
		case a.path != found[i].path || a.info.ID != found[i].info.ID:
			return false
		case a.role == current && a.problem == "" && !h.begins(seen.file, a.info):
			return false
		case a.role == former && changed && seen.print.n < sample && pass < maxPasses/2:
			return false
		}
	}
	return true
}

// examineAll looks at all files that were found, in their order.
func (h *History) examineAll(ctx context.Context, l *listing, found []file, before []look) error {
	byID := map[disk.ID]look{}
	for _, b := range before {
		byID[b.info.ID] = b
	}
	for _, f := range found {
		if b, ok := byID[f.info.ID]; ok && f.role == former && b.role == former && f.problem == "" && b.problem == "" && b.settled &&
			b.info.Size == f.info.Size && b.info.Modified == f.info.Modified {
			again := *b.file
			again.path, again.plain, again.age = f.path, f.plain, f.age
			l.files = append(l.files, look{&again, b.begin})
			continue
		}
		seen, err := h.examine(ctx, f)
		if err != nil {
			return err
		}
		l.files = append(l.files, seen)
	}
	return nil
}

// scan looks at the names, once. What the name leads to comes first.
func (h *History) scan(l *listing) (found []file) {
	l.dirs, l.named = nil, disk.ID{}
	ids := map[disk.ID]bool{}
	if f, ok := h.named(); ok {
		l.named = f.info.ID
		ids[f.info.ID] = true
		found = append(found, f)
	}
	for _, p := range h.places() {
		info, err := h.opt.FS.Stat(p.dir)
		if err != nil {
			continue
		}
		p.info, p.settled = info, settled(info.Modified, time.Now())
		l.dirs = append(l.dirs, p)
		for _, f := range h.beside(p) {
			if !ids[f.info.ID] {
				ids[f.info.ID] = true
				found = append(found, f)
			}
		}
	}
	return found
}

// named returns what the name leads to, if that may be read.
func (h *History) named() (file, bool) {
	f := file{path: h.path, plain: h.path, role: current}
	info, err := h.opt.FS.Stat(h.path)
	if disk.Gone(err) {
		return f, false
	}
	f.info = info
	switch {
	case err != nil:
		f.problem = disk.Reason(err)
	case info.Kind != disk.Regular:
		return f, false
	case h.root != "" && !h.inside():
		f.problem = fmt.Sprintf("it leads out of %s", h.root)
	}
	return f, true
}

// inside reports whether the name leads to a file within the root.
func (h *History) inside() bool {
	root, err := h.opt.Real(h.root)
	if err != nil {
		return false
	}
	real, err := h.opt.Real(h.path)
	return err == nil && disk.Within(root, real)
}

// beside returns the files in a directory whose names are those of
// predecessors, in the order of their names.
func (h *History) beside(p place) (found []file) {
	names, err := h.opt.FS.Names(p.dir, 0)
	if err != nil {
		return nil
	}
	slices.Sort(names)
	for _, name := range names {
		if len(name) <= len(p.base) || !strings.HasPrefix(name, strings.TrimSuffix(p.base, filepath.Ext(p.base))) {
			continue
		}
		age, ok := sibling.AgeOf(p.base, name)
		if !ok {
			continue
		}
		path := filepath.Join(p.dir, name)
		info, err := h.opt.FS.Lstat(path)
		if err != nil || info.Kind != disk.Regular {
			continue
		}
		found = append(found, file{path: path, plain: filepath.Join(p.dir, sibling.Plain(name)), age: age, info: info})
	}
	return found
}

// places returns where predecessors may lie: beside the name, and beside the
// file that it leads to, which may be one among others with a date itself.
func (h *History) places() []place {
	dir, base := filepath.Split(h.path)
	all := []place{{dir: filepath.Clean(dir), base: base}}
	real, err := h.opt.Real(h.path)
	if err != nil || real == h.path {
		return all
	}
	dir, base = filepath.Split(real)
	dir = filepath.Clean(dir)
	if h.root != "" {
		if root, err := h.opt.Real(h.root); err != nil || !disk.Within(root, dir) {
			return all
		}
	}
	for _, b := range append([]string{base}, sibling.Bases(base)...) {
		all = append(all, place{dir: dir, base: b})
	}
	return all
}

// holds reports whether what was listed is still what is there.
func (h *History) holds(l *listing) bool {
	named, err := h.opt.FS.Stat(h.path)
	if err != nil {
		named = disk.Info{}
	}
	if named.Kind != disk.Regular {
		named.ID = disk.ID{}
	}
	if named.ID != l.named || !l.until.IsZero() && time.Now().After(l.until) {
		return false
	}
	for _, p := range l.dirs {
		info, err := h.opt.FS.Stat(p.dir)
		if err != nil || !p.settled || info.Modified != p.info.Modified || info.ID != p.info.ID {
			return false
		}
	}
	for _, f := range l.files {
		if f.problem != "" || f.role == current && !h.begins(f.file, named) {
			return false
		}
	}
	return true
}

// begins reports whether a file still begins as it did.
func (h *History) begins(f *file, now disk.Info) bool {
	if f.head == 0 {
		return now.Size == f.info.Size
	}
	opened, err := h.store.take(f.info.ID, func() (disk.File, error) { return h.openFile(f) })
	if err != nil {
		return false
	}
	defer h.store.give(opened)
	head, err := disk.HeadAt(opened, f.first)
	return err == nil && head == f.head
}
