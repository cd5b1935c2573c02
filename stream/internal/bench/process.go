package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The CPUs of a measurement.
const (
	serverCPU = 0
	clientCPU = 1
)

// process is a program that runs on one CPU.
type process struct {
	name   string
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr bytes.Buffer
	done   chan struct{} // closed when it has ended, with err set
	err    error
}

// startOn runs a program on one CPU until it ends, stop is called, or ctx is
// done. Whoever starts it calls stop.
func (t tools) startOn(ctx context.Context, cpu int, env []string, program string, args ...string) (*process, error) {
	p := &process{name: filepath.Base(program), done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, t.taskset, append([]string{"-c", strconv.Itoa(cpu), program}, args...)...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 10 * time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop asks the program to end, kills it after 10 s, and waits for its end.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { p.cmd.Process.Kill() })
	defer kill.Stop()
	<-p.done
}

// wait returns when the program has ended by itself, with what it said on
// stderr in the error; after limit it is stopped.
func (p *process) wait(limit time.Duration) error {
	select {
	case <-p.done:
	case <-time.After(limit):
		p.stop()
		return fmt.Errorf("%s has not ended after %v", p.name, limit)
	}
	if p.err != nil {
		return fmt.Errorf("%s: %w: %s", p.name, p.err, lastLine(p.stderr.String()))
	}
	return nil
}

// until waits for a condition. It fails when the program ends before, and
// after limit.
func (p *process) until(limit time.Duration, what string, condition func() bool) error {
	deadline := time.After(limit)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if condition() {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before %s: %w: %s", p.name, what, errOr(p.err, errors.New("exit 0")), lastLine(p.stderr.String()))
		case <-deadline:
			return fmt.Errorf("%s: no sign of %s after %v", p.name, what, limit)
		case <-tick.C:
		}
	}
}

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
