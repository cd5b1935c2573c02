//go:build !race

package local

// endless is how long a line without an end is in tests.
const endless = 512 << 20
