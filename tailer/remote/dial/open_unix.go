//go:build unix

package dial

import (
	"io/fs"
	"os"
)

// tooOpen reports whether others than the owner can read a file.
func tooOpen(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// proxyShell is what runs a ProxyCommand.
func proxyShell() string {
	if shell := os.Getenv("SHELL"); shell != "" {
		return shell
	}
	return "/bin/sh"
}
