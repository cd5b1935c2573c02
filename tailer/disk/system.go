package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// System is the files of this machine.
type System struct{}

var _ FS = System{}

// Open implements FS.
func (System) Open(name string) (File, error) { return open(name, follow) }

// OpenPlain implements FS.
func (System) OpenPlain(name string) (File, error) { return open(name, refuse) }

// Stat implements FS.
func (System) Stat(name string) (Info, error) {
	info, err := stat(name, follow)
	if err != nil {
		return Info{}, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return info, nil
}

// Lstat implements FS.
func (System) Lstat(name string) (Info, error) {
	info, err := stat(name, refuse)
	if err != nil {
		return Info{}, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return info, nil
}

// Names implements FS.
func (System) Names(dir string, limit int) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(max(limit, 0))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

// links says what to do with a name that is a symbolic link.
type links uint8

const (
	follow links = iota
	refuse
)
