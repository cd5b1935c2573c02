//go:build unix

package process

import (
	"os"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// A group is a process group. Its leader is the guard, which is waited for last:
// until then no other group can have the number.
type group struct {
	guard *exec.Cmd
	hold  *os.File // the guard kills the group when nobody holds this

	mu   sync.Mutex
	over bool
}

// watch is what the guard does. What it starts itself it would have to wait for,
// so it starts nothing: all of this is built into every shell.
const watch = `trap '' HUP INT TERM; read -r _; kill -s KILL 0`

func (g *group) start(cmd *exec.Cmd) error {
	wait, hold, err := os.Pipe()
	if err != nil {
		return err
	}
	defer wait.Close()
	g.hold = hold
	g.guard = exec.Command("/bin/sh", "-c", watch, "tailbeam-guard")
	g.guard.Dir = "/"
	g.guard.Stdin = wait
	g.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := g.guard.Start(); err != nil {
		hold.Close()
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: g.guard.Process.Pid}
	if err := cmd.Start(); err != nil {
		g.end()
		return err
	}
	return nil
}

func (g *group) terminate() { g.signal(unix.SIGTERM) }

func (g *group) kill() { g.signal(unix.SIGKILL) }

// signal sends a signal to everyone in the group.
func (g *group) signal(s unix.Signal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.over {
		_ = unix.Kill(-g.guard.Process.Pid, s) // nobody is left, or all have it
	}
}

// end ends who is left, and the guard.
func (g *group) end() {
	g.kill()
	_ = g.guard.Wait() // it was killed
	g.mu.Lock()
	g.over = true
	g.mu.Unlock()
	g.hold.Close()
}
