//go:build !unix

package dial

import "io/fs"

// tooOpen cannot be told where a file has no mode.
func tooOpen(fs.FileInfo) bool { return false }
