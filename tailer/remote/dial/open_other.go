//go:build !unix

package dial

import "io/fs"

// tooOpen cannot be told where a file has no mode.
func tooOpen(fs.FileInfo) bool { return false }

// proxyShell is empty: there is no POSIX shell to run a ProxyCommand.
func proxyShell() string { return "" }
