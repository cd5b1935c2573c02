package disk

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// file is a handle that lets others write, rename and remove.
type file struct{ handle windows.Handle }

func open(name string, l links) (File, error) {
	handle, err := create(name, windows.GENERIC_READ, l)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{handle: handle}, nil
}

func create(name string, access uint32, l links) (windows.Handle, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return windows.InvalidHandle, err
	}
	attrs := uint32(windows.FILE_FLAG_BACKUP_SEMANTICS)
	if l == refuse {
		attrs |= windows.FILE_FLAG_OPEN_REPARSE_POINT
	}
	share := uint32(windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE)
	return windows.CreateFile(path, access, share, nil, windows.OPEN_EXISTING, attrs, 0)
}

// ReadAt implements File.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	at := windows.Overlapped{Offset: uint32(off), OffsetHigh: uint32(off >> 32)}
	var n uint32
	err := windows.ReadFile(f.handle, p, &n, &at)
	if err == windows.ERROR_HANDLE_EOF {
		return 0, nil
	}
	return int(n), err
}

// Stat implements File.
func (f *file) Stat() (Info, error) { return info(f.handle) }

// Data implements File. Holes are read as zeros here.
func (f *file) Data(off int64) int64 { return off }

// Close implements File.
func (f *file) Close() error { return windows.CloseHandle(f.handle) }

func stat(name string, l links) (Info, error) {
	handle, err := create(name, 0, l)
	if err != nil {
		return Info{}, err
	}
	defer windows.CloseHandle(handle)
	return info(handle)
}

func info(handle windows.Handle) (Info, error) {
	var d windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &d); err != nil {
		return Info{}, err
	}
	i := Info{
		ID: ID{
			Dev:   uint64(d.VolumeSerialNumber),
			Ino:   uint64(d.FileIndexHigh)<<32 | uint64(d.FileIndexLow),
			Birth: d.CreationTime.Nanoseconds(),
		},
		Size:     int64(d.FileSizeHigh)<<32 | int64(d.FileSizeLow),
		Modified: d.LastWriteTime.Nanoseconds(),
		Links:    uint64(d.NumberOfLinks),
	}
	switch {
	case d.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0:
		i.Kind = Link
	case d.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0:
		i.Kind = Directory
	}
	return i, nil
}
