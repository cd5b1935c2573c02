package tailer

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"tailbeam/tailer/disk"
)

// A listing is what a source finds at one time.
type listing struct {
	files []string // absolute, shorter names first
	// dirs are the directories that it depends on, with the time of their
	// last change in nanoseconds since 1970.
	dirs map[string]int64
}

// list finds the files of a Glob or Directory. A name that begins with a dot is
// found only where the pattern says the dot. Links to directories are followed
// where each level of the pattern stands for one level of directories, not with
// **, and never out of the source's directory unless all links are allowed. A
// link to a file is found wherever it leads.
func (s Source) list(l links) (listing, error) {
	t := &tree{root: s.Path, links: l, dirs: map[string]int64{}}
	if _, err := t.ReadDir("."); err != nil {
		return listing{dirs: t.dirs}, err
	}
	options := []doublestar.GlobOption{doublestar.WithNoHidden()}
	if strings.Contains(s.Pattern, "**") {
		options = append(options, doublestar.WithNoFollow())
	}
	found := listing{dirs: t.dirs}
	err := doublestar.GlobWalk(t, s.Pattern, func(name string, entry fs.DirEntry) error {
		if entry.IsDir() {
			return nil
		}
		found.files = append(found.files, filepath.Join(s.Path, filepath.FromSlash(name)))
		return nil
	}, options...)
	slices.SortFunc(found.files, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	return found, err
}

// matches reports whether a path is one that the source would find.
func (s Source) matches(full string) bool {
	rest, err := filepath.Rel(s.Path, full)
	if err != nil || !filepath.IsLocal(rest) {
		return false
	}
	name := filepath.ToSlash(rest)
	if ok, err := doublestar.Match(s.Pattern, name); err != nil || !ok {
		return false
	}
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") && !strings.Contains("/"+s.Pattern, "/.") {
			return false
		}
	}
	return true
}

// links says which symbolic links found below a source are followed.
type links uint8

const (
	inside   links = iota // those that stay in its directory
	anywhere              // all
)

// A tree is the file system below a directory, for doublestar, which notes
// which directories it looks at.
type tree struct {
	root  string
	links links
	dirs  map[string]int64
}

var errOutside = errors.New("leads out of the listed directory")

// Open is not used: doublestar reads directories and asks for the state of
// names.
func (t *tree) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}

// ReadDir implements fs.ReadDirFS.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	full := filepath.Join(t.root, filepath.FromSlash(name))
	if t.links == inside && leadsOut(t.root, full) {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errOutside}
	}
	t.note(full)
	return os.ReadDir(full)
}

// Stat implements fs.StatFS.
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	full := filepath.Join(t.root, filepath.FromSlash(name))
	if name != "." {
		t.note(filepath.Join(t.root, filepath.FromSlash(path.Dir(name))))
	}
	return os.Stat(full)
}

// note remembers a directory with its time, taken before it is read.
func (t *tree) note(dir string) {
	if _, known := t.dirs[dir]; known {
		return
	}
	if info, err := (disk.System{}).Stat(dir); err == nil && info.Kind == disk.Directory {
		t.dirs[dir] = info.Modified
	}
}

// leadsOut reports whether a path below root leads, by symbolic links, to
// something outside of it.
func leadsOut(root, full string) bool {
	if full == root {
		return false
	}
	top, err := disk.Real(root)
	if err != nil {
		return false
	}
	real, err := disk.Real(full)
	return err == nil && !disk.Within(top, real)
}
