//go:build unix

package dial

import "io/fs"

// tooOpen reports whether others than the owner can read a file.
func tooOpen(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
