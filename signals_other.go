//go:build !unix

package main

import (
	"os"
	"syscall"
)

// brokenPipe has no signal here; this one never comes.
var brokenPipe = []os.Signal{syscall.SIGALRM}
