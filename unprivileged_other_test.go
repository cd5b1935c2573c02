//go:build !unix

package main

import (
	"os/exec"
	"testing"
)

// unprivileged skips the test: permissions are not those of Unix here.
func unprivileged(t *testing.T, _ *exec.Cmd) {
	t.Helper()
	t.Skip("permissions of Unix are needed")
}
