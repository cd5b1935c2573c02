// Package disk tells what the file system knows of a file: its identity, size
// and times, and opens files for reading without getting in anybody's way:
// never blocking on a pipe without a writer, never keeping a name from being
// renamed or removed.
//
// FS is what the rest of the tailer sees; System is the operating system, and
// tests put faults in between.
package disk

import (
	"errors"
	"io/fs"
	"syscall"

	"tailbeam/tailer/line"
)

// ID tells a file from every other on this machine, for as long as it lives
// and under whatever name.
type ID struct {
	Dev, Ino uint64
	// Birth is when the file was made, in nanoseconds since 1970, and 0 where
	// the file system does not tell. It tells apart two files that had the
	// same inode number one after the other.
	Birth int64
}

// IsZero reports whether id names no file.
func (id ID) IsZero() bool { return id == ID{} }

// Kind is what a name leads to.
type Kind uint8

const (
	Regular Kind = iota
	Directory
	Pipe
	Link
	Device // anything else that is no file with a size
)

// Info is what the file system tells of a file.
type Info struct {
	ID       ID
	Size     int64 // bytes
	Modified int64 // nanoseconds since 1970
	Links    uint64
	Kind     Kind
}

// A File is open for reading. Its methods may be called from any goroutine,
// Close once.
type File interface {
	// ReadAt reads into p from off with one call to the system. Like pread(2)
	// and unlike io.ReaderAt it may return fewer bytes than asked for, and at
	// the end of the file it returns 0 without an error.
	ReadAt(p []byte, off int64) (int, error)
	// Stat returns what is known of the file itself, whatever its name leads
	// to by now.
	Stat() (Info, error)
	// Data returns the offset of the first byte from off on that was ever
	// written: a hole before it is skipped. Where the system cannot tell, or
	// nothing follows, it returns off.
	Data(off int64) int64
	Close() error
}

// A Finder is a File of which it can be found out, where it lies, which lines hold
// a text.
type Finder interface {
	File
	// Find returns the offsets of lines between two offsets, of which each
	// begins a line or is the end, that hold one of some texts: ascending, the
	// first or the last of them. All says that there are no others. The error
	// is line.ErrUnfindable where this cannot be done.
	Find(from, to int64, way line.Way, texts []line.Text) (lines []int64, all bool, err error)
}

// FS gives access to files by name. Its methods may be called from any
// goroutine.
type FS interface {
	// Open opens what the name leads to. It does not wait for the other end
	// of a pipe.
	Open(name string) (File, error)
	// OpenPlain is Open for a name that must not be a symbolic link.
	OpenPlain(name string) (File, error)
	// Stat tells of what the name leads to, Lstat of the name itself.
	Stat(name string) (Info, error)
	Lstat(name string) (Info, error)
	// Names lists a directory in no order, at most limit names. A limit below
	// 1 is none.
	Names(dir string, limit int) ([]string, error)
}

// Gone reports whether err says that a name leads to nothing: it, or a
// directory on the way, does not exist.
func Gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Exhausted reports whether err says that no more files can be opened now.
func Exhausted(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// Reason returns what err says to a person, without the system call and path
// that wrap it. An error with a method Reason is taken at its word.
func Reason(err error) string {
	var told interface{ Reason() string }
	if errors.As(err, &told) {
		return told.Reason()
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, syscall.ENOTDIR):
		return "no such file: a directory on the way is a file"
	case errors.Is(err, syscall.ELOOP):
		return "symbolic links lead in a circle"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: let the user who runs tailbeam read it"
	case Exhausted(err):
		return "too many open files: raise the limit (ulimit -n)"
	}
	return err.Error()
}
