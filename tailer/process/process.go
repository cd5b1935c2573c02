// Package process runs programs that end with this one, with all that they
// start: in order, and also when this one is killed.
//
// On Unix the program runs in a process group of its own, together with a guard:
// a shell that waits for the end of a pipe whose other end is held here, and
// then kills the group. PR_SET_PDEATHSIG would reach the program alone and not
// the other parts of a pipeline, and depends on the thread that made it. On
// Windows a job object does the same.
//
// # Goroutines
//
//	Process.EndWith   one, until the function that it returned is called
package process

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// A Process is a running program and what it started. Its methods may be called
// from any goroutine, Wait once.
type Process struct {
	cmd   *exec.Cmd
	group group
}

// Start runs a command. It sets SysProcAttr; standard input is /dev/null where
// the command says nothing else.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd}
	if err := p.group.start(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Terminate asks the program, and what it started, to end. On Windows it is
// Kill.
func (p *Process) Terminate() { p.group.terminate() }

// Kill ends the program and what it started at once.
func (p *Process) Kill() { p.group.kill() }

// Wait waits until the program has ended and returns what exec.Cmd.Wait does.
// What the program leaves behind is ended then.
func (p *Process) Wait() error {
	err := p.cmd.Wait()
	p.group.end()
	return err
}

// EndWith ends the program when ctx ends: it is asked to, and ended where it is
// still there after grace. Who holds its outputs though he left its group is
// given as long again; then abandon is called, which is to close them. The
// returned function is called when Wait has returned.
func (p *Process) EndWith(ctx context.Context, grace time.Duration, abandon func()) (ended func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		for _, step := range []func(){p.Terminate, p.Kill} {
			step()
			select {
			case <-over:
				return
			case <-time.After(grace):
			}
		}
		abandon()
	}()
	return func() {
		close(over)
		<-done
	}
}
