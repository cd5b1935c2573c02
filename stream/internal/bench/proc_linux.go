package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cpu returns the CPU time that the living threads of the program have used,
// in nanosecond resolution (proc(5), /proc/PID/task/TID/schedstat). Programs
// whose threads come and go lose what the gone ones had.
func (p *process) cpu() (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.pid()))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("%s: no CPU time in /proc/%d", p.name, p.pid())
	}
	var sum time.Duration
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		first, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", name, err)
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// memory is what a program holds, in bytes (proc(5), /proc/PID/status).
type memory struct {
	anon int64 // RssAnon: memory of its own
	rss  int64 // VmRSS: with the pages of its binary
}

func (p *process) memory() (memory, error) {
	var m memory
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	if err != nil {
		return m, fmt.Errorf("read the memory of %s: %w", p.name, err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		kib, _ := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "RssAnon:":
			m.anon = kib << 10
		case "VmRSS:":
			m.rss = kib << 10
		}
	}
	if m.rss == 0 {
		return m, fmt.Errorf("no VmRSS in the status of %s", p.name)
	}
	return m, nil
}

// release makes a server that was built with the probe give unused memory
// back.
func (p *process) release() error {
	if err := p.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	return nil
}

// toggleProfile begins or ends a CPU profile in a server that was built with
// the probe.
func (p *process) toggleProfile() error {
	if err := p.cmd.Process.Signal(syscall.SIGUSR2); err != nil {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	return nil
}

// platform says on what the figures were taken.
func platform() string {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return "Linux " + strings.TrimSpace(string(release))
}
