package shell

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tailbeam/tailer/disk"
)

// A Source gives sessions of one host.
type Source interface {
	// Session returns the session that runs. What it does while there is none
	// is its business: wait, or return why.
	Session() (*Session, error)
	// Lost is called when a session was lost that Session had returned, with
	// why and how often that has happened to what was being done. It returns
	// an error if that is not to be tried again.
	Lost(err error, times int) error
}

// FS is the files of one host. It implements disk.FS; paths are absolute.
type FS struct {
	host   string
	source Source
	hangs  *Hangs

	mu    sync.Mutex
	names map[string]*name // followed
	next  int
	// on is the session that was told of the names.
	on      *Session
	leaders []*file // that are read ahead, at most maxLeaders
}

var _ disk.FS = (*FS)(nil)

// NewFS returns the files of a host, to whose sessions source leads. The name of
// the host is a part of the identity of each file. Nothing is asked of what hangs.
func NewFS(host string, source Source, hangs *Hangs) *FS {
	return &FS{host: host, source: source, hangs: hangs, names: map[string]*name{}}
}

// do calls try with a session, and again with the next one when that is lost.
func (fsys *FS) do(try func(*Session) error) error {
	for times := 1; ; times++ {
		s, err := fsys.source.Session()
		if err != nil {
			return err
		}
		err = try(s)
		select {
		case <-s.Done():
		default:
			return err
		}
		if err == nil {
			return nil
		}
		if err := fsys.source.Lost(s.Err(), times); err != nil {
			return err
		}
	}
}

// call runs a command that succeeds or says why not.
func (fsys *FS) call(command string, args ...string) (answer []byte, kind string, err error) {
	err = fsys.do(func(s *Session) error {
		s.mu.Lock()
		c := s.sendLocked(&call{path: subject(command, args)}, command, args...)
		s.mu.Unlock()
		<-c.done
		data, status, err := c.data, c.status, c.err
		if err == nil && status != 0 {
			err = problem(data, status)
		}
		answer, kind = data, s.facts.kind
		return err
	})
	return answer, kind, err
}

// subject returns the path that a command is about.
func subject(command string, args []string) string {
	switch command {
	case "stat", "lstat", "names", "real":
		return Unquote(args[0])
	}
	return ""
}

// Open implements disk.FS.
func (fsys *FS) Open(name string) (disk.File, error) {
	f := &file{fs: fsys, name: slash(name), path: slash(name)}
	if err := f.open(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f, nil
}

// OpenPlain implements disk.FS.
func (fsys *FS) OpenPlain(name string) (disk.File, error) {
	info, err := fsys.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Kind == disk.Link {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errLink}
	}
	return fsys.Open(name)
}

var errLink = errors.New("is a symbolic link")

// Stat implements disk.FS. What is followed is as it was when it was looked at
// last, which is not long ago.
func (fsys *FS) Stat(name string) (disk.Info, error) {
	if err := fsys.hangs.Of(slash(name)); err != nil {
		return disk.Info{}, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	if info, err, fresh := fsys.seen(slash(name)); fresh {
		return info, err
	}
	info, err := fsys.stat("stat", name)
	fsys.explain(slash(name), err)
	return info, err
}

// Lstat implements disk.FS.
func (fsys *FS) Lstat(name string) (disk.Info, error) { return fsys.stat("lstat", name) }

func (fsys *FS) stat(command, name string) (disk.Info, error) {
	err := fsys.hangs.Of(slash(name))
	var answer []byte
	var kind string
	if err == nil {
		answer, kind, err = fsys.call(command, quote(slash(name)))
	}
	var info disk.Info
	if err == nil {
		info, err = fsys.info(kind, answer)
	}
	if err != nil {
		return disk.Info{}, &fs.PathError{Op: command, Path: name, Err: err}
	}
	return info, nil
}

// Names implements disk.FS.
func (fsys *FS) Names(dir string, limit int) ([]string, error) {
	var answer []byte
	err := fsys.hangs.Of(slash(dir))
	if err == nil {
		answer, _, err = fsys.call("names", quote(slash(dir)), strconv.Itoa(max(limit, 0)))
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: dir, Err: err}
	}
	return split(answer), nil
}

// A Query says what Search looks for.
type Query string

const (
	// Match finds the files that a pattern of the shell leads to, in no order
	// that means something.
	Match Query = "match"
	// Below finds files and symbolic links below a directory whose names match
	// a pattern: all of them and perhaps others.
	Below Query = "find"
)

// Query returns what is found. It takes no longer than the session bears. The name
// is nothing to Match.
func (fsys *FS) Query(q Query, where, name string) ([]string, error) {
	return found(fsys.call(string(q), quote(where), quote(name)))
}

// Search is Query for what may take minutes. Nothing else may be asked of the
// session meanwhile.
func (fsys *FS) Search(q Query, where, name string) ([]string, error) {
	s, err := fsys.source.Session()
	if err != nil {
		return nil, err
	}
	if s.facts.version < 2 {
		return fsys.Query(q, where, name)
	}
	return found(fsys.call("search", string(q), quote(where), quote(name)))
}

func found(answer []byte, _ string, err error) ([]string, error) {
	paths := split(answer)
	for i := range paths {
		paths[i] = path.Clean(paths[i])
	}
	return paths, err
}

// Real returns a path without the symbolic links on its way.
func (fsys *FS) Real(name string) (string, error) {
	answer, _, err := fsys.call("real", quote(slash(name)))
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return filepath.FromSlash(strings.TrimSuffix(string(answer), "\n")), nil
}

// Skew is how far the clock of the host is ahead of this one, as far as it is
// known.
func (fsys *FS) Skew() time.Duration {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	if fsys.on == nil {
		return 0
	}
	return fsys.on.Skew()
}

// slash makes a path of another host of one that was put together with the
// separators of this system.
func slash(name string) string { return filepath.ToSlash(name) }

// split takes names apart, each of which ends with a NUL.
func split(answer []byte) []string {
	var names []string
	for len(answer) > 0 {
		name, rest, _ := bytes.Cut(answer, []byte{0})
		names = append(names, string(name))
		answer = rest
	}
	return names
}
