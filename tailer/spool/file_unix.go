//go:build unix

package spool

import "os"

// nameless makes a file that has no name any more.
func nameless(dir string) (file, error) {
	f, err := os.CreateTemp(dir, "tailbeam-spool-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func tempDir() string {
	const lasting = "/var/tmp"
	if info, err := os.Stat(lasting); err == nil && info.IsDir() {
		return lasting
	}
	return os.TempDir()
}
