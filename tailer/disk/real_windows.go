package disk

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Real returns an absolute path without the symbolic links on its way.
func Real(path string) (string, error) { return filepath.EvalSymlinks(path) }

func isLink(path string) (bool, error) {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0, err
}
