package spool

import (
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// nameless makes a file that goes with its handle, however that ends.
func nameless(dir string) (file, error) {
	name := filepath.Join(dir, "tailbeam-spool-"+rand.Text())
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const attrs = windows.FILE_ATTRIBUTE_TEMPORARY | windows.FILE_FLAG_DELETE_ON_CLOSE
	handle, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE, windows.FILE_SHARE_DELETE, nil, windows.CREATE_NEW, attrs, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: err}
	}
	return os.NewFile(uintptr(handle), name), nil
}

func tempDir() string { return os.TempDir() }
