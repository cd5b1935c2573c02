//go:build unix

package disk

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// file is a bare descriptor: an os.File reads twice to find the end of a file,
// and costs more memory where there are thousands.
type file struct{ fd int }

func open(name string, l links) (File, error) {
	flags := unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY
	if l == refuse {
		flags |= unix.O_NOFOLLOW
	}
	for {
		fd, err := unix.Open(name, flags, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return &file{fd: fd}, nil
	}
}

// ReadAt implements File.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	for {
		n, err := unix.Pread(f.fd, p, off)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return 0, err
		}
		return n, nil
	}
}

// Close implements File.
func (f *file) Close() error { return unix.Close(f.fd) }

func kind(mode uint32) Kind {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return Regular
	case unix.S_IFDIR:
		return Directory
	case unix.S_IFIFO:
		return Pipe
	case unix.S_IFLNK:
		return Link
	}
	return Device
}
