//go:build unix

package main

import (
	"os"
	"syscall"
)

// brokenPipe is what comes when the reader of a pipe has gone.
var brokenPipe = []os.Signal{syscall.SIGPIPE}
