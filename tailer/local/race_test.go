//go:build race

package local

// endless is how long a line without an end is in tests. The race detector looks
// at each byte of it, so that it is a few times what memory it may take.
const endless = 128 << 20
