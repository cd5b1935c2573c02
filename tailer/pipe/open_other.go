//go:build !unix

package pipe

import "io"

// open returns the source for a reader.
func open(r io.Reader) source { return &plain{Reader: r, closed: make(chan struct{})} }
