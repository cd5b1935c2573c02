package sshd

import (
	"os/exec"
	"strconv"
	"strings"
)

// children returns the processes that a process has started.
func children(pid int) []int {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil
	}
	var found []int
	for _, line := range strings.Split(string(out), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[1] == strconv.Itoa(pid) {
			if child, err := strconv.Atoi(fields[0]); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// Descendants returns the processes that a process and its children have
// started.
func Descendants(pid int) []int {
	var all []int
	for _, child := range children(pid) {
		all = append(append(all, child), Descendants(child)...)
	}
	return all
}
