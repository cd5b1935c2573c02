//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// unprivileged has cmd run as nobody where the tests run as root, who may read
// everything.
func unprivileged(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if os.Getuid() == 0 {
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}
