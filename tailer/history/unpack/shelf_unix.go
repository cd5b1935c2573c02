//go:build unix

package unpack

import "os"

// unlinked takes the name of an open file away.
func unlinked(file *os.File) (*os.File, error) {
	if err := os.Remove(file.Name()); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}
