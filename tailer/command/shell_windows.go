package command

import (
	"os/exec"
	"syscall"
)

// shell hands the command to cmd.exe as it is: with /S it takes away the outer
// quotes and nothing else.
func shell(command string) *exec.Cmd {
	cmd := exec.Command("cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /S /C "` + command + `"`}
	return cmd
}
